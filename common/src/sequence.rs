//! Pictures of one trigger: those of a deployment that follow each other fast.

use jiff::civil::DateTime;

use crate::time_span::TimeSpan;

/// The longest time between two media of one sequence, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequenceGap {
    seconds: i64,
}

impl SequenceGap {
    /// A gap of so many seconds; one below 0 joins nothing.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self { seconds }
    }

    /// Whether two neighbours belong to one sequence, by when they were taken. Fractions of a
    /// second do not count; what has no time belongs to nothing else.
    #[must_use]
    pub fn joins(self, one: Option<DateTime>, next: Option<DateTime>) -> bool {
        let (Some(one), Some(next)) = (one, next) else {
            return false;
        };
        one.duration_since(next).as_secs().abs() <= self.seconds
    }
}

/// Media of one deployment of which each was taken soon after the one before; never blank. `M` is
/// whatever a caller knows its media by: a number, a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence<M> {
    media: Vec<M>,
    span: Option<TimeSpan>,
}

impl<M> Sequence<M> {
    /// The sequences of a deployment, in the order of its clock; each of its media is in exactly
    /// one. Those of the same time keep their order, and those without a time come last, each alone.
    pub fn all_of_deployment(
        media: impl IntoIterator<Item = M>,
        captured: impl Fn(&M) -> Option<DateTime>,
        gap: SequenceGap,
    ) -> Vec<Self> {
        let mut media: Vec<(Option<DateTime>, M)> = media
            .into_iter()
            .map(|media| (captured(&media), media))
            .collect();
        media.sort_by_key(|(time, _)| (time.is_none(), *time));
        let mut sequences: Vec<Self> = Vec::new();
        for (time, media) in media {
            match sequences.last_mut() {
                Some(sequence) if gap.joins(sequence.span.map(|span| span.last), time) => {
                    sequence.add(media, time);
                }
                _ => sequences.push(Self {
                    media: vec![media],
                    span: time.map(TimeSpan::at),
                }),
            }
        }
        sequences
    }

    /// Its media, in the order of the camera's clock.
    #[must_use]
    pub fn media(&self) -> &[M] {
        &self.media
    }

    /// Its media, in the order of the camera's clock.
    #[must_use]
    pub fn into_media(self) -> Vec<M> {
        self.media
    }

    /// When its first and its last were taken; `None` for one without a time.
    #[must_use]
    pub fn span(&self) -> Option<TimeSpan> {
        self.span
    }

    fn add(&mut self, media: M, time: Option<DateTime>) {
        self.media.push(media);
        if let Some(time) = time {
            TimeSpan::extend(&mut self.span, time);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan as _, civil::date};
    use proptest::prelude::*;

    use super::*;

    const MINUTE: SequenceGap = SequenceGap::from_seconds(60);

    fn at(milliseconds: i64) -> DateTime {
        date(2024, 5, 1).at(6, 0, 0, 0) + milliseconds.milliseconds()
    }

    /// The media of each sequence; each has its place in the list as its number.
    fn grouped(times: &[Option<i64>], gap: SequenceGap) -> Vec<Sequence<usize>> {
        let time = |number: &usize| times[*number].map(at);
        Sequence::all_of_deployment(0..times.len(), time, gap)
    }

    fn numbers(sequences: &[Sequence<usize>]) -> Vec<&[usize]> {
        sequences.iter().map(Sequence::media).collect()
    }

    #[test]
    fn what_follows_within_the_gap_is_one_sequence() {
        let times = [0, 60_000, 120_999, 182_000].map(Some);
        let sequences = grouped(&times, MINUTE);
        assert_eq!(numbers(&sequences), [&[0, 1, 2][..], &[3]]);
        let span = sequences[0].span().unwrap();
        assert_eq!((span.first, span.last), (at(0), at(120_999)));
    }

    #[test]
    fn the_clock_orders_and_what_has_no_time_stands_alone_at_the_end() {
        let sequences = grouped(&[None, Some(9000), None, Some(0), Some(0)], MINUTE);
        assert_eq!(numbers(&sequences), [&[3, 4, 1][..], &[0], &[2]]);
        assert_eq!(sequences[1].span(), None);
        assert_eq!(grouped(&[], MINUTE), []);
    }

    proptest! {
        #[test]
        fn sequences_partition_the_media(
            times in proptest::collection::vec(proptest::option::of(0i64..3_000_000), 0..60),
            gap in 0i64..200,
        ) {
            let gap = SequenceGap::from_seconds(gap);
            let sequences = grouped(&times, gap);
            let mut all: Vec<usize> = numbers(&sequences).concat();
            let in_order = all.clone();
            all.sort_unstable();
            prop_assert_eq!(all, (0..times.len()).collect::<Vec<_>>());
            prop_assert!(sequences.iter().all(|sequence| !sequence.media().is_empty()));
            // Neighbours are in one sequence if and only if the gap joins them.
            let of = |number: &usize| {
                sequences.iter().position(|sequence| sequence.media().contains(number))
            };
            for pair in in_order.windows(2) {
                let time = |number: usize| times[number].map(at);
                let is_joined = gap.joins(time(pair[0]), time(pair[1]));
                prop_assert_eq!(of(&pair[0]) == of(&pair[1]), is_joined);
            }
        }

        #[test]
        fn a_longer_gap_only_joins_sequences(
            times in proptest::collection::vec(0i64..3_000_000, 0..60),
            gap in 0i64..200,
        ) {
            let times: Vec<Option<i64>> = times.into_iter().map(Some).collect();
            let shorter = grouped(&times, SequenceGap::from_seconds(gap));
            let longer = grouped(&times, SequenceGap::from_seconds(gap + 30));
            for sequence in &shorter {
                let holds_all = |other: &Sequence<usize>| {
                    sequence.media().iter().all(|number| other.media().contains(number))
                };
                prop_assert!(longer.iter().any(holds_all));
            }
        }
    }
}
