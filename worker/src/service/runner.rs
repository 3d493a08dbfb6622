//! The process of a worker: it listens for wake-ups until it is told to stop or cannot work.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use common::{
    job::Lane,
    queue::{Handler, Listener, WakeUp},
    records::fleet::WorkerNote,
    telemetry,
};
use tokio::signal::unix::{SignalKind, signal};

use super::{environment::Environment, fitness, reconciler, run_task::run_task};
use crate::job::TRAPLINE_VERSION;

/// How often a worker says that it is alive.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(15);
/// Tasks without a model that a worker does at a time.
const CONTROL_SLOTS: usize = 4;

/// Runs until SIGTERM or Ctrl-C, or until this machine cannot work.
///
/// # Errors
/// When this machine cannot work; no job has failed of it.
pub async fn run(env: Environment) -> anyhow::Result<()> {
    let env = Arc::new(env);
    stop_on_signals(&env)?;
    announce(&env).await.context("the records cannot be used")?;
    tracing::info!(worker = env.name, device = %env.models.device(), "ready");
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    let background = [
        tokio::spawn(keep_announcing(Arc::clone(&env))),
        tokio::spawn(feed_watchdog(Arc::clone(&env))),
        tokio::spawn(reconciler::run(Arc::clone(&env))),
        tokio::spawn({
            let env = Arc::clone(&env);
            async move { fitness::watch(&env).await }
        }),
    ];
    let listening = async {
        tokio::join!(
            listen(&env, Lane::Detect, env.settings.slots.get()),
            listen(&env, Lane::Control, CONTROL_SLOTS)
        )
    };
    tokio::select! {
        // In this order, so that systemd is told of the stop also where nothing is under way.
        biased;
        () = stop_is_overdue(&env) => {
            tracing::warn!("tasks under way did not end in time; they are taken up elsewhere");
        }
        _ = listening => {}
    }
    background.iter().for_each(tokio::task::JoinHandle::abort);
    let _ = env.jobs.records.withdraw(&env.name).await;
    let _ = tokio::fs::remove_dir_all(env.scratch_root()).await;
    match env.breakdown() {
        Some(why) => Err(anyhow::anyhow!("this machine cannot work: {why}")),
        None => Ok(()),
    }
}

async fn listen(env: &Arc<Environment>, lane: Lane, slots: usize) {
    let worker = Arc::clone(env);
    // The queue's own count of what is under way is lost with its connection; this one is not.
    let permits = Arc::new(tokio::sync::Semaphore::new(slots));
    let handler: Handler = Arc::new(move |wake_up: WakeUp| {
        let (env, permits) = (Arc::clone(&worker), Arc::clone(&permits));
        Box::pin(async move {
            if let Ok(_permit) = permits.acquire_owned().await {
                run_task(env, wake_up).await;
            }
        })
    });
    let listener = Listener {
        worker: env.name.clone(),
        lane,
        slots,
        handler,
    };
    env.jobs.queue.listen(listener, env.stopped()).await;
}

/// Ends some time after the worker was told to stop: first tasks under way are told too, and then
/// have a moment to give back what they have.
async fn stop_is_overdue(env: &Environment) {
    env.stopped().await;
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
    tokio::time::sleep(env.settings.drain).await;
    env.hurry();
    tokio::time::sleep(Duration::from_secs(10)).await;
}

fn stop_on_signals(env: &Arc<Environment>) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for Ctrl-C")?;
    let env = Arc::clone(env);
    tokio::spawn(async move {
        for is_first in [true, false] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if is_first {
                tracing::info!("stopping after the tasks in hand");
                env.stop();
            } else {
                env.hurry();
            }
        }
    });
    Ok(())
}

async fn announce(env: &Environment) -> anyhow::Result<()> {
    let slots = u32::try_from(env.settings.slots.get()).unwrap_or(u32::MAX);
    let note = WorkerNote {
        name: env.name.clone(),
        version: TRAPLINE_VERSION.to_owned(),
        device: env.models.device().to_string(),
        slots,
        models: env.models.offered()?,
    };
    Ok(env.jobs.records.announce(&note).await?)
}

async fn keep_announcing(env: Arc<Environment>) {
    loop {
        tokio::time::sleep(ANNOUNCE_EVERY).await;
        if let Err(error) = announce(&env).await {
            tracing::warn!(
                error = telemetry::causes(&*error),
                "could not say that this worker is alive"
            );
        }
    }
}

/// Tells systemd that the runtime still turns and that there is hope that it can work, at half the
/// time it asks for.
async fn feed_watchdog(env: Arc<Environment>) {
    let Some(period) = sd_notify::watchdog_enabled() else {
        return;
    };
    while !env.is_hurried() {
        if !env.fitness.is_hopeless() {
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Watchdog]);
        }
        tokio::time::sleep(period / 2).await;
    }
}
