//! Detectors for many worker threads: a session for each of them, or few sessions that share
//! the images of all.
//!
//! On two cores, one session with one thread for each core ran YOLOX-nano 1.6 to 2 times as fast
//! as one session on one core; one session with two threads was at 0.65 to 0.75 of that, and
//! batches gained nothing. So each worker has its own session as long as memory allows. A GPU
//! wants the opposite: one session and large batches.

mod boundary;
mod collector;
mod handle;
mod memory;
mod plan;

use std::path::Path;

pub use handle::DetectorHandle;
pub use plan::{PoolOptions, PoolPlan};

use super::{
    Detector,
    device::Device,
    runtime::Runtime,
    session::{LoadError, OnnxDetector},
};
use crate::model::contract::{Contract, InputRule};

/// A model, loaded as often as is useful, with a handle for each worker thread.
pub struct DetectorPool {
    handles: Vec<DetectorHandle>,
    input_rule: InputRule,
    plan: PoolPlan,
    device: Device,
    fallback_reason: Option<String>,
}

impl DetectorPool {
    /// Loads a model for `options.threads` worker threads.
    ///
    /// # Errors
    /// When the model cannot be loaded on the device.
    pub fn load(
        runtime: &Runtime,
        model: &Path,
        contract: &Contract,
        device: Device,
        options: PoolOptions,
    ) -> Result<Self, LoadError> {
        let unreadable = |source| LoadError::File {
            path: model.to_owned(),
            source,
        };
        let model_bytes = std::fs::metadata(model).map_err(unreadable)?.len();
        let canvas_pixels = u64::from(contract.input.width) * u64::from(contract.input.height);
        let on_cpu = PoolPlan::for_cpu(options, model_bytes, canvas_pixels);
        let load =
            |device| OnnxDetector::load(runtime, model, contract, device, on_cpu.intra_threads);

        let first = load(device)?;
        let device = first.device();
        let plan = if device.is_gpu() {
            PoolPlan::for_gpu(options)
        } else {
            on_cpu
        };
        let plan = PoolPlan {
            batch_limit: plan.batch_limit.min(first.batch_limit()),
            ..plan
        };
        let input_rule = first.input_rule().clone();
        let fallback_reason = first.fallback_reason().map(str::to_owned);
        let mut detectors: Vec<Box<dyn Detector>> = vec![Box::new(first)];
        while detectors.len() < plan.sessions {
            detectors.push(Box::new(load(device)?));
        }
        let handles = if plan.is_shared {
            DetectorHandle::shared(detectors, options.threads, plan.batch_limit)
                .map_err(LoadError::Thread)?
        } else {
            DetectorHandle::own(detectors)
        };
        Ok(Self {
            handles,
            input_rule,
            plan,
            device,
            fallback_reason,
        })
    }

    /// How images become canvases for this model file; see [`OnnxDetector::input_rule`].
    #[must_use]
    pub fn input_rule(&self) -> &InputRule {
        &self.input_rule
    }

    /// How the model was loaded.
    #[must_use]
    pub fn plan(&self) -> PoolPlan {
        self.plan
    }

    /// The device that the model was really loaded on; never [`Device::Auto`].
    #[must_use]
    pub fn device(&self) -> Device {
        self.device
    }

    /// Why [`Device::Auto`] did not take the GPU, if it did not.
    #[must_use]
    pub fn fallback_reason(&self) -> Option<&str> {
        self.fallback_reason.as_deref()
    }

    /// One handle for each worker thread.
    #[must_use]
    pub fn into_handles(self) -> Vec<DetectorHandle> {
        self.handles
    }
}
