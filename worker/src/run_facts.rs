//! What a run was made with and what came of it: the part of every report that is not about a
//! single file.

use std::collections::BTreeMap;

use common::{Category, FailureCode, MediaOutcome, MediaRecord, SkipReason, Threshold};
use serde::{Deserialize, Serialize};

/// Everything about a run except its records.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunFacts {
    /// Version of this program.
    pub trapline_version: String,
    /// What was asked for.
    pub options: RunOptions,
    /// The model that ran.
    pub model: ModelFacts,
    /// The inputs, by name only.
    pub inputs: Vec<InputFacts>,
    /// What came of it.
    pub counts: Counts,
    /// Facts that differ from run to run; they stand in `run.json` alone, so that every other
    /// output is the same for the same input.
    pub execution: ExecutionFacts,
}

/// What a run was asked to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunOptions {
    /// Detections at or above count and are drawn.
    pub threshold: Threshold,
    /// Categories made unrecognisable in copies.
    pub blur: Vec<Category>,
    /// Which images get an annotated copy.
    pub annotate: AnnotateChoice,
    /// Whether copies of the originals are in the package.
    pub originals: bool,
    /// Whether GPS positions are dropped from annotated copies. Tables and copies of originals
    /// keep them.
    pub strip_gps: bool,
    /// Whether JPEGs are decoded in full, as the reference does, or at a cheaper scale.
    pub full_decode: bool,
}

/// Which images get an annotated copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnnotateChoice {
    /// Every processed image.
    All,
    /// Images with a detection at or above the threshold.
    Detections,
    /// None.
    None,
}

/// The model, as far as a reader of the results must know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelFacts {
    /// The manifest's id.
    pub id: String,
    /// The name for people.
    pub display_name: String,
    /// Version, if the manifest gives one.
    pub version: Option<String>,
    /// SHA-256 of the ONNX file, hexadecimal.
    pub sha256: String,
    /// SPDX licence id, or the manifest's own words.
    pub licence: String,
    /// What to know before trusting it, e.g. that it is a general model for trying things out.
    pub notice: Option<String>,
    /// The longer side of the canvas in pixels.
    pub image_size: u32,
    /// Threshold at which the model is usually used.
    pub typical_threshold: Threshold,
    /// Threshold that misses little.
    pub conservative_threshold: Threshold,
    /// The labels of classes that are reported as species, by class index.
    pub species: BTreeMap<u16, String>,
}

/// One input of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFacts {
    /// File or folder name without its path.
    pub name: String,
    /// Files (archive entries) in it.
    pub files: u64,
}

/// Files in = processed + failed + skipped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All files (archive entries) that went in.
    pub files: u64,
    /// Images the model looked at, duplicates included.
    pub processed: u64,
    /// Images that could not be read.
    pub failed: u64,
    /// Files that are not images.
    pub skipped: u64,
    /// Processed images without a detection at the threshold.
    pub blank: u64,
    /// Processed images that are exact copies of an earlier one.
    pub duplicates: u64,
    /// Processed images whose file was truncated.
    pub truncated: u64,
    /// Processed images with at least one detection of a category at the threshold.
    pub images_with: BTreeMap<Category, u64>,
    /// Detections of a category at the threshold.
    pub detections: BTreeMap<Category, u64>,
    /// Failed files by reason.
    pub failures: BTreeMap<FailureCode, u64>,
    /// Skipped files by reason.
    pub skips: BTreeMap<SkipReason, u64>,
}

impl Counts {
    /// Counts one more file.
    pub fn add(&mut self, record: &MediaRecord, threshold: Threshold) {
        self.files += 1;
        match &record.outcome {
            MediaOutcome::Failed(failure) => {
                self.failed += 1;
                *self.failures.entry(failure.code).or_default() += 1;
            }
            MediaOutcome::Skipped(reason) => {
                self.skipped += 1;
                *self.skips.entry(*reason).or_default() += 1;
            }
            MediaOutcome::Processed(media) => {
                self.processed += 1;
                self.duplicates += u64::from(media.duplicate_of.is_some());
                self.truncated += u64::from(media.decoded_share.is_some());
                self.blank += u64::from(media.category_at(threshold).is_none());
                for category in Category::ALL {
                    let found = media.count_at(category, threshold) as u64;
                    *self.detections.entry(category).or_default() += found;
                    *self.images_with.entry(category).or_default() += u64::from(found > 0);
                }
            }
        }
    }
}

/// What differs from run to run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExecutionFacts {
    /// When the run began, RFC 3339 UTC.
    pub started: String,
    /// When it ended, RFC 3339 UTC.
    pub finished: String,
    /// The device that really ran the model, e.g. `cpu` or `cuda:0`.
    pub device: String,
    /// Version of the ONNX Runtime library.
    pub onnxruntime_version: String,
    /// Worker threads.
    pub threads: usize,
    /// Images per second of wall time, end to end.
    pub images_per_second: f64,
    /// Wall seconds of the run (of this part of it, when it was resumed).
    pub wall_seconds: f64,
    /// Processor seconds of the process, all threads together.
    pub cpu_seconds: f64,
    /// Most memory the process ever held, in bytes.
    pub peak_memory_bytes: u64,
    /// Records taken over from an earlier, interrupted run.
    pub resumed_records: u64,
    /// Seconds spent in each stage, summed over all threads.
    pub stage_seconds: BTreeMap<String, f64>,
}
