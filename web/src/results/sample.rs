//! A random sample of the pictures that were called blank.

use common::{
    Label, Threshold,
    gallery::{Row, RowState},
    job::JobId,
};

use super::ResultsSnapshot;

/// The sizes that can be chosen; anything else is all of them.
pub(crate) const SIZES: [usize; 3] = [50, 100, 200];

/// A random sample of the pictures that are blank at a threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// How many blank pictures there are.
    pub(crate) blanks: usize,
    /// The numbers of the rows in the sample, in the order in which they are looked at.
    pub(crate) numbers: Vec<u32>,
}

/// How the pictures of a sample were judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    /// Pictures that somebody looked at.
    pub(crate) checked: usize,
    /// Those that are not blank.
    pub(crate) missed: usize,
    /// Those that somebody went past without an answer, to one further on.
    pub(crate) passed: usize,
}

impl Sample {
    /// Draws a sample of a job's blank pictures; copies of earlier files count once. The same for
    /// everybody who looks at the job, now and later: the order is that of a hash of the job and
    /// the number of the row. A smaller sample is the beginning of a larger one.
    pub(crate) fn draw(
        snapshot: &ResultsSnapshot,
        job: JobId,
        threshold: Threshold,
        size: Option<usize>,
    ) -> Self {
        let is_blank = |row: &Row| {
            row.is_processed()
                && !is_duplicate(row)
                && row.picture.is_some()
                && row.sightings_at(threshold).is_empty()
        };
        let seed = blake3::hash(job.to_string().as_bytes());
        let rows = (0_u32..).zip(&snapshot.album.gallery.rows);
        let blanks = rows.filter(|(_, row)| is_blank(row));
        let mut drawn: Vec<([u8; 32], u32)> = blanks
            .map(|(number, _)| {
                let lot = blake3::keyed_hash(seed.as_bytes(), &number.to_le_bytes());
                (*lot.as_bytes(), number)
            })
            .collect();
        drawn.sort_unstable();
        let blanks = drawn.len();
        drawn.truncate(size.unwrap_or(blanks));
        Self {
            blanks,
            numbers: drawn.into_iter().map(|(_, number)| number).collect(),
        }
    }

    /// How its pictures were judged.
    pub(crate) fn answers(&self, snapshot: &ResultsSnapshot) -> Answers {
        let labels: Vec<Option<Label>> = self
            .numbers
            .iter()
            .map(|number| answer(snapshot, *number))
            .collect();
        let checked = labels.iter().flatten().count();
        let blank = labels
            .iter()
            .flatten()
            .filter(|answer| **answer == Label::Blank);
        let reached = labels.iter().rposition(Option::is_some);
        Answers {
            checked,
            missed: checked - blank.count(),
            passed: reached.map_or(0, |last| last + 1) - checked,
        }
    }

    /// The place of the first picture, from `place` on and then from the start, that nobody looked
    /// at yet.
    pub(crate) fn next_open(&self, snapshot: &ResultsSnapshot, place: usize) -> Option<usize> {
        let is_open = |place: &usize| {
            let number = self.numbers.get(*place);
            number.is_some_and(|number| answer(snapshot, *number).is_none())
        };
        let places = (place..self.numbers.len()).chain(0..place);
        places.into_iter().find(is_open)
    }
}

const fn is_duplicate(row: &Row) -> bool {
    matches!(
        row.state,
        RowState::Processed {
            is_duplicate: true,
            ..
        }
    )
}

/// What a picture shows by its correction.
pub(crate) fn answer(snapshot: &ResultsSnapshot, number: u32) -> Option<Label> {
    snapshot.correction_of(number)?.label
}
