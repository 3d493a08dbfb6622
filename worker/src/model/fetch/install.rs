//! Puts a fetched model together in a folder beside its final place, checks it there, and
//! moves it over in one step: an interrupted fetch never leaves half a model.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::{converter::Converter, error::AttemptError, unpack::unpack};
use crate::model::{
    Catalogue, InstalledModel, ModelId,
    catalogue::{FetchedRecord, HashProof, shipped},
    digest::Sha256,
    manifest::Manifest,
};

/// A model that is being put together.
pub(super) struct Staging<'a> {
    catalogue: &'a Catalogue,
    id: &'a ModelId,
    // Inside the models folder, so that the last step is a rename. Removed when dropped.
    workplace: TempDir,
    folder: PathBuf,
}

impl<'a> Staging<'a> {
    pub(super) fn new(catalogue: &'a Catalogue, id: &'a ModelId) -> Result<Self, AttemptError> {
        let models_dir = catalogue.models_dir();
        fs::create_dir_all(models_dir).map_err(AttemptError::io("making", models_dir))?;
        let workplace = tempfile::Builder::new()
            .prefix(".fetch-")
            .tempdir_in(models_dir)
            .map_err(AttemptError::io("writing to", models_dir))?;
        let folder = workplace.path().join(id.as_str());
        fs::create_dir(&folder).map_err(AttemptError::io("making", &folder))?;
        Ok(Self {
            catalogue,
            id,
            workplace,
            folder,
        })
    }

    /// Unpacks a zip in the zoo's layout.
    pub(super) fn add_zip(&self, archive: &Path) -> Result<(), AttemptError> {
        Ok(unpack(archive, &self.folder)?)
    }

    /// Takes an ONNX file over, with the manifest and labels that are known for it.
    pub(super) fn add_onnx(&self, onnx: &Path, manifest: &Manifest) -> Result<(), AttemptError> {
        let target = self.prepare_onnx(manifest)?;
        // Not `fs::copy`: a mirror's file may be read-only, and the copy need not be.
        let copy = || io::copy(&mut fs::File::open(onnx)?, &mut fs::File::create(&target)?);
        copy().map(drop).map_err(AttemptError::io("copying", onnx))
    }

    /// Has a network's graph and weights converted, with the manifest and labels that are known
    /// for the model.
    pub(super) fn convert_centernet(
        &self,
        [graph, weights]: &[Vec<u8>; 2],
        manifest: &Manifest,
        converter: &Converter,
    ) -> Result<(), AttemptError> {
        let target = self.prepare_onnx(manifest)?;
        // Beside the model's folder, of which everything is installed.
        let graph = self.lay_down("graph.json", graph)?;
        let weights = self.lay_down("weights.bin", weights)?;
        Ok(converter.centernet([&graph, &weights], &target)?)
    }

    fn lay_down(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, AttemptError> {
        let path = self.workplace.path().join(format!(".{name}"));
        fs::write(&path, bytes).map_err(AttemptError::io("writing", &path))?;
        Ok(path)
    }

    fn prepare_onnx(&self, manifest: &Manifest) -> Result<PathBuf, AttemptError> {
        match shipped::find(self.id.as_str()) {
            Some(shipped) => {
                self.write("manifest.toml", shipped.manifest)?;
                self.write(&manifest.labels_file, shipped.labels)?;
            }
            None => self.copy_present_files()?,
        }
        let target = self.folder.join(&manifest.weights.file);
        make_parent(&target)?;
        Ok(target)
    }

    /// Keeps what the user put into the folder of a model of their own.
    fn copy_present_files(&self) -> Result<(), AttemptError> {
        let present = self.catalogue.folder(self.id);
        let failed = || AttemptError::io("reading", &present);
        for entry in fs::read_dir(&present).map_err(failed())? {
            let entry = entry.map_err(failed())?;
            if entry.file_type().map_err(failed())?.is_file() {
                let target = self.folder.join(entry.file_name());
                fs::copy(entry.path(), &target)
                    .map_err(AttemptError::io("copying", entry.path()))?;
            }
        }
        Ok(())
    }

    fn write(&self, name: &str, text: &str) -> Result<(), AttemptError> {
        let path = self.folder.join(name);
        make_parent(&path)?;
        fs::write(&path, text).map_err(AttemptError::io("writing", path))
    }

    /// Checks the model, writes down its hash, and moves it to its place.
    pub(super) fn commit(self, source: &str) -> Result<InstalledModel, AttemptError> {
        let old_record = self.folder.join(FetchedRecord::FILE_NAME);
        match fs::remove_file(&old_record) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(AttemptError::io("removing", old_record)(error));
            }
            _ => {}
        }
        let mut model = InstalledModel::open(&self.folder, self.id)?;
        let size_bytes = fs::metadata(&model.onnx_path)
            .map_err(AttemptError::io("reading", &model.onnx_path))?
            .len();
        let file = model.manifest.weights.file.clone();
        let source = source.to_owned();
        FetchedRecord {
            file,
            sha256: model.sha256,
            size_bytes,
            source,
            copied_manifest: self.copied_manifest(),
        }
        .write(&self.folder)
        .map_err(AttemptError::io("writing to", &self.folder))?;
        let target = self.move_into_place()?;
        model.onnx_path = target.join(&model.manifest.weights.file);
        if model.proof == HashProof::None {
            model.proof = HashProof::Fetched;
        }
        Ok(model)
    }

    /// The hash of the manifest, if it is the shipped one.
    fn copied_manifest(&self) -> Option<Sha256> {
        let shipped = shipped::find(self.id.as_str())?.manifest.as_bytes();
        let installed = fs::read(self.folder.join("manifest.toml")).ok()?;
        (installed == shipped).then(|| Sha256::of(shipped))
    }

    fn move_into_place(&self) -> Result<PathBuf, AttemptError> {
        let target = self.catalogue.folder(self.id);
        let replaced = self.workplace.path().join(".replaced");
        let moved = || AttemptError::io("replacing", &target);
        let has_old = target.try_exists().map_err(moved())?;
        if has_old {
            fs::rename(&target, &replaced).map_err(moved())?;
        }
        if let Err(error) = fs::rename(&self.folder, &target) {
            if has_old {
                fs::rename(&replaced, &target).map_err(moved())?;
            }
            return Err(moved()(error));
        }
        Ok(target)
    }
}

fn make_parent(path: &Path) -> Result<(), AttemptError> {
    let Some(parent) = path.parent() else {
        return Ok(());
    };
    fs::create_dir_all(parent).map_err(AttemptError::io("making", parent))
}
