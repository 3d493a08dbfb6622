//! How fast a job moves.

use serde::{Deserialize, Serialize};

/// Measurements are this far apart at least, milliseconds.
const GAP_MS: u64 = 1_000;
/// Measurements that are kept.
const KEPT: usize = 30;
/// Older measurements say nothing about now, milliseconds.
const OLD_MS: u64 = 120_000;

/// Images done at moments of the last two minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Pace(Vec<(u64, u64)>);

impl Pace {
    /// Notes how many images are done in all.
    pub(super) fn note(&mut self, now_ms: u64, images: u64) {
        // A shard that is given back takes its images with it; speed is measured from there on.
        if self.0.last().is_some_and(|&(_, before)| images < before) {
            self.0.clear();
        }
        if self.0.last().is_some_and(|&(at, _)| now_ms < at + GAP_MS) {
            return;
        }
        self.0.push((now_ms, images));
        let surplus = self.0.len().saturating_sub(KEPT);
        self.0.drain(..surplus);
    }

    /// Images per second between the oldest measurement of use and the newest.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts and durations for people"
    )]
    pub(super) fn images_per_second(&self, now_ms: u64) -> Option<f64> {
        let is_recent = |&&(at, _): &&(u64, u64)| at + OLD_MS > now_ms;
        let &(first_ms, first) = self.0.iter().find(is_recent)?;
        let &(last_ms, last) = self.0.last()?;
        let milliseconds = last_ms.checked_sub(first_ms).filter(|ms| *ms > 0)?;
        let images = last.checked_sub(first).filter(|images| *images > 0)?;
        Some(images as f64 * 1000.0 / milliseconds as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_that_of_the_last_two_minutes() {
        let mut pace = Pace::default();
        assert_eq!(pace.images_per_second(0), None);
        for second in 0..=300 {
            let images = if second < 150 {
                second
            } else {
                150 + (second - 150) * 10
            };
            pace.note(second * 1000, images);
        }
        assert_eq!(pace.images_per_second(300_000), Some(10.0));
        assert_eq!(pace.images_per_second(600_000), None);
    }

    #[test]
    fn a_shard_given_back_does_not_make_the_speed_negative() {
        let mut pace = Pace::default();
        for (second, images) in [(0, 0), (10, 100), (20, 50), (30, 90)] {
            pace.note(second * 1000, images);
        }
        assert_eq!(pace.images_per_second(30_000), Some(4.0));
    }
}
