//! `trapline-worker look-alone`: what a worker starts to look at pictures in a process of their own.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::Args;
use common::{config::ServiceConfig, job::JobId, telemetry};

use crate::{
    cli::Exit,
    config::WorkerConfig,
    detector::device::Device,
    service::{
        isolated_process::{self, IsolatedRun},
        settings::RunSettings,
    },
};

/// What is to be looked at, and how.
#[derive(Debug, Args)]
pub struct IsolatedArguments {
    /// Where the model runs.
    #[arg(long)]
    device: Device,
    /// The job.
    #[arg(long)]
    job: JobId,
    /// The number of the shard.
    #[arg(long)]
    shard: u32,
    /// The number of the file to stop before.
    #[arg(long)]
    until: usize,
    /// An empty folder for unfinished files.
    #[arg(long)]
    scratch: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When a setting makes no sense, or this machine cannot work.
pub fn run(arguments: IsolatedArguments, engine: WorkerConfig) -> anyhow::Result<Exit> {
    telemetry::begin()?;
    let config = ServiceConfig::from_env()?;
    let settings = RunSettings {
        device: arguments.device,
        threads: 1,
        slots: NonZeroUsize::MIN,
        ..RunSettings::from_env()?
    };
    let look = IsolatedRun {
        job: arguments.job,
        shard: arguments.shard,
        until: arguments.until,
        scratch: arguments.scratch,
    };
    super::service::block_on(isolated_process::run(look, &config, engine, settings))?;
    Ok(Exit::Done)
}
