//! The worker's settings from the environment, read once at start.

use std::{path::PathBuf, sync::Arc};

use common::{
    env::{self, EnvError},
    home::Home,
};

use crate::{media::decode::DecodeLimits, pipeline::decode_memory::DecodeMemory};

/// Everything the worker takes from its environment.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// Folders with `onnxruntime/` or `models/` in them, best first. `TRAPLINE_HOME`; default:
    /// `var` in the current folder or in the source tree the program was built in, else
    /// `/var/lib/trapline`.
    pub homes: Vec<PathBuf>,
    /// ONNX Runtime's shared library. `TRAPLINE_ONNXRUNTIME`; default: the newest
    /// `onnxruntime/libonnxruntime.so*` below the home folder.
    pub onnxruntime: Option<PathBuf>,
    /// Folder of model folders. `TRAPLINE_MODELS`; default: `models` below the home folder.
    pub models: PathBuf,
    /// Limits of a picture. `TRAPLINE_MAX_MEGAPIXELS`, in millions of pixels; default 100.
    pub decode_limits: DecodeLimits,
    /// What the large pictures of all threads may take together.
    /// `TRAPLINE_DECODE_MEGABYTES`, in MiB; default 1024.
    pub decode_memory: Arc<DecodeMemory>,
}

impl WorkerConfig {
    /// Reads the environment.
    ///
    /// # Errors
    /// When a variable cannot be understood; the error names it.
    pub fn from_env() -> Result<Self, EnvError> {
        let homes = Home::from_env()?.with_models();
        let models = match env::maybe_path("TRAPLINE_MODELS") {
            Some(models) => models,
            None => homes
                .first()
                .map_or_else(|| PathBuf::from("models"), |home| home.join("models")),
        };
        Ok(Self {
            onnxruntime: env::maybe_path("TRAPLINE_ONNXRUNTIME"),
            models,
            decode_limits: decode_limits(env::maybe("TRAPLINE_MAX_MEGAPIXELS")?)?,
            decode_memory: decode_memory(env::maybe("TRAPLINE_DECODE_MEGABYTES")?)?,
            homes,
        })
    }
}

fn decode_limits(megapixels: Option<String>) -> Result<DecodeLimits, EnvError> {
    let Some(value) = megapixels else {
        return Ok(DecodeLimits::default());
    };
    match value.trim().parse::<u64>() {
        Ok(millions @ 1..=10_000) => Ok(DecodeLimits {
            pixels: millions * 1_000_000,
        }),
        _ => Err(EnvError::Unexpected {
            name: "TRAPLINE_MAX_MEGAPIXELS",
            value,
            expected: "a whole number of millions of pixels from 1 to 10000",
        }),
    }
}

fn decode_memory(megabytes: Option<String>) -> Result<Arc<DecodeMemory>, EnvError> {
    const DEFAULT_MIB: u64 = 1024;
    let mib = match megabytes {
        None => DEFAULT_MIB,
        Some(value) => match value.trim().parse::<u64>() {
            Ok(mib @ 1..=1_000_000) => mib,
            _ => {
                return Err(EnvError::Unexpected {
                    name: "TRAPLINE_DECODE_MEGABYTES",
                    value,
                    expected: "a whole number of MiB from 1 to 1000000",
                });
            }
        },
    };
    Ok(Arc::new(DecodeMemory::new(mib << 20)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_limit_is_named() {
        let error = decode_limits(Some("lots".to_owned())).unwrap_err();
        assert!(error.to_string().contains("TRAPLINE_MAX_MEGAPIXELS=lots"));
        assert_eq!(
            decode_limits(Some("12".to_owned())).unwrap().pixels,
            12_000_000
        );
        for wrong in ["0", "1 GiB", "-5"] {
            let error = decode_memory(Some(wrong.to_owned())).unwrap_err();
            let text = error.to_string();
            assert!(text.contains("TRAPLINE_DECODE_MEGABYTES="), "{text}");
        }
        assert!(decode_memory(Some("512".to_owned())).is_ok());
    }
}
