//! What a run was made with and what came of it: the part of every report that is not about a
//! single file.

use std::collections::BTreeMap;

use common::{
    Category, Threshold,
    archive::{ArchiveNames, NameEncoding},
};
pub use common::{Counts, job::AnnotateChoice};
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
    /// In which character sets names in zips were read that are not Unicode.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<ArchiveNames>,
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
    /// Whether positions are rounded to a hundredth of a degree in all results, and dropped from
    /// annotated copies.
    #[serde(default)]
    pub round_positions: bool,
    /// Whether text in CSV files stands as it is, without the `'` that keeps spreadsheet programs
    /// from running it.
    #[serde(default)]
    pub csv_plain: bool,
    /// The character set of names in zips that do not say that they are Unicode; `None` to have it
    /// detected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<NameEncoding>,
    /// Whether JPEGs are decoded in full, as the reference does, or at a cheaper scale.
    pub full_decode: bool,
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

/// Images in a second on average, or 0 where no time has passed.
#[expect(clippy::cast_precision_loss, reason = "counts of files")]
pub(crate) fn per_second(images: u64, seconds: f64) -> f64 {
    if seconds > 0.0 {
        images as f64 / seconds
    } else {
        0.0
    }
}
