//! Why a model of the catalogue cannot be used; the texts say which command helps.

use std::{io, path::PathBuf};

use crate::model::{ModelId, digest::Sha256, labels::LabelError, manifest::ManifestError};

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It is known, but its file is not here.
    #[error("the model '{id}' is not installed; `trapline-worker models fetch {id}` gets it")]
    NotInstalled {
        /// The model.
        id: ModelId,
    },
    /// Nobody knows it.
    #[error(
        "no model '{id}' is known: put its folder into {}, or choose one that \
         `trapline-worker models list` names", models_dir.display()
    )]
    Unknown {
        /// What was asked for.
        id: ModelId,
        /// Where it was looked for.
        models_dir: PathBuf,
    },
    /// Its manifest is wrong.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A folder without a manifest, of an id that is not shipped.
    #[error("{} is missing; a model needs its manifest", path.display())]
    NoManifest {
        /// Where it should be.
        path: PathBuf,
    },
    /// The labels file that the manifest names is not there.
    #[error("the labels file {} is missing", path.display())]
    NoLabels {
        /// Where it should be.
        path: PathBuf,
    },
    /// The folder has another name than the model in it.
    #[error("{} is the manifest of '{found}', but its folder is named '{folder}'", path.display())]
    WrongId {
        /// The manifest.
        path: PathBuf,
        /// The folder's name.
        folder: ModelId,
        /// The manifest's id.
        found: ModelId,
    },
    /// Its labels file is wrong.
    #[error("{}: {reason}", path.display())]
    Labels {
        /// The labels file.
        path: PathBuf,
        /// What is wrong with it.
        reason: LabelError,
    },
    /// A file cannot be read.
    #[error("reading {} failed", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("writing {} failed", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The record of a fetch is damaged.
    #[error("{} is damaged; fetch the model again with --force", path.display())]
    BadRecord {
        /// The record.
        path: PathBuf,
        /// What the TOML reader says.
        source: Box<toml::de::Error>,
    },
    /// The file is cut off, or another one.
    #[error(
        "{} has {found} bytes, but should have {expected}; \
         `trapline-worker models fetch --force {id}` gets it anew", path.display()
    )]
    WrongSize {
        /// The ONNX file.
        path: PathBuf,
        /// Its size.
        found: u64,
        /// The size it should have.
        expected: u64,
        /// The model.
        id: ModelId,
    },
    /// The file is another one, or damaged.
    #[error(
        "{} has the SHA-256 {found}, but should have {}; \
         `trapline-worker models fetch --force {id}` gets it anew",
        path.display(), alternatives(accepted)
    )]
    WrongHash {
        /// The ONNX file.
        path: PathBuf,
        /// Its hash.
        found: Sha256,
        /// Hashes it may have.
        accepted: Vec<Sha256>,
        /// The model.
        id: ModelId,
    },
}

fn alternatives(accepted: &[Sha256]) -> String {
    accepted
        .iter()
        .map(Sha256::to_string)
        .collect::<Vec<_>>()
        .join(" or ")
}
