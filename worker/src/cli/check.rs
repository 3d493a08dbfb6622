//! `trapline-worker check`: does this machine really run a model?

use std::thread;

use anyhow::Context;
use clap::Args;

use crate::{
    config::WorkerConfig,
    detector::{device::Device, runtime::Runtime, session::OnnxDetector},
    model::{Catalogue, ModelId},
    progress::say,
};

/// What `check` can be asked for.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// The model, one of `models list` [default: the one that `process` would take].
    #[arg(long, value_name = "ID")]
    model: Option<ModelId>,
    /// Where the model runs: auto (a GPU if one works), cpu, cuda:N or tensorrt:N.
    #[arg(long, default_value = "auto")]
    device: Device,
}

/// Runs the command.
///
/// # Errors
/// When ONNX Runtime, the model or the device cannot be used.
pub fn run(arguments: &CheckArguments, config: &WorkerConfig) -> anyhow::Result<()> {
    let catalogue = Catalogue::new(&config.models);
    let id = arguments
        .model
        .clone()
        .unwrap_or_else(|| catalogue.default_model());
    let model = catalogue.open(&id)?;
    let runtime = Runtime::load(config.onnxruntime.as_deref(), &config.homes)?;
    say(&format!(
        "ONNX Runtime {} ({})",
        runtime.version(),
        runtime.library().display()
    ));
    if let Some(advice) = runtime.advice() {
        say(&advice);
    }
    say(&format!("model {id} (sha256 {})", model.sha256));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut detector = OnnxDetector::load(
        runtime,
        &model.onnx_path,
        &model.contract,
        arguments.device,
        threads,
    )
    .with_context(|| format!("loading {id} on {}", arguments.device))?;
    if let Some(reason) = detector.fallback_reason() {
        say(&format!("no GPU is used: {reason}"));
    }
    let took = detector.warm_up()?;
    let device = detector.device();
    say(&format!(
        "device {device}: one inference took {:.0} ms",
        took.as_secs_f64() * 1000.0
    ));
    Ok(())
}
