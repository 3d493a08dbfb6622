//! Keeping records, wake-ups and folders in step. One worker at a time does it for all.

use std::{collections::HashSet, path::Path, sync::Arc, time::Duration};

use common::{job::JobId, jobs::JobsError, telemetry};
use tokio::{task::JoinHandle, time::Instant};

use super::{environment::Environment, scratch, sweep};

/// How often sleeping tasks are looked for.
const WAKE_EVERY: Duration = Duration::from_secs(2);
/// How often folders are compared with records.
const RESTORE_EVERY: Duration = Duration::from_secs(30);
/// How often jobs that are over are asked whether somebody wants another package of them.
const RECALL_EVERY: Duration = Duration::from_secs(600);
/// How often handled wake-ups are removed: those of a deleted job are to go soon.
const TIDY_EVERY: Duration = Duration::from_secs(10);
/// How often folders of workers that died on this machine are removed.
const SWEEP_SCRATCH_EVERY: Duration = Duration::from_secs(5);
/// The role, and how long a worker that died keeps it.
const ROLE: &str = "reconciler";
const ROLE_FOR: Duration = Duration::from_secs(10);

/// What was done when, and which jobs need no second look.
#[derive(Default)]
struct State {
    restored: Option<Instant>,
    recalled: Option<Instant>,
    tidied: Option<Instant>,
    swept: Option<Instant>,
    scratch_swept: Option<Instant>,
    /// The newest sweep, which may still be under way.
    sweep: Option<JoinHandle<()>>,
    over: HashSet<JobId>,
}

/// Reconciles until the worker stops.
pub(super) async fn run(env: Arc<Environment>) {
    let mut beat = tokio::time::interval(WAKE_EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut state = State::default();
    while !env.is_stopping() {
        beat.tick().await;
        if is_due(&mut state.scratch_swept, SWEEP_SCRATCH_EVERY) {
            let scratch = env.scratch_root().parent().map(Path::to_owned);
            let sweep = move || scratch.map(|scratch| scratch::sweep(&scratch, false));
            drop(tokio::task::spawn_blocking(sweep).await);
        }
        if let Err(error) = reconcile(&env, &mut state).await {
            tracing::warn!(%error, "reconciling failed; trying again");
        }
    }
}

async fn reconcile(env: &Arc<Environment>, state: &mut State) -> Result<(), JobsError> {
    let records = &env.jobs.records;
    if !records.store().hold(ROLE, &env.name, ROLE_FOR).await? {
        return Ok(());
    }
    if is_due(&mut state.recalled, RECALL_EVERY) {
        env.jobs.recall_rebuilds(&mut state.over).await?;
    }
    if is_due(&mut state.restored, RESTORE_EVERY) {
        env.jobs.restore_all_but(&mut state.over).await?;
    }
    if is_due(&mut state.tidied, TIDY_EVERY) {
        env.jobs.queue.tidy().await?;
    }
    if !records.is_drained().await? {
        env.jobs.wake_due().await?;
    }
    sweep_if_due(env, state);
    Ok(())
}

/// Begins a sweep beside everything else: it may take longer than the role is held.
fn sweep_if_due(env: &Arc<Environment>, state: &mut State) {
    let is_under_way = state.sweep.as_ref().is_some_and(|task| !task.is_finished());
    let Some(period) = env.settings.sweep else {
        return;
    };
    if !is_under_way && is_due(&mut state.swept, period) {
        state.sweep = Some(tokio::spawn(sweep(Arc::clone(env))));
    }
}

async fn sweep(env: Arc<Environment>) {
    let scratch = env.scratch_root().parent().unwrap_or(env.scratch_root());
    match sweep::run(&env.jobs, &env.config, scratch, false).await {
        Ok(swept) if swept == sweep::Swept::default() => {}
        Ok(swept) => tracing::info!(?swept, "swept"),
        Err(error) => {
            let error = telemetry::causes(&error);
            tracing::warn!(error, "sweeping failed; trying again later");
        }
    }
}

/// Whether a period has passed since the last time; if so, it begins anew.
fn is_due(last: &mut Option<Instant>, period: Duration) -> bool {
    let is_due = last.is_none_or(|at| at.elapsed() >= period);
    if is_due {
        *last = Some(Instant::now());
    }
    is_due
}
