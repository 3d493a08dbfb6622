//! From when until when.

use jiff::civil::DateTime;

/// The first and the last of some times, on the camera's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSpan {
    /// The earliest.
    pub first: DateTime,
    /// The latest; the same as the earliest where there is one time only.
    pub last: DateTime,
}

impl TimeSpan {
    /// The span of one time alone.
    #[must_use]
    pub const fn at(time: DateTime) -> Self {
        Self {
            first: time,
            last: time,
        }
    }

    /// Widens a span, which may be none yet, so that it holds a further time too.
    pub fn extend(span: &mut Option<Self>, time: DateTime) {
        *span = Some(span.map_or(Self::at(time), |span| span.with(time)));
    }

    fn with(self, time: DateTime) -> Self {
        Self {
            first: self.first.min(time),
            last: self.last.max(time),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_span_goes_from_the_earliest_to_the_latest() {
        let at = |day| date(2024, 5, day).at(6, 0, 0, 0);
        let mut span = None;
        for day in [3, 9, 1] {
            TimeSpan::extend(&mut span, at(day));
        }
        let (first, last) = (at(1), at(9));
        assert_eq!(span, Some(TimeSpan { first, last }));
    }
}
