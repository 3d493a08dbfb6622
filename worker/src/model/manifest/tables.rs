//! The tables of a manifest in the zoo's layout, as they stand in the file. Every key is
//! optional here, so that a missing one is reported with the name of its table; keys that
//! Trapline does not read are let pass.

use serde::Deserialize;

use super::trapline::TraplineTable;
use crate::model::labels::LabelFormat;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tables {
    pub(super) model: ModelTable,
    pub(super) preprocessing: PreprocessingTable,
    pub(super) inference: InferenceTable,
    pub(super) postprocessing: PostprocessingTable,
    pub(super) labels: LabelsTable,
    pub(super) provenance: ProvenanceTable,
    pub(super) trapline: Option<TraplineTable>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ModelTable {
    pub(super) id: Option<String>,
    pub(super) format: Option<String>,
    pub(super) file: Option<String>,
    pub(super) file_fp16: Option<String>,
    #[serde(alias = "sha256")]
    pub(super) onnx_sha256: Option<String>,
    #[serde(alias = "file_size_bytes")]
    pub(super) onnx_size_bytes: Option<u64>,
    pub(super) subtype: Option<String>,
    pub(super) version: Option<String>,
    pub(super) description: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) species_direct: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PreprocessingTable {
    pub(super) method: Option<String>,
    pub(super) input_size: Option<Vec<i64>>,
    pub(super) layout: Option<String>,
    pub(super) normalization: Option<String>,
    pub(super) channel_order: Option<String>,
    pub(super) pad_value: Option<f32>,
    pub(super) interpolation: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct InferenceTable {
    pub(super) strategy: Option<String>,
    pub(super) precision: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PostprocessingTable {
    pub(super) method: Option<String>,
    pub(super) confidence_threshold: Option<f64>,
    pub(super) iou_threshold: Option<f32>,
    pub(super) max_detections: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LabelsTable {
    pub(super) file: Option<String>,
    pub(super) format: LabelFormat,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProvenanceTable {
    #[serde(alias = "licence")]
    pub(super) license: Option<toml::Value>,
}
