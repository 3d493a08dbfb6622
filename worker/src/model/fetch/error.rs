//! Why a model could not be fetched, and what to do about it.

use std::{io, path::PathBuf};

use super::{
    converter::ConverterError, download::DownloadError, npm::NpmError, unpack::UnpackError,
};
use crate::model::{ModelError, ModelId, digest::Sha256};

/// Why a model could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The model itself is unknown or its manifest wrong.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The manifest names no source, and there is no mirror.
    #[error("the manifest of '{id}' names no source, and there is no mirror to look in")]
    NoSource {
        /// The model.
        id: ModelId,
    },
    /// Nothing that was tried gave the model.
    #[error(
        "the model '{id}' could not be fetched:\n{}\n{}",
        listed(attempts),
        advice(names)
    )]
    AllFailed {
        /// The model.
        id: ModelId,
        /// What was tried.
        attempts: Vec<Attempt>,
        /// File names that a mirror could have it under.
        names: Vec<String>,
    },
}

/// A place that did not give the model.
#[derive(Debug)]
pub struct Attempt {
    /// The place.
    pub place: String,
    /// Why not.
    pub error: AttemptError,
}

/// Why one place did not give the model.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// A mirror has no file of a fitting name.
    #[error("it has no file that could be the model")]
    NothingThere,
    /// The download failed.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// The zip is not a model.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    /// The npm package could not be had.
    #[error(transparent)]
    Npm(#[from] NpmError),
    /// The network could not be converted to ONNX.
    #[error("converting the network to ONNX failed")]
    Convert(#[from] ConverterError),
    /// A file from a mirror or package is not the one that was meant.
    #[error(
        "{name} has the SHA-256 {found}, but should have {}",
        alternatives(expected)
    )]
    WrongHash {
        /// The file.
        name: String,
        /// Its hash.
        found: Sha256,
        /// Hashes it may have.
        expected: Vec<Sha256>,
    },
    /// A file is cut off, or another one.
    #[error("{name} has {found} bytes, but should have {expected}")]
    WrongSize {
        /// The file.
        name: String,
        /// Its size.
        found: u64,
        /// The size it should have.
        expected: u64,
    },
    /// What came is not a model that Trapline can run.
    #[error(transparent)]
    Model(ModelError),
    /// The models folder cannot be written, or a mirror's file not be read.
    #[error("{doing} {} failed", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl AttemptError {
    /// For `map_err`.
    pub(super) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }
}

/// The file is about to be removed, so its path is no help; what it is called is.
impl From<ModelError> for AttemptError {
    fn from(error: ModelError) -> Self {
        let name = |path: PathBuf| path.file_name().unwrap_or_default().display().to_string();
        match error {
            ModelError::WrongHash {
                path,
                found,
                accepted,
                ..
            } => Self::WrongHash {
                name: name(path),
                found,
                expected: accepted,
            },
            ModelError::WrongSize {
                path,
                found,
                expected,
                ..
            } => Self::WrongSize {
                name: name(path),
                found,
                expected,
            },
            other => Self::Model(other),
        }
    }
}

fn alternatives(expected: &[Sha256]) -> String {
    expected
        .iter()
        .map(Sha256::to_string)
        .collect::<Vec<_>>()
        .join(" or ")
}

impl std::fmt::Display for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, chain(&self.error))
    }
}

fn listed(attempts: &[Attempt]) -> String {
    attempts
        .iter()
        .map(|attempt| format!("  {attempt}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// An error and its causes on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

fn advice(names: &[String]) -> String {
    format!(
        "without internet: put one of {} into a folder or onto a web server and set \
         TRAPLINE_MODEL_MIRROR to it; behind a proxy: set HTTPS_PROXY",
        names.join(", ")
    )
}
