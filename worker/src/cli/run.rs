//! `trapline-worker run`: a worker of the service.

use std::{num::NonZeroUsize, thread};

use clap::Args;
use common::{ModelId, config::ServiceConfig, telemetry};

use crate::{
    cli::Exit,
    config::WorkerConfig,
    detector::device::Device,
    service::{environment::Environment, runner, settings::RunSettings},
};

/// Settings of the service below the options of `run --help`.
const HELP_AFTER_OPTIONS: &str = "\
Everything else is set in the environment, for all processes of the service alike:
  QUEUE_URL       sqlite:PATH or redis://HOST/           [default: sqlite:var/trapline.db]
  STORE_URL       file:///FOLDER or s3://BUCKET/PREFIX   [default: the folder var/store]
  PUBLIC_URL      the address in mails                   [default: http://localhost:8080]
  SMTP_URL        the mail server; without it, mails are files in MAIL_DIR
  RETENTION_DAYS  days that results are kept             [default: 14]
docs/OPERATIONS.md has them all.";

/// What `run` can be asked for.
#[derive(Debug, Args)]
#[command(after_help = HELP_AFTER_OPTIONS)]
pub struct RunArguments {
    /// Where the model runs: auto (a GPU if one works), cpu, cuda:N or tensorrt:N.
    #[arg(long, default_value = "auto", env = "TRAPLINE_DEVICE")]
    device: Device,
    /// The model of jobs that choose none [default: yolox-nano, else coco-centernet].
    #[arg(long, value_name = "ID", env = "TRAPLINE_MODEL")]
    model: Option<ModelId>,
    /// Worker threads [default: one for each core].
    #[arg(long, value_name = "N", env = "TRAPLINE_THREADS")]
    threads: Option<NonZeroUsize>,
    /// Shards looked at at a time; each has its own copy of the model.
    #[arg(
        long,
        value_name = "N",
        default_value = "1",
        env = "TRAPLINE_CONCURRENCY"
    )]
    concurrency: NonZeroUsize,
}

/// Runs the command.
///
/// # Errors
/// When a setting makes no sense, or this machine cannot work.
pub fn run(arguments: &RunArguments, engine: WorkerConfig) -> anyhow::Result<Exit> {
    telemetry::begin()?;
    let config = ServiceConfig::from_env()?;
    let threads = arguments
        .threads
        .or_else(|| thread::available_parallelism().ok())
        .map_or(1, NonZeroUsize::get);
    let settings = RunSettings {
        device: arguments.device,
        model: arguments.model.clone(),
        threads,
        slots: arguments.concurrency,
        ..RunSettings::from_env()?
    };
    tracing::info!(?config, ?settings, "starting");
    super::service::block_on(async {
        let env = Environment::open(config, engine, settings).await?;
        runner::run(env).await
    })?;
    Ok(Exit::Done)
}
