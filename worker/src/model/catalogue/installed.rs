//! A model in a folder, checked and ready to be loaded.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use super::{FetchedRecord, ModelError, ShippedModel, shipped, shipped_copy};
use crate::{
    model::{
        ModelId,
        contract::{ClassMeaning, Contract},
        digest::Sha256,
        labels::parse_labels,
        manifest::{Manifest, Weights},
    },
    run_facts::ModelFacts,
};

/// A model whose manifest is sound and whose file is the one that was meant.
#[derive(Clone, Debug)]
pub struct InstalledModel {
    /// Its manifest.
    pub manifest: Manifest,
    /// How to run it.
    pub contract: Contract,
    /// The labels of its classes.
    pub labels: Vec<String>,
    /// The ONNX file.
    pub onnx_path: PathBuf,
    /// The ONNX file's hash.
    pub sha256: Sha256,
    /// What the hash was compared with.
    pub proof: HashProof,
}

/// What a model file's hash was compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashProof {
    /// A hash that the manifest states.
    Manifest,
    /// The hash that was written down when the file was fetched.
    Fetched,
    /// Nothing: the manifest states none and the file was not fetched.
    None,
}

impl InstalledModel {
    /// Opens the model in `folder` and hashes its file.
    pub(in crate::model) fn open(folder: &Path, id: &ModelId) -> Result<Self, ModelError> {
        let (manifest, labels) = read_description(folder, id)?;
        let contract = manifest.contract(&labels)?;
        let onnx_path = folder.join(&manifest.weights.file);
        let (sha256, proof) = prove(&onnx_path, &manifest.weights, folder, id)?;
        Ok(Self {
            manifest,
            contract,
            labels,
            onnx_path,
            sha256,
            proof,
        })
    }

    /// What a reader of the results must know about the model.
    #[must_use]
    pub fn facts(&self) -> ModelFacts {
        let manifest = &self.manifest;
        ModelFacts {
            id: manifest.id.to_string(),
            display_name: manifest.display_name.clone(),
            version: manifest.version.clone(),
            sha256: self.sha256.to_string(),
            licence: manifest.licence.name.clone(),
            notice: manifest.notice.clone(),
            image_size: manifest.input.width.max(manifest.input.height),
            typical_threshold: manifest.typical_threshold,
            conservative_threshold: manifest.conservative_threshold,
            species: self.species(),
        }
    }

    fn species(&self) -> BTreeMap<u16, String> {
        let is_species = |meaning: &ClassMeaning| matches!(meaning, ClassMeaning::Species(_));
        // There are at most u16::MAX labels, so the range covers them all.
        (0u16..)
            .zip(self.contract.classes.iter().zip(&self.labels))
            .filter(|(_, (meaning, _))| is_species(meaning))
            .map(|(class, (_, label))| (class, label.clone()))
            .collect()
    }
}

/// Manifest and labels of the model in `folder`; what the folder lacks, the shipped model of
/// the same id gives. A folder with nothing but the ONNX file is a model, too.
pub(super) fn read_description(
    folder: &Path,
    id: &ModelId,
) -> Result<(Manifest, Vec<String>), ModelError> {
    if let Some(shipped) = shipped_copy::successor(folder, id)? {
        return shipped.description();
    }
    let shipped = shipped::find(id.as_str());
    let manifest = read_manifest(folder, id, shipped)?;
    let path = folder.join(&manifest.labels_file);
    let text = match (read_if_there(&path)?, shipped) {
        (Some(text), _) => text,
        (None, Some(shipped)) => shipped.labels.to_owned(),
        (None, None) => return Err(ModelError::NoLabels { path }),
    };
    let labels = parse_labels(&text, manifest.label_format)
        .map_err(|reason| ModelError::Labels { path, reason })?;
    Ok((manifest, labels))
}

fn read_manifest(
    folder: &Path,
    id: &ModelId,
    shipped: Option<&ShippedModel>,
) -> Result<Manifest, ModelError> {
    let path = folder.join(shipped_copy::MANIFEST);
    let manifest = match (read_if_there(&path)?, shipped) {
        (Some(text), _) => {
            let additions = shipped.map(|shipped| shipped.manifest);
            Manifest::parse(&text, &path.display().to_string(), additions)?
        }
        (None, Some(shipped)) => shipped.parse()?,
        (None, None) => return Err(ModelError::NoManifest { path }),
    };
    if manifest.id != *id {
        return Err(ModelError::WrongId {
            path,
            folder: id.clone(),
            found: manifest.id,
        });
    }
    Ok(manifest)
}

pub(super) fn read_if_there(path: &Path) -> Result<Option<String>, ModelError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ModelError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Compares the file with what the manifest says, or else with what was fetched.
fn prove(
    path: &Path,
    weights: &Weights,
    folder: &Path,
    id: &ModelId,
) -> Result<(Sha256, HashProof), ModelError> {
    let read = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => ModelError::NotInstalled { id: id.clone() },
        _ => ModelError::Read {
            path: path.to_owned(),
            source,
        },
    };
    let size_bytes = std::fs::metadata(path).map_err(read)?.len();
    let recorded = FetchedRecord::read(folder)?.filter(|record| record.file == weights.file);
    let (accepted, expected_bytes, proof) = match (weights.accepted_sha256.is_empty(), recorded) {
        (false, _) => (
            weights.accepted_sha256.clone(),
            weights.size_bytes,
            HashProof::Manifest,
        ),
        (true, Some(record)) => (
            vec![record.sha256],
            Some(record.size_bytes),
            HashProof::Fetched,
        ),
        (true, None) => (Vec::new(), weights.size_bytes, HashProof::None),
    };
    if let Some(expected) = expected_bytes.filter(|expected| *expected != size_bytes) {
        let path = path.to_owned();
        return Err(ModelError::WrongSize {
            path,
            found: size_bytes,
            expected,
            id: id.clone(),
        });
    }
    let (found, _) = Sha256::of_file(path).map_err(read)?;
    if proof != HashProof::None && !accepted.contains(&found) {
        let path = path.to_owned();
        return Err(ModelError::WrongHash {
            path,
            found,
            accepted,
            id: id.clone(),
        });
    }
    Ok((found, proof))
}
