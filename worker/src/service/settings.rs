//! How a worker of the service works.

use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

use common::{
    ModelId,
    env::{self, EnvError},
};

use crate::detector::device::Device;

/// Settings of this worker alone; [`common::config::ServiceConfig`] has those it shares.
#[derive(Clone, Debug)]
pub struct RunSettings {
    /// Where the model runs: `--device`.
    pub device: Device,
    /// The model of jobs that choose none: `--model`. Default: that of the catalogue.
    pub model: Option<ModelId>,
    /// Threads in all: `--threads`. Default: one for each core.
    pub threads: usize,
    /// Shards at a time: `--concurrency`. Default: 1.
    pub slots: NonZeroUsize,
    /// How long a task stays this worker's without a sign of life: `LEASE_SECONDS`. Default: 60.
    /// A task of a worker that died is taken up by another after this time.
    pub lease: Duration,
    /// How long tasks may go on after SIGTERM: `DRAIN_SECONDS`. Default: 25, below the time that
    /// systemd waits.
    pub drain: Duration,
    /// Images in a shard: `SHARD_IMAGES`. Default: 200.
    pub shard_images: u64,
    /// How often jobs are deleted whose time is over: `SWEEP_SECONDS`; 0, or `None`: never, because
    /// somebody else sees to it. Default: 3600. Of several workers one does it.
    pub sweep: Option<Duration>,
    /// Where unfinished files lie: `SCRATCH_DIR`. Default: that of
    /// [`scratch::folder`](super::scratch::folder).
    pub scratch: Option<PathBuf>,
}

impl RunSettings {
    /// Reads the settings that come from the environment; those of the command line have their
    /// defaults, with one thread.
    ///
    /// # Errors
    /// When one of them makes no sense.
    pub fn from_env() -> Result<Self, EnvError> {
        let seconds = |name, default| env::parsed_or(name, default).map(Duration::from_secs);
        let settings = Self {
            device: Device::Auto,
            model: None,
            threads: 1,
            slots: NonZeroUsize::MIN,
            lease: seconds("LEASE_SECONDS", 60)?,
            drain: seconds("DRAIN_SECONDS", 25)?,
            shard_images: env::parsed_or("SHARD_IMAGES", 200)?,
            sweep: Some(seconds("SWEEP_SECONDS", 3600)?).filter(|period| !period.is_zero()),
            scratch: env::maybe_parsed("SCRATCH_DIR")?,
        };
        at_least_one("LEASE_SECONDS", settings.lease.as_secs())?;
        at_least_one("SHARD_IMAGES", settings.shard_images)?;
        Ok(settings)
    }
}

fn at_least_one(name: &'static str, value: u64) -> Result<(), EnvError> {
    if value > 0 {
        return Ok(());
    }
    Err(EnvError::Invalid {
        name,
        reason: "must be at least 1".to_owned(),
    })
}
