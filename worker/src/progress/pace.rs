//! How fast a run is going, and how long it will take at that pace.

use std::{collections::VecDeque, time::Duration};

/// The pace is that of the last minute: long enough to be steady, short enough to follow a
/// folder of larger pictures.
const WINDOW: Duration = Duration::from_secs(60);

/// Samples closer together than this are not kept.
const SAMPLE_EVERY: Duration = Duration::from_millis(500);

/// Nothing is said about the pace before this much was seen.
const ENOUGH: Duration = Duration::from_secs(1);

/// A moving count.
#[derive(Debug, Default)]
pub struct Pace {
    samples: VecDeque<(Duration, u64)>,
    latest: Option<(Duration, u64)>,
}

impl Pace {
    /// Notes that `done` things were done `at` this time since the start.
    pub fn note(&mut self, at: Duration, done: u64) {
        self.latest = Some((at, done));
        if self
            .samples
            .back()
            .is_none_or(|(last, _)| at.saturating_sub(*last) >= SAMPLE_EVERY)
        {
            self.samples.push_back((at, done));
        }
        // The oldest sample kept is the last one outside the window.
        while self
            .samples
            .get(1)
            .is_some_and(|(second, _)| at.saturating_sub(*second) >= WINDOW)
        {
            self.samples.pop_front();
        }
    }

    /// Things per second over the window; `None` until there is something to go by.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of files")]
    pub fn per_second(&self) -> Option<f64> {
        let (first_at, first_done) = *self.samples.front()?;
        let (at, done) = self.latest?;
        let elapsed = at.saturating_sub(first_at);
        let finished = done.saturating_sub(first_done);
        (elapsed >= ENOUGH && finished > 0).then(|| finished as f64 / elapsed.as_secs_f64())
    }

    /// How long `remaining` things take at this pace.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of files")]
    pub fn time_left(&self, remaining: u64) -> Option<Duration> {
        let rate = self.per_second()?;
        Duration::try_from_secs_f64(remaining as f64 / rate).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    #[test]
    fn a_steady_pace_gives_the_right_time_left() {
        let mut pace = Pace::default();
        pace.note(seconds(0), 1000);
        assert_eq!(pace.time_left(10), None);
        for s in 1..=100 {
            pace.note(seconds(s), 1000 + 20 * s);
        }
        assert_eq!(pace.per_second(), Some(20.0));
        assert_eq!(pace.time_left(400), Some(seconds(20)));
    }

    #[test]
    fn the_pace_follows_a_change_within_the_window() {
        let mut pace = Pace::default();
        for s in 0..=100 {
            pace.note(seconds(s), 50 * s);
        }
        for s in 101..=170 {
            pace.note(seconds(s), 5000 + 5 * (s - 100));
        }
        let rate = pace.per_second().unwrap();
        assert!((rate - 5.0).abs() < 0.2, "{rate}");
    }

    #[test]
    fn memory_is_bounded() {
        let mut pace = Pace::default();
        for ms in 0..1_000_000 {
            pace.note(Duration::from_millis(ms), ms);
        }
        assert!(pace.samples.len() <= 125, "{}", pace.samples.len());
    }
}
