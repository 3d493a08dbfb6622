//! `trapline-worker check`: does this machine really run a model?

use clap::Args;

use crate::{
    cli::process::load_detectors, config::WorkerConfig, detector::device::Device,
    model::catalogue::Catalogue, progress::say,
};

/// What `check` can be asked for.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// The model's id [default: the one that `process` would take].
    #[arg(long)]
    model: Option<String>,
    /// auto, cpu, cuda:N or tensorrt:N.
    #[arg(long, default_value = "auto")]
    device: Device,
}

/// Runs the command.
///
/// # Errors
/// When ONNX Runtime, the model or the device cannot be used.
pub fn run(arguments: &CheckArguments, config: &WorkerConfig) -> anyhow::Result<()> {
    let catalogue = Catalogue::new(&config.models);
    let id = match &arguments.model {
        Some(id) => id.parse()?,
        None => catalogue.default_model()?,
    };
    let model = catalogue.open(&id)?;
    let mut detectors = load_detectors(
        config,
        &model,
        arguments.device,
        Some(std::num::NonZeroUsize::MIN),
    )?;
    let took = detectors.warm_up()?;
    let facts = detectors.facts();
    say(&format!("ONNX Runtime {}", facts.runtime_version));
    say(&format!(
        "model {} (sha256 {})",
        model.facts().id,
        model.facts().sha256
    ));
    say(&format!(
        "device {}: one inference took {:.0} ms",
        facts.device,
        took.as_secs_f64() * 1000.0
    ));
    Ok(())
}
