//! What a researcher chose for a job.

use serde::{Deserialize, Serialize};

use crate::{Category, ModelId, Threshold, archive::NameEncoding};

/// The choices of an upload. What is not chosen is decided by the worker that plans the job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobOptions {
    /// The model; `None` for the service's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelId>,
    /// The lowest confidence that counts; `None` for the model's typical threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
    /// Which images get a copy with boxes drawn on it.
    pub annotate: AnnotateChoice,
    /// Categories made unrecognisable in copies, in the order of [`Category::ALL`].
    pub blur: Vec<Category>,
    /// Whether originals are copied into the package.
    pub originals: bool,
    /// Whether GPS positions are dropped from annotated copies.
    pub strip_gps: bool,
    /// Whether positions are rounded wherever the results give one, to keep rare animals and
    /// cameras from being found.
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
}

impl Default for JobOptions {
    /// Copies of images with detections, people blurred, no originals.
    fn default() -> Self {
        Self {
            model: None,
            threshold: None,
            annotate: AnnotateChoice::Detections,
            blur: vec![Category::Person],
            originals: false,
            strip_gps: false,
            round_positions: false,
            csv_plain: false,
            names: None,
        }
    }
}

/// Which images get an annotated copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnnotateChoice {
    /// Every image.
    All,
    /// Images with a detection at or above the threshold.
    Detections,
    /// None.
    None,
}
