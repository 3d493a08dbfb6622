//! Copies of shipped manifests in the models folder, which a newer Trapline replaces.
//!
//! A model that was fetched as a bare file gets a copy of the manifest and labels that Trapline
//! ships. When another version ships other ones, the copy is out of date, and the file is the
//! same. What came with the file in a zip, what a user wrote, and what a user changed is never
//! touched.

use std::{fs, path::Path};

use super::{
    FetchedRecord, ModelError, ShippedModel, fetched::replace, installed::read_if_there, shipped,
};
use crate::model::{ModelId, digest::Sha256, manifest::Manifest};

/// The manifest's name in a model's folder.
pub(super) const MANIFEST: &str = "manifest.toml";

/// The shipped model that goes before what is in `folder`: what is there is an unchanged copy
/// of what some version of Trapline shipped, and the file is still the one that is meant.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn successor(
    folder: &Path,
    id: &ModelId,
) -> Result<Option<&'static ShippedModel>, ModelError> {
    let Some(shipped) = shipped::find(id.as_str()) else {
        return Ok(None);
    };
    let Some(record) = FetchedRecord::read(folder)? else {
        return Ok(None);
    };
    let path = folder.join(MANIFEST);
    let Some(installed) = read_if_there(&path)? else {
        return Ok(None);
    };
    let weights = shipped.parse()?.weights;
    let is_same_file = record.file == weights.file
        && (weights.accepted_sha256.is_empty() || weights.accepted_sha256.contains(&record.sha256));
    Ok((is_same_file && is_copy(&installed, shipped, &record)).then_some(shipped))
}

/// Whether Trapline wrote a manifest, and nobody changed it since.
fn is_copy(installed: &str, shipped: &ShippedModel, record: &FetchedRecord) -> bool {
    installed == shipped.manifest
        || record.copied_manifest == Some(Sha256::of(installed.as_bytes()))
}

/// Brings the copies in `folder` up to date. Each file is replaced in one step, the record last,
/// so that a refresh that was cut short is finished by the next one.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn refresh(folder: &Path, shipped: &ShippedModel) -> Result<(), ModelError> {
    let Some(record) = FetchedRecord::read(folder)? else {
        return Ok(());
    };
    let manifest: Manifest = shipped.parse()?;
    for (name, text) in [
        (manifest.labels_file.as_str(), shipped.labels),
        (MANIFEST, shipped.manifest),
    ] {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|present| present == text.as_bytes()) {
            continue;
        }
        replace(&path, text).map_err(|source| ModelError::Write { path, source })?;
    }
    let copied_manifest = Some(Sha256::of(shipped.manifest.as_bytes()));
    if record.copied_manifest == copied_manifest {
        return Ok(());
    }
    let record = FetchedRecord {
        copied_manifest,
        ..record
    };
    record.write(folder).map_err(|source| ModelError::Write {
        path: folder.join(FetchedRecord::FILE_NAME),
        source,
    })
}
