//! The models of this worker. One is loaded for each slot, and stays until a job wants another.

use std::sync::{Arc, PoisonError};

use anyhow::Context as _;
use common::{ModelId, job::PlanFile, records::fleet::OfferedModel};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{error::TaskError, settings::RunSettings};
use crate::{
    config::WorkerConfig,
    detector::{
        device::Device,
        pool::{DetectorHandle, DetectorPool, PoolOptions},
        runtime::Runtime,
    },
    model::{Catalogue, InstalledModel, catalogue::ModelState, contract::InputRule},
};

/// The models of this worker.
pub struct ModelShelf {
    catalogue: Catalogue,
    runtime: &'static Runtime,
    device: Device,
    /// Where the model that was loaded last really runs.
    runs_on: std::sync::Mutex<Device>,
    default_model: Option<ModelId>,
    threads: usize,
    slots: Vec<Arc<Mutex<Option<LoadedModel>>>>,
}

/// A model in a slot.
pub(super) struct LoadedModel {
    pub(super) id: ModelId,
    pub(super) sha256: String,
    pub(super) input_rule: InputRule,
    pub(super) handles: Vec<DetectorHandle>,
    /// The device that it really runs on.
    pub(super) device: Device,
}

/// A slot with a model in it, held for one shard.
pub(super) type Slot = OwnedMutexGuard<Option<LoadedModel>>;

impl ModelShelf {
    /// Finds ONNX Runtime, and loads the default model to see that this machine can work.
    pub(super) fn open(engine: &WorkerConfig, settings: &RunSettings) -> anyhow::Result<Self> {
        let catalogue = Catalogue::new(&engine.models);
        let runtime = Runtime::load(engine.onnxruntime.as_deref(), &engine.homes)?;
        let slots = settings.slots.get();
        let shelf = Self {
            catalogue,
            runtime,
            device: settings.device,
            runs_on: std::sync::Mutex::new(settings.device),
            default_model: settings.model.clone(),
            threads: settings.threads.div_ceil(slots).max(1),
            slots: (0..slots).map(|_| Arc::default()).collect(),
        };
        let first = shelf.load(&shelf.catalogue.open(&shelf.default_model())?)?;
        if let Some(slot) = shelf.slots.first() {
            *slot.try_lock().context("a new slot is in use")? = Some(first);
        }
        Ok(shelf)
    }

    fn load(&self, model: &InstalledModel) -> anyhow::Result<LoadedModel> {
        let options = PoolOptions::for_threads(self.threads);
        let (path, contract) = (&model.onnx_path, &model.contract);
        let pool = DetectorPool::load(self.runtime, path, contract, self.device, options)
            .with_context(|| format!("loading {} on {}", model.manifest.id, self.device))?;
        *self.runs_on.lock().unwrap_or_else(PoisonError::into_inner) = pool.device();
        Ok(LoadedModel {
            id: model.manifest.id.clone(),
            sha256: model.sha256.to_string(),
            input_rule: pool.input_rule().clone(),
            device: pool.device(),
            handles: pool.into_handles(),
        })
    }

    /// The model of jobs that choose none.
    #[must_use]
    pub fn default_model(&self) -> ModelId {
        let chosen = self.default_model.clone();
        chosen.unwrap_or_else(|| self.catalogue.default_model())
    }

    /// The device that this worker really runs on: that of the model that was loaded last.
    #[must_use]
    pub fn device(&self) -> Device {
        *self.runs_on.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Version of ONNX Runtime.
    #[must_use]
    pub fn onnxruntime_version(&self) -> String {
        self.runtime.version()
    }

    /// The installed models, the default first.
    ///
    /// # Errors
    /// When the models folder cannot be read.
    pub fn offered(&self) -> anyhow::Result<Vec<OfferedModel>> {
        let mut listed = self.catalogue.list()?;
        listed.retain(|model| model.state == ModelState::Installed);
        let default = self.default_model();
        listed.sort_by_key(|model| model.id != default);
        let describe = |id: &ModelId| self.catalogue.describe(id).map(|(manifest, _)| manifest);
        Ok(listed
            .iter()
            .filter_map(|model| describe(&model.id).ok())
            .map(|manifest| OfferedModel {
                id: manifest.id,
                name: manifest.display_name,
                typical_threshold: manifest.typical_threshold,
                licence: manifest.licence.name,
            })
            .collect())
    }

    /// Opens an installed model.
    pub(super) fn find(&self, id: &ModelId) -> Result<InstalledModel, TaskError> {
        self.catalogue
            .open(id)
            .map_err(|error| TaskError::Unsuitable(format!("{:#}", anyhow::Error::from(error))))
    }

    /// A free slot with the model of a plan in it. Loading takes its time; call it where that does
    /// not matter.
    pub(super) fn slot_with(&self, plan: &PlanFile) -> Result<Slot, TaskError> {
        let free = |slot: &Arc<Mutex<_>>| Arc::clone(slot).try_lock_owned().ok();
        let is_right = |slot: &Slot| {
            slot.as_ref()
                .is_some_and(|model| model.id == plan.model && model.sha256 == plan.model_sha256)
        };
        let mut slots: Vec<Slot> = self.slots.iter().filter_map(free).collect();
        let right = slots.iter().position(is_right).unwrap_or_default();
        if slots.is_empty() {
            return Err(TaskError::fault("more shards than slots"));
        }
        let mut slot = slots.swap_remove(right);
        if is_right(&slot) {
            return Ok(slot);
        }
        let model = self.find(&plan.model)?;
        if model.sha256.to_string() != plan.model_sha256 {
            let id = &plan.model;
            let reason = format!("its file of {id} is another than that of the job's plan");
            return Err(TaskError::Unsuitable(reason));
        }
        // The old one first: two at a time may not fit into the memory of a GPU.
        *slot = None;
        *slot = Some(self.load(&model).map_err(TaskError::Broken)?);
        Ok(slot)
    }
}
