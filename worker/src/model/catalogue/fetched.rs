//! `fetched.toml`: what `models fetch` wrote down about the file it installed, so that a later
//! change of the file is noticed even where the manifest states no hash.

use std::{io, path::Path};

use serde::{Deserialize, Serialize};

use crate::model::{catalogue::ModelError, digest::Sha256};

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchedRecord {
    /// The file that the hash is of, below the model's folder.
    pub file: String,
    /// Its hash.
    pub sha256: Sha256,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Where it came from.
    pub source: String,
    /// The hash of `manifest.toml`, if that is a copy of the one that Trapline ships.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied_manifest: Option<Sha256>,
}

impl FetchedRecord {
    /// The record's name in the model's folder.
    pub const FILE_NAME: &str = "fetched.toml";

    /// Reads the record of a model's folder, if there is one.
    ///
    /// # Errors
    /// When it is there but cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Self>, ModelError> {
        let path = folder.join(Self::FILE_NAME);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(ModelError::Read { path, source }),
        };
        match toml::from_str(&text) {
            Ok(record) => Ok(Some(record)),
            Err(error) => Err(ModelError::BadRecord {
                path,
                source: Box::new(error),
            }),
        }
    }

    /// Writes the record into a model's folder.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        let text = format!("# Written by `trapline-worker models fetch`.\n{text}");
        replace(&folder.join(Self::FILE_NAME), &text)
    }
}

/// Writes a text file that is never there in part.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    std::fs::write(&unfinished, text)?;
    std::fs::rename(&unfinished, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_survives_its_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(FetchedRecord::read(folder.path()).unwrap(), None);
        let record = FetchedRecord {
            file: "model.onnx".to_owned(),
            sha256: Sha256::of(b"weights"),
            size_bytes: 7,
            source: "C:\\mirror \"x\"\nnext".to_owned(),
            copied_manifest: Some(Sha256::of(b"manifest")),
        };
        record.write(folder.path()).unwrap();
        assert_eq!(FetchedRecord::read(folder.path()).unwrap(), Some(record));
    }

    #[test]
    fn a_damaged_record_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FetchedRecord::FILE_NAME), "sha256 = 'x'").unwrap();
        let error = FetchedRecord::read(folder.path()).unwrap_err();
        assert!(matches!(error, ModelError::BadRecord { .. }), "{error}");
    }
}
