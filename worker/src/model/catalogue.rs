//! Which models there are. A model is a folder `ID/` in the models folder, fetched or put there
//! by hand; the models that Trapline ships manifests for are known even before they are
//! fetched. A folder goes before a shipped manifest of the same id, unless it only holds an older
//! copy of it.

mod error;
pub mod fetched;
mod installed;
pub mod shipped;
mod shipped_copy;

use std::{
    io,
    path::{Path, PathBuf},
};

use serde::Serialize;

pub use self::{
    error::ModelError,
    fetched::FetchedRecord,
    installed::{HashProof, InstalledModel},
    shipped::{SHIPPED, ShippedModel},
};
use crate::model::{ModelId, manifest::Manifest};

/// The default: small, good enough to try, and quick to fetch.
const DEFAULT: &str = "yolox-nano";
/// The default where only package registries can be reached.
const LAST_RESORT: &str = "coco-centernet";

/// Whether a model can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum ModelState {
    /// Its file is here.
    Installed,
    /// Its file can be fetched.
    NotInstalled,
    /// Its folder is here, but something in it is wrong.
    Broken {
        /// What is wrong.
        reason: String,
    },
}

/// One line of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedModel {
    /// The model's id.
    pub id: ModelId,
    /// The name for people.
    pub display_name: String,
    /// Whether it can be used.
    #[serde(flatten)]
    pub state: ModelState,
    /// Its licence.
    pub licence: String,
    /// What it is good for.
    pub purpose: String,
    /// Whether runs without `--model` use it.
    pub default: bool,
}

/// The models folder and the shipped manifests.
#[derive(Clone, Debug)]
pub struct Catalogue {
    models_dir: PathBuf,
}

impl Catalogue {
    /// The catalogue of a models folder, which need not exist yet.
    #[must_use]
    pub fn new(models_dir: impl Into<PathBuf>) -> Self {
        Self {
            models_dir: models_dir.into(),
        }
    }

    /// The models folder.
    #[must_use]
    pub fn models_dir(&self) -> &Path {
        &self.models_dir
    }

    /// The folder of a model, whether it exists or not.
    #[must_use]
    pub fn folder(&self, id: &ModelId) -> PathBuf {
        self.models_dir.join(id.as_str())
    }

    /// The model that runs without `--model` use: `coco-centernet`, which package registries
    /// alone can deliver, where it is installed and `yolox-nano` is not; else `yolox-nano`.
    #[must_use]
    pub fn default_model(&self) -> ModelId {
        let [preferred, last_resort] = Self::default_candidates();
        if !self.has_weights(&preferred) && self.has_weights(&last_resort) {
            last_resort
        } else {
            preferred
        }
    }

    /// The models that [`Self::default_model`] chooses from, the better one first.
    #[must_use]
    #[expect(clippy::expect_used, reason = "both are literals that a test parses")]
    pub fn default_candidates() -> [ModelId; 2] {
        [DEFAULT, LAST_RESORT].map(|id| ModelId::parse(id).expect("a literal id"))
    }

    /// Every known model: shipped ones in their order, then others in the models folder by name.
    /// Files are not hashed.
    ///
    /// # Errors
    /// When the models folder cannot be read. A model that is wrong is listed as broken.
    pub fn list(&self) -> Result<Vec<ListedModel>, ModelError> {
        let mut ids: Vec<_> = SHIPPED
            .iter()
            .filter_map(|model| ModelId::parse(model.id).ok())
            .collect();
        let found = self.folders()?;
        ids.extend(
            found
                .into_iter()
                .filter(|id| shipped::find(id.as_str()).is_none()),
        );
        let default = self.default_model();
        Ok(ids
            .iter()
            .map(|id| self.list_one(id, *id == default))
            .collect())
    }

    /// The manifest and labels of a model, installed or not.
    ///
    /// # Errors
    /// When the model is unknown, or its manifest or labels are wrong.
    pub fn describe(&self, id: &ModelId) -> Result<(Manifest, Vec<String>), ModelError> {
        let folder = self.folder(id);
        if folder.is_dir() {
            return installed::read_description(&folder, id);
        }
        let Some(shipped) = shipped::find(id.as_str()) else {
            return Err(ModelError::Unknown {
                id: id.clone(),
                models_dir: self.models_dir.clone(),
            });
        };
        shipped.description()
    }

    /// Opens an installed model: reads its manifest and labels, and hashes its file.
    ///
    /// # Errors
    /// When it is unknown, not installed, wrong, or its file is not the one that was meant. The
    /// text says which command helps.
    pub fn open(&self, id: &ModelId) -> Result<InstalledModel, ModelError> {
        let folder = self.folder(id);
        match (folder.is_dir(), shipped::find(id.as_str())) {
            (true, _) => {
                let model = InstalledModel::open(&folder, id)?;
                if let Some(shipped) = shipped_copy::successor(&folder, id)? {
                    // Where this user may not write, the model runs by the shipped manifest all
                    // the same.
                    let _ = shipped_copy::refresh(&folder, shipped);
                }
                Ok(model)
            }
            (false, Some(_)) => Err(ModelError::NotInstalled { id: id.clone() }),
            (false, None) => Err(ModelError::Unknown {
                id: id.clone(),
                models_dir: self.models_dir.clone(),
            }),
        }
    }

    /// Whether the model's file is there, right or wrong.
    fn has_weights(&self, id: &ModelId) -> bool {
        self.describe(id)
            .is_ok_and(|(manifest, _)| self.folder(id).join(&manifest.weights.file).is_file())
    }

    fn list_one(&self, id: &ModelId, default: bool) -> ListedModel {
        let described = self.describe(id).and_then(|(manifest, labels)| {
            manifest.contract(&labels)?;
            Ok(manifest)
        });
        let (manifest, state) = match described {
            Ok(manifest) if self.has_weights(id) => (Some(manifest), ModelState::Installed),
            Ok(manifest) => (Some(manifest), ModelState::NotInstalled),
            Err(error) => {
                let reason = format!("{:#}", anyhow::Error::from(error));
                (None, ModelState::Broken { reason })
            }
        };
        let fact = |read: fn(&Manifest) -> Option<String>| {
            manifest.as_ref().and_then(read).unwrap_or_default()
        };
        ListedModel {
            id: id.clone(),
            display_name: fact(|manifest| Some(manifest.display_name.clone())),
            licence: fact(|manifest| Some(manifest.licence.name.clone())),
            purpose: fact(|manifest| manifest.purpose.clone().or(manifest.description.clone())),
            state,
            default,
        }
    }

    /// The ids of the folders in the models folder, sorted.
    fn folders(&self) -> Result<Vec<ModelId>, ModelError> {
        let read = |source| ModelError::Read {
            path: self.models_dir.clone(),
            source,
        };
        let entries = match std::fs::read_dir(&self.models_dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(read(error)),
        };
        let mut ids = Vec::new();
        for entry in entries {
            let entry = entry.map_err(read)?;
            let id = entry
                .file_name()
                .to_str()
                .and_then(|name| ModelId::parse(name).ok());
            ids.extend(id.filter(|_| entry.path().is_dir()));
        }
        ids.sort();
        Ok(ids)
    }
}

#[cfg(test)]
mod tests;
