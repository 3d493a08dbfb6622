//! Telling people and scripts how far a run is.

pub mod pace;

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use common::{MediaOutcome, MediaRecord, SkipReason, Threshold, media_kind::MediaKind};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::progress::pace::Pace;

/// How often a run that is not on a terminal says where it is.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// How often a script is told.
const EVENT_EVERY: Duration = Duration::from_secs(1);

/// Who is listening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A person at a terminal: a bar on standard error.
    Terminal,
    /// A log: a plain line on standard error now and then.
    Log,
    /// A script: one JSON object a line on standard output.
    Script,
}

impl Audience {
    /// A script if asked for, else whoever standard error leads to.
    #[must_use]
    pub fn of(json: bool) -> Self {
        match (json, io::stderr().is_terminal()) {
            (true, _) => Self::Script,
            (false, true) => Self::Terminal,
            (false, false) => Self::Log,
        }
    }
}

/// Progress of a run, counted in images; skipped files cost nothing and are left out.
pub struct Progress {
    audience: Audience,
    bar: ProgressBar,
    pace: Pace,
    began: Instant,
    last_word: Instant,
    total: u64,
    done: u64,
    found: u64,
    failed: u64,
    threshold: Threshold,
}

impl Progress {
    /// Starts at `done` of `total` images; detections count at `threshold`.
    #[must_use]
    pub fn begin(audience: Audience, done: u64, total: u64, threshold: Threshold) -> Self {
        let bar = match audience {
            Audience::Terminal => ProgressBar::new(total).with_position(done),
            Audience::Log | Audience::Script => ProgressBar::hidden(),
        };
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} images  {msg}") {
            bar.set_style(style);
        }
        let now = Instant::now();
        let mut pace = Pace::default();
        pace.note(Duration::ZERO, done);
        let progress = Self {
            audience,
            bar,
            pace,
            began: now,
            last_word: now,
            total,
            done,
            found: 0,
            failed: 0,
            threshold,
        };
        if done > 0 {
            progress.say(&format!("going on after {done} of {total} images"));
        }
        progress
    }

    /// Counts one more record.
    pub fn advance(&mut self, record: &MediaRecord) {
        let surprise = surprise(record);
        if surprise != 0 {
            self.total = self.total.saturating_add_signed(surprise);
            self.bar.set_length(self.total);
        }
        match &record.outcome {
            MediaOutcome::Skipped(_) => return,
            MediaOutcome::Failed(_) => self.failed += 1,
            MediaOutcome::Processed(media) => {
                self.found += u64::from(media.category_at(self.threshold).is_some());
            }
        }
        self.done += 1;
        self.pace.note(self.began.elapsed(), self.done);
        let every = match self.audience {
            Audience::Terminal => Duration::from_millis(100),
            Audience::Log => LINE_EVERY,
            Audience::Script => EVENT_EVERY,
        };
        if self.last_word.elapsed() >= every {
            self.last_word = Instant::now();
            self.report();
        }
    }

    /// Ends the bar, which stays; what there is to say in the end is for others to say.
    pub fn end(&mut self) {
        match self.audience {
            Audience::Terminal => {
                self.bar.set_position(self.done);
                self.bar.abandon_with_message("");
            }
            Audience::Log => {}
            Audience::Script => self.report(),
        }
    }

    fn report(&self) {
        let rate = self.pace.per_second();
        let left = self.pace.time_left(self.total.saturating_sub(self.done));
        match self.audience {
            Audience::Terminal => {
                self.bar.set_position(self.done);
                self.bar.set_message(describe(rate, left));
            }
            Audience::Log => self.say(&format!(
                "{}/{} images  {}",
                self.done,
                self.total,
                describe(rate, left)
            )),
            Audience::Script => event(&json!({
                "event": "progress",
                "images_done": self.done,
                "images_total": self.total,
                "images_with_detections": self.found,
                "failed": self.failed,
                "images_per_second": rate,
                "seconds_left": left.map(|left| left.as_secs_f64().round()),
            })),
        }
    }

    fn say(&self, line: &str) {
        match self.audience {
            Audience::Terminal => self.bar.println(line),
            Audience::Log => say(line),
            Audience::Script => {}
        }
    }
}

/// By how much a record changes the number of images: a video can have the name of a picture.
/// Files whose names do not tell, or are those of videos, were counted by their first bytes, and
/// do not surprise.
#[must_use]
pub fn surprise(record: &MediaRecord) -> i64 {
    let is_called_image = matches!(
        MediaKind::of(&record.path),
        MediaKind::Image | MediaKind::UnsupportedImage
    );
    match &record.outcome {
        MediaOutcome::Skipped(SkipReason::NotAnImage | SkipReason::Video) => {
            -i64::from(is_called_image)
        }
        _ => 0,
    }
}

fn describe(rate: Option<f64>, left: Option<Duration>) -> String {
    match (rate, left) {
        (Some(rate), Some(left)) => format!("{rate:.1} images/s  {} left", in_words(left)),
        _ => String::new(),
    }
}

/// A duration as people say it: `45 s`, `12 min 30 s`, `3 h 05 min`.
#[must_use]
pub fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// Writes a line for people. A closed pipe is nobody's loss.
pub fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Writes a line of a command's answer.
pub fn print(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Writes an event for scripts.
pub fn event(event: &serde_json::Value) {
    let _ = writeln!(io::stdout(), "{event}");
}

#[cfg(test)]
mod tests {
    use common::{Failure, FailureCode, MediaPath, media::CameraFacts};

    use super::*;

    fn record(path: &str, outcome: MediaOutcome) -> MediaRecord {
        MediaRecord {
            path: MediaPath::from_display_name(path),
            size_bytes: 1,
            content_hash: None,
            camera: CameraFacts::default(),
            outcome,
        }
    }

    #[test]
    fn the_total_follows_what_files_turn_out_to_be() {
        let threshold = "0.2".parse().unwrap();
        let mut progress = Progress::begin(Audience::Script, 0, 4, threshold);
        let mut after = |path, outcome| {
            progress.advance(&record(path, outcome));
            (progress.done, progress.total)
        };
        let skipped = MediaOutcome::Skipped;
        assert_eq!(after("notes.txt", skipped(SkipReason::NotAnImage)), (0, 4));
        assert_eq!(after("a.mp4", skipped(SkipReason::Video)), (0, 4));
        assert_eq!(after("a.jpg", skipped(SkipReason::Video)), (0, 3));
        assert_eq!(
            after("link.jpg", skipped(SkipReason::NotARegularFile)),
            (0, 3)
        );
        let failed = || MediaOutcome::Failed(Failure::new(FailureCode::Unreadable, "torn"));
        assert_eq!(after("b.jpg", failed()), (1, 3));
        assert_eq!(after("b.avi", failed()), (2, 3));
    }
}
