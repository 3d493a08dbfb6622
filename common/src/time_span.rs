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

    /// The span of some times; `None` without any.
    #[must_use]
    pub fn of(times: impl IntoIterator<Item = DateTime>) -> Option<Self> {
        let mut times = times.into_iter();
        let first = Self::at(times.next()?);
        Some(times.fold(first, Self::with))
    }

    /// The span that holds a further time too.
    #[must_use]
    pub fn with(self, time: DateTime) -> Self {
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
        let span = TimeSpan::of([at(3), at(9), at(1)]).unwrap();
        assert_eq!((span.first, span.last), (at(1), at(9)));
        assert_eq!(TimeSpan::of([at(4)]), Some(TimeSpan::at(at(4))));
        assert_eq!(TimeSpan::of([]), None);
    }
}
