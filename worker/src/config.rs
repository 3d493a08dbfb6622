//! The worker's settings from the environment, read once at start.

use std::{
    env, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{media::decode::DecodeLimits, pipeline::decode_memory::DecodeMemory};

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The variable is set to something else than what it means.
    #[error("{variable}={value} is not {expected}")]
    Invalid {
        /// The environment variable.
        variable: &'static str,
        /// What it was set to.
        value: String,
        /// What it may be set to.
        expected: &'static str,
    },
    /// The current folder cannot be found out.
    #[error("the current folder cannot be read")]
    CurrentFolder(#[source] io::Error),
}

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
    pub fn from_env() -> Result<Self, ConfigError> {
        let current = env::current_dir().map_err(ConfigError::CurrentFolder)?;
        let program = env::current_exe().ok();
        let homes = homes(path("TRAPLINE_HOME"), &current, program.as_deref());
        let models = match path("TRAPLINE_MODELS") {
            Some(models) => models,
            None => homes
                .first()
                .map_or_else(|| PathBuf::from("models"), |home| home.join("models")),
        };
        Ok(Self {
            onnxruntime: path("TRAPLINE_ONNXRUNTIME"),
            models,
            decode_limits: decode_limits(text("TRAPLINE_MAX_MEGAPIXELS"))?,
            decode_memory: decode_memory(text("TRAPLINE_DECODE_MEGABYTES"))?,
            homes,
        })
    }
}

fn text(variable: &'static str) -> Option<String> {
    env::var(variable).ok().filter(|value| !value.is_empty())
}

fn path(variable: &'static str) -> Option<PathBuf> {
    env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// The home folders that exist, best first; if none does, the one that would be made.
fn homes(set: Option<PathBuf>, current: &Path, program: Option<&Path>) -> Vec<PathBuf> {
    if let Some(set) = set {
        return vec![set];
    }
    let here = current.join("var");
    // target/release/trapline-worker lies three levels below the source tree.
    let built_in = program
        .and_then(|p| p.ancestors().nth(3))
        .map(|root| root.join("var"));
    let candidates = [
        Some(here.clone()),
        built_in,
        Some(PathBuf::from("/var/lib/trapline")),
    ];
    let found: Vec<PathBuf> = candidates
        .into_iter()
        .flatten()
        .filter(|home| home.join("onnxruntime").is_dir() || home.join("models").is_dir())
        .collect();
    if found.is_empty() { vec![here] } else { found }
}

fn decode_limits(megapixels: Option<String>) -> Result<DecodeLimits, ConfigError> {
    let Some(value) = megapixels else {
        return Ok(DecodeLimits::default());
    };
    match value.parse::<u64>() {
        Ok(millions @ 1..=10_000) => Ok(DecodeLimits {
            pixels: millions * 1_000_000,
        }),
        _ => Err(ConfigError::Invalid {
            variable: "TRAPLINE_MAX_MEGAPIXELS",
            value,
            expected: "a whole number of millions of pixels from 1 to 10000",
        }),
    }
}

fn decode_memory(megabytes: Option<String>) -> Result<Arc<DecodeMemory>, ConfigError> {
    const DEFAULT_MIB: u64 = 1024;
    let mib = match megabytes {
        None => DEFAULT_MIB,
        Some(value) => match value.parse::<u64>() {
            Ok(mib @ 1..=1_000_000) => mib,
            _ => {
                return Err(ConfigError::Invalid {
                    variable: "TRAPLINE_DECODE_MEGABYTES",
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
    fn a_set_home_is_the_only_one() {
        let homes = homes(Some("/somewhere".into()), Path::new("/tmp"), None);
        assert_eq!(homes, [PathBuf::from("/somewhere")]);
    }

    #[test]
    fn the_source_tree_of_the_program_is_found() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("var/models")).unwrap();
        let program = root.path().join("target/release/trapline-worker");
        let elsewhere = tempfile::tempdir().unwrap();
        let homes = homes(None, elsewhere.path(), Some(&program));
        assert_eq!(homes.first(), Some(&root.path().join("var")));
    }

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
