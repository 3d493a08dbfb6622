//! How long each stage of the pipeline takes, summed over all threads.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

/// A stage of the work on one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading from the disk, inflating, hashing.
    Read,
    /// Reading the camera's metadata.
    Exif,
    /// From file bytes to pixels.
    Decode,
    /// From pixels to the model's canvas.
    Letterbox,
    /// The model, its output's decoding, and waiting for its batch.
    Detect,
    /// Blurring, drawing and encoding the annotated copy.
    Annotate,
    /// Scaling, blurring and encoding the pictures of the gallery.
    Gallery,
    /// Writing copies to the disk.
    Write,
}

impl Stage {
    /// Every stage in the order of the work.
    pub const ALL: [Self; 8] = [
        Self::Read,
        Self::Exif,
        Self::Decode,
        Self::Letterbox,
        Self::Detect,
        Self::Annotate,
        Self::Gallery,
        Self::Write,
    ];

    /// The stage's name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Exif => "exif",
            Self::Decode => "decode",
            Self::Letterbox => "letterbox",
            Self::Detect => "detect",
            Self::Annotate => "annotate",
            Self::Gallery => "gallery",
            Self::Write => "write",
        }
    }
}

/// The sum of time spent in each stage.
#[derive(Debug, Default)]
pub struct StageClock {
    nanos: [AtomicU64; Stage::ALL.len()],
}

impl StageClock {
    /// Runs `work` and adds its duration to a stage.
    pub fn time<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let result = work();
        let nanos = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        if let Some(sum) = self.nanos.get(stage as usize) {
            sum.fetch_add(nanos, Ordering::Relaxed);
        }
        result
    }

    /// Seconds by stage name.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a duration for people")]
    pub fn seconds(&self) -> BTreeMap<String, f64> {
        Stage::ALL
            .iter()
            .zip(&self.nanos)
            .map(|(stage, nanos)| {
                (
                    stage.name().to_owned(),
                    nanos.load(Ordering::Relaxed) as f64 / 1e9,
                )
            })
            .collect()
    }
}
