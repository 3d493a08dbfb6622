//! The `info` block: which model, which thresholds, and what came of the run.

use common::Threshold;
use serde::Serialize;

use super::summary;
use crate::run_facts::{Counts, ModelFacts, RunFacts};

/// The `info` block.
#[derive(Serialize)]
pub(super) struct Info<'f> {
    format_version: &'static str,
    detector: String,
    detector_metadata: DetectorMetadata<'f>,
    summary_report: String,
    custom_metadata: CustomMetadata<'f>,
}

/// What readers take their default thresholds from.
#[derive(Serialize)]
struct DetectorMetadata<'f> {
    megadetector_version: &'f str,
    image_size: u32,
    typical_detection_threshold: Threshold,
    conservative_detection_threshold: Threshold,
}

/// What the format has no place for.
#[derive(Serialize)]
struct CustomMetadata<'f> {
    trapline_version: &'f str,
    threshold: Threshold,
    counts: &'f Counts,
    model: CustomModel<'f>,
}

#[derive(Serialize)]
struct CustomModel<'f> {
    id: &'f str,
    name: &'f str,
    version: Option<&'f str>,
    sha256: &'f str,
    licence: &'f str,
    notice: Option<&'f str>,
}

impl<'f> Info<'f> {
    /// The block of a run.
    pub(super) fn of(facts: &'f RunFacts) -> Self {
        let model = &facts.model;
        Self {
            format_version: "1.6",
            detector: format!("{}.onnx", model.id),
            detector_metadata: DetectorMetadata {
                megadetector_version: model.version.as_deref().unwrap_or("unknown"),
                image_size: model.image_size,
                typical_detection_threshold: model.typical_threshold,
                conservative_detection_threshold: model.conservative_threshold,
            },
            summary_report: summary::html(facts),
            custom_metadata: CustomMetadata {
                trapline_version: &facts.trapline_version,
                threshold: facts.options.threshold,
                counts: &facts.counts,
                model: CustomModel::of(model),
            },
        }
    }
}

impl<'f> CustomModel<'f> {
    fn of(model: &'f ModelFacts) -> Self {
        Self {
            id: &model.id,
            name: &model.display_name,
            version: model.version.as_deref(),
            sha256: &model.sha256,
            licence: &model.licence,
            notice: model.notice.as_deref(),
        }
    }
}
