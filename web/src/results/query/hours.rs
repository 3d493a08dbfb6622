//! Hours of the day.

/// Hours of the day from one full hour until another, over midnight if that is the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hours {
    /// The first hour, 0..=23.
    pub(crate) from: u8,
    /// The hour that is not in it any more, 0..=23.
    pub(crate) until: u8,
}

impl Hours {
    /// `None` when that is the whole day, or there are no such hours.
    pub(crate) const fn new(from: u8, until: u8) -> Option<Self> {
        if from < 24 && until < 24 && from != until {
            Some(Self { from, until })
        } else {
            None
        }
    }

    /// Whether an hour is in it.
    pub(crate) const fn holds(self, hour: u8) -> bool {
        if self.from < self.until {
            self.from <= hour && hour < self.until
        } else {
            self.from <= hour || hour < self.until
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_night_goes_over_midnight() {
        let held = |from, until| {
            let hours = Hours::new(from, until).unwrap();
            (0..24)
                .filter(|hour| hours.holds(*hour))
                .collect::<Vec<_>>()
        };
        assert_eq!(held(6, 9), [6, 7, 8]);
        assert_eq!(held(22, 2), [0, 1, 22, 23]);
        assert_eq!(held(23, 0), [23]);
        assert_eq!(held(0, 1), [0]);
        assert_eq!(Hours::new(5, 5), None);
        assert_eq!(Hours::new(24, 5), None);
    }
}
