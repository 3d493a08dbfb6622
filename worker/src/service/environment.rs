//! What every task of a worker needs.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Context as _;
use common::{config::ServiceConfig, job::JobId, jobs::Jobs, telemetry};
use tokio::sync::Notify;

use super::{
    fitness::Fitness, listings::Listings, model_shelf::ModelShelf, scratch, settings::RunSettings,
};
use crate::{config::WorkerConfig, mail::Mailer};

/// The worker's name, its settings, and its ways to jobs, models and mail.
pub struct Environment {
    /// The worker's name, new at every start.
    pub name: String,
    /// Files, records, queue.
    pub jobs: Jobs,
    /// Settings of the service.
    pub config: ServiceConfig,
    /// Settings of the engine.
    pub engine: WorkerConfig,
    /// Settings of this worker.
    pub settings: RunSettings,
    /// The models, loaded when they are needed.
    pub models: ModelShelf,
    /// The listing of the job that this worker is at.
    pub listings: Listings,
    /// The way out for mails.
    pub mailer: Mailer,
    /// Whether this worker can write what it makes.
    pub fitness: Fitness,
    scratch: PathBuf,
    /// Says to others that this worker lives.
    _life: File,
    is_stopping: AtomicBool,
    is_hurried: AtomicBool,
    breakdown: Mutex<Option<String>>,
    stopping: Notify,
}

impl Environment {
    /// Opens everything that a worker needs, and loads the default model: a machine that cannot
    /// work is found out before it takes a task.
    ///
    /// # Errors
    /// When something cannot be used; the text says what to do.
    pub async fn open(
        config: ServiceConfig,
        engine: WorkerConfig,
        settings: RunSettings,
    ) -> anyhow::Result<Self> {
        let jobs = Jobs::open(&config).await?;
        let scratch = scratch::folder(settings.scratch.clone(), &jobs.store)?;
        scratch::sweep(&scratch, false);
        let name = scratch::worker_name();
        let (scratch, life) = scratch::begin(&scratch, &name)
            .with_context(|| format!("making a folder in {}", scratch.display()))?;
        let models = ModelShelf::open(&engine, &settings)?;
        let mailer = Mailer::new(&config)?;
        Ok(Self {
            name,
            jobs,
            config,
            engine,
            settings,
            models,
            listings: Listings::default(),
            mailer,
            fitness: Fitness::default(),
            scratch,
            _life: life,
            is_stopping: AtomicBool::new(false),
            is_hurried: AtomicBool::new(false),
            breakdown: Mutex::new(None),
            stopping: Notify::new(),
        })
    }

    /// A new folder for unfinished files, which disappears with its value.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn scratch(&self, job: JobId) -> std::io::Result<tempfile::TempDir> {
        tempfile::Builder::new()
            .prefix(&job.tag())
            .tempdir_in(&self.scratch)
    }

    /// The folder of this worker's unfinished files.
    #[must_use]
    pub fn scratch_root(&self) -> &Path {
        &self.scratch
    }

    /// Takes no new task from now on.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
        self.stopping.notify_waiters();
    }

    /// Stops because this machine cannot work; the process will say so when it ends.
    pub fn break_down(&self, why: &anyhow::Error) {
        let why = telemetry::causes(&**why);
        tracing::error!(why, "this machine cannot work; stopping");
        if let Ok(mut breakdown) = self.breakdown.lock() {
            breakdown.get_or_insert(why);
        }
        self.stop();
    }

    /// Why this machine cannot work, if it cannot.
    #[must_use]
    pub fn breakdown(&self) -> Option<String> {
        self.breakdown.lock().ok()?.take()
    }

    /// Whether no new task is taken.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// Leaves also the tasks under way.
    pub fn hurry(&self) {
        self.is_hurried.store(true, Ordering::Relaxed);
    }

    /// Whether tasks under way are to be left.
    #[must_use]
    pub fn is_hurried(&self) -> bool {
        self.is_hurried.load(Ordering::Relaxed)
    }

    /// Waits until no new task is taken.
    pub async fn stopped(&self) {
        let notified = self.stopping.notified();
        if !self.is_stopping() {
            notified.await;
        }
    }
}
