//! Which file holds the weights, and how it proves to be the right one.

use super::{ModelTable, Origin, error::ManifestError, file_name};
use crate::model::digest::Sha256;

/// The file with a model's weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Its path below the model's folder.
    pub file: String,
    /// Hashes that it may have; none if the manifest states none.
    pub accepted_sha256: Vec<Sha256>,
    /// Its size, where the manifest states one that all accepted files have.
    pub size_bytes: Option<u64>,
}

impl Weights {
    pub(super) fn read(
        model: &ModelTable,
        precision: Option<&str>,
        also_accepted: &[Sha256],
        origin: Origin<'_>,
    ) -> Result<Self, ManifestError> {
        check_format(model, origin)?;
        let file = file_name(model.file.as_deref(), "[model] file", origin)?;
        let half = match (precision.unwrap_or("fp32"), &model.file_fp16) {
            ("fp32", _) | ("fp16", None) => None,
            ("fp16", Some(half)) => Some(file_name(Some(half), "[model] file_fp16", origin)?),
            (other, _) => {
                return Err(origin.bad("[inference] precision", other, "fp32 or fp16"));
            }
        };
        if let Some(half) = half {
            // The zoo states hash and size of the full-precision file only.
            let accepted_sha256 = also_accepted.to_vec();
            return Ok(Self {
                file: half,
                accepted_sha256,
                size_bytes: None,
            });
        }
        let stated = model.onnx_sha256.as_deref().map(Sha256::parse).transpose();
        let stated = stated
            .map_err(|error| origin.bad("[model] onnx_sha256", error.0, "64 hexadecimal digits"))?;
        let mut accepted_sha256: Vec<_> = stated.into_iter().collect();
        accepted_sha256.extend(also_accepted.iter().filter(|hash| Some(**hash) != stated));
        let size_bytes = model.onnx_size_bytes.filter(|_| accepted_sha256.len() <= 1);
        Ok(Self {
            file,
            accepted_sha256,
            size_bytes,
        })
    }
}

fn check_format(model: &ModelTable, origin: Origin<'_>) -> Result<(), ManifestError> {
    const KEY: &str = "[model] format";
    match model.format.as_deref() {
        None => Err(origin.missing(KEY)),
        Some("onnx") => Ok(()),
        Some("tflite") => Err(origin.unsupported(
            KEY,
            "tflite",
            "only ONNX models run here; convert it to ONNX",
        )),
        Some("cascade") => Err(origin.unsupported(
            KEY,
            "cascade",
            "it joins several models; Trapline runs one detector",
        )),
        Some(other) => Err(origin.bad(KEY, other, "onnx")),
    }
}
