//! Whether this worker can write what it makes: records, store, and its unfinished files.
//!
//! A worker that cannot takes no tasks, says why in its log, and goes on by itself when it can
//! again. So a machine in trouble fails nobody's job. One that cannot for long is no longer said to
//! be alive, and systemd starts it again.

use std::{
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use common::{store::probe_folder, telemetry};
use tokio::time::{Instant, sleep, timeout};

use super::environment::Environment;

/// The name of all workers' tries, so that a bucket keeps one file of them at most.
const WHO: &str = "worker";
/// How often a worker tries; a bucket counts every try.
const TRY_EVERY: Duration = Duration::from_secs(5);
const TRY_BUCKET_EVERY: Duration = Duration::from_secs(30);
/// How long a try may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a worker waits whose task found the disk full: there may be room for a trial, but not
/// for a task.
const PAUSE: Duration = Duration::from_secs(30);
/// How long a worker may be unfit before systemd may start it again.
const UNFIT_LIMIT: Duration = Duration::from_secs(300);

/// What is known of this worker.
#[derive(Default)]
pub struct Fitness(Mutex<State>);

#[derive(Default)]
struct State {
    /// Since when it cannot work, and why.
    unfit: Option<(Instant, String)>,
    /// Not to work before.
    pause: Option<Instant>,
}

impl Fitness {
    /// Whether tasks may be taken.
    pub(super) fn is_fit(&self) -> bool {
        let state = self.state();
        state.unfit.is_none() && state.pause.is_none_or(|until| until <= Instant::now())
    }

    /// Whether it cannot work for so long that a new start is worth a try.
    pub(super) fn is_hopeless(&self) -> bool {
        let state = self.state();
        let unfit = state.unfit.as_ref();
        unfit.is_some_and(|(since, _)| since.elapsed() >= UNFIT_LIMIT)
    }

    /// A task found that this machine cannot write.
    pub(super) fn pause(&self, why: &anyhow::Error) {
        let why = telemetry::causes(&**why);
        tracing::error!(
            why,
            "this machine cannot write; its task is given back, and it waits"
        );
        self.state().pause = Some(Instant::now() + PAUSE);
    }

    /// Takes note of a try, and says so when something changed.
    fn note(&self, found: Result<(), String>) {
        let mut state = self.state();
        match (found, &state.unfit) {
            (Ok(()), None) => {}
            (Ok(()), Some(_)) => {
                state.unfit = None;
                tracing::info!("this worker can write again; it takes tasks");
            }
            (Err(why), Some((_, known))) if *known == why => {}
            (Err(why), known) => {
                tracing::error!(
                    why,
                    "this worker cannot write; it takes no tasks until it can"
                );
                let since = known
                    .as_ref()
                    .map_or_else(Instant::now, |(since, _)| *since);
                state.unfit = Some((since, why));
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tries now and again, for as long as it is polled.
pub(super) async fn watch(env: &Environment) {
    let is_bucket = env.jobs.store.local_root().is_none();
    let period = if is_bucket {
        TRY_BUCKET_EVERY
    } else {
        TRY_EVERY
    };
    let mut was_fit = true;
    loop {
        let is_fit = look(env).await;
        if is_fit && !was_fit {
            // What it was woken for meanwhile it has not done.
            if let Err(error) = env.jobs.wake_all().await {
                tracing::warn!(%error, "tasks wait until they are found by themselves");
            }
        }
        was_fit = is_fit;
        // What is broken is tried more often, since tasks wait for it.
        let wait = if env.fitness.is_fit() {
            period
        } else {
            TRY_EVERY
        };
        sleep(wait).await;
    }
}

/// Tries now; whether the worker is fit.
pub(super) async fn look(env: &Environment) -> bool {
    let found = try_everything(env).await;
    env.fitness.note(found);
    env.fitness.is_fit()
}

async fn try_everything(env: &Environment) -> Result<(), String> {
    let jobs = &env.jobs;
    in_time("the records", jobs.records.probe(WHO)).await?;
    in_time("the store", jobs.store.probe_writing(WHO)).await?;
    let scratch = probe_folder(env.scratch_root().to_owned());
    in_time("the folder of unfinished files", scratch).await
}

async fn in_time<E: std::error::Error>(
    what: &str,
    tried: impl Future<Output = Result<(), E>>,
) -> Result<(), String> {
    match timeout(PATIENCE, tried).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("{what}: {}", telemetry::causes(&error))),
        Err(_) => Err(format!("{what}: no answer")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfit(why: &str) -> Result<(), String> {
        Err(why.to_owned())
    }

    #[test]
    fn a_worker_is_given_up_when_it_is_unfit_for_long_whatever_the_reason() {
        let fitness = Fitness::default();
        assert!(fitness.is_fit());
        fitness.note(unfit("full"));
        assert!(!fitness.is_fit() && !fitness.is_hopeless());
        if let Some((since, _)) = &mut fitness.state().unfit {
            *since = since.checked_sub(UNFIT_LIMIT).unwrap();
        }
        fitness.note(unfit("read-only"));
        assert!(fitness.is_hopeless());
        fitness.note(Ok(()));
        assert!(fitness.is_fit() && !fitness.is_hopeless());
    }

    #[test]
    fn a_task_that_found_the_disk_full_holds_the_worker_up_for_a_while() {
        let fitness = Fitness::default();
        fitness.pause(&anyhow::anyhow!("full"));
        fitness.note(Ok(()));
        assert!(!fitness.is_fit() && !fitness.is_hopeless());
        fitness.state().pause = Some(Instant::now());
        assert!(fitness.is_fit());
    }
}
