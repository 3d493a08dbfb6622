//! One wake-up: take the task, do it, and settle how it ended.

use std::{sync::Arc, time::Duration};

use common::{
    job::{Claim, EndFile, Fenced, JobId, JobRecord, MailKind, Outcome, Rejection, Release, Task},
    queue::WakeUp,
    records::{ChangeError, Changed},
    store::JobFolder,
    telemetry,
};
use jiff::Timestamp;
use tracing::Instrument as _;

use super::{
    Achieved, assemble, detect,
    environment::Environment,
    error::TaskError,
    fitness,
    lease::{HeldLease, milliseconds},
    notify, plan, rebuild,
};

/// How often a finished task is entered into records that are out of reach.
const ENTER_EVERY: Duration = Duration::from_secs(1);

/// Looks at a task that this worker was woken for, and does it if it is to be had. Nothing that
/// can go wrong is left to the queue.
pub(super) async fn run_task(env: Arc<Environment>, wake_up: WakeUp) {
    if env.is_stopping() {
        // Taken from the queue at the last moment; another worker need not wait for it.
        env.jobs.wake(wake_up.job, &[wake_up.task]).await;
        return;
    }
    // Whoever can work is woken for it later.
    if !env.fitness.is_fit() || env.jobs.records.is_drained().await.unwrap_or(false) {
        return;
    }
    let Some(claim) = take(&env, wake_up).await else {
        return;
    };
    let span = tracing::info_span!("task", job = claim.job.tag(), task = %claim.task);
    let held = HeldLease::new(claim);
    let task = async {
        let result = tokio::select! {
            result = perform(&env, &held) => result,
            () = held.keep(&env) => Err(TaskError::Stopped),
        };
        // Whoever deletes a job takes its job.json away first, so what this task wrote until now is
        // there to be deleted, or to be undone here.
        if is_gone(&env, held.claim.job).await {
            env.listings.forget(held.claim.job).await;
            leave(&env, &held.claim).await;
        } else {
            settle(&env, &held.claim, result).await;
        }
    };
    task.instrument(span).await;
}

async fn take(env: &Environment, wake_up: WakeUp) -> Option<Claim> {
    let lease_ms = milliseconds(env.settings.lease);
    let claimed = env.jobs.records.change(wake_up.job, |record, now_ms| {
        record.claim(wake_up.task, &env.name, lease_ms, now_ms)
    });
    match claimed.await {
        Ok(changed) => Some(changed.value),
        Err(error @ ChangeError::Records(_)) => {
            tracing::warn!(job = wake_up.job.tag(), %error, "a task could not be taken");
            None
        }
        Err(refusal) => {
            tracing::debug!(job = wake_up.job.tag(), task = %wake_up.task, %refusal, "not taken");
            None
        }
    }
}

async fn perform(env: &Arc<Environment>, held: &HeldLease) -> Result<Achieved, TaskError> {
    let (job, task) = (held.claim.job, held.claim.task);
    // Its record outlived it: whoever deleted or cancelled the job could not reach the records.
    if !env.jobs.store.is_job(job).await? {
        return Err(TaskError::Stopped);
    }
    if matches!(task, Task::Plan | Task::Detect(_)) && is_cancelled(env, job).await? {
        return Err(TaskError::Unfounded);
    }
    match task {
        Task::Plan => plan::run(env, held).await,
        Task::Detect(shard) => detect::run(env, held, shard).await,
        Task::Assemble => assemble::run(env, held).await,
        Task::Rebuild => rebuild::run(env, held).await,
        Task::Mail(kind) => notify::run(env, held, kind).await,
    }
}

async fn is_cancelled(env: &Environment, job: JobId) -> Result<bool, TaskError> {
    let end = env.jobs.store.end_file(job).await?;
    Ok(end.is_some_and(|end| matches!(end.outcome, Outcome::Cancelled)))
}

/// Whether the job was deleted; if so, what was written for it since is removed. A store that does
/// not answer says nothing: where the job is gone, its record stays until it can be erased.
async fn is_gone(env: &Environment, job: JobId) -> bool {
    match env.jobs.undo_if_gone(job).await {
        Ok(is_gone) => is_gone,
        Err(error) => {
            tracing::warn!(%error, "the store does not say whether the job is still there");
            false
        }
    }
}

/// Leaves a task of a job that is not there any more.
async fn leave(env: &Environment, claim: &Claim) {
    tracing::info!("the job was deleted; what was made for it is removed");
    let left = async {
        // Where it was deleted while the records were out of reach, they do not know it yet.
        env.jobs.delete(claim.job).await?;
        env.jobs.leave(claim).await
    };
    if let Err(error) = left.await {
        tracing::warn!(%error, "its record stays until the lease has run out");
    }
}

/// Enters how a task ended.
async fn settle(env: &Environment, claim: &Claim, result: Result<Achieved, TaskError>) {
    let result = match result {
        Err(TaskError::Rejected(rejection)) => reject(env, claim, rejection).await,
        other => other,
    };
    match result {
        Ok(achieved) => {
            tracing::info!("done");
            let window = env.jobs.records.window().await.unwrap_or(2);
            enter(env, claim, |record, now_ms| {
                achieve(record, claim, &achieved, window, now_ms)
            })
            .await;
        }
        Err(TaskError::Unfounded) => {
            tracing::warn!("the record does not fit the folder; dropping it");
            if let Err(error) = env.jobs.records.store().remove(claim.job).await {
                tracing::warn!(%error, "the records are out of reach");
            }
        }
        Err(TaskError::Stopped) => give_back(env, claim, Release::Untouched).await,
        Err(TaskError::Unsuitable(reason)) => {
            tracing::warn!(reason, "this worker cannot do it; giving it back");
            give_back(env, claim, Release::Elsewhere(reason)).await;
        }
        Err(TaskError::Broken(error)) => {
            env.break_down(&error);
            give_back(env, claim, Release::Untouched).await;
        }
        Err(TaskError::CannotWrite(error)) => {
            env.fitness.pause(&error);
            give_back(env, claim, Release::Untouched).await;
        }
        // Rejections were made endings above.
        Err(TaskError::Rejected(rejection)) => {
            give_back(env, claim, Release::Fault(rejection.detail)).await;
        }
        Err(TaskError::Fault(error)) => {
            let reason = telemetry::causes(&*error);
            tracing::warn!(reason, "failed; it is tried again later");
            // The next attempt looks at the upload anew.
            env.listings.forget(claim.job).await;
            // What fails on a machine in trouble says nothing about the job.
            let how = if fitness::look(env).await {
                Release::Fault(reason)
            } else {
                Release::Untouched
            };
            give_back(env, claim, how).await;
        }
    }
}

fn achieve(
    record: &mut JobRecord,
    claim: &Claim,
    achieved: &Achieved,
    window: u32,
    now_ms: u64,
) -> Result<(), Fenced> {
    match achieved {
        Achieved::Planned { images, shards } => record.planned(claim, *images, *shards, window),
        Achieved::Detected(counts) => record.detected(claim, counts, window, now_ms),
        Achieved::Ended(mail) => record.ended(claim, *mail),
        Achieved::Mailed => record.mailed(claim),
        Achieved::Rebuilt => record.rebuilt(claim),
    }
}

/// The job is over: its upload cannot be used.
async fn reject(
    env: &Environment,
    claim: &Claim,
    rejection: Rejection,
) -> Result<Achieved, TaskError> {
    tracing::info!(code = ?rejection.code, "the upload cannot be used");
    let end = EndFile {
        ended: Timestamp::now(),
        outcome: Outcome::Rejected(rejection),
    };
    let key = JobFolder::of(claim.job).end_file();
    env.jobs.store.create_json(&key, &end).await?;
    if env.jobs.undo_if_gone(claim.job).await? {
        return Err(TaskError::Stopped);
    }
    Ok(Achieved::Ended(MailKind::Failed))
}

async fn give_back(env: &Environment, claim: &Claim, how: Release) {
    enter(env, claim, |record, now_ms| {
        record.release(claim, how.clone(), now_ms)
    })
    .await;
}

/// The record of a job that was stopped or deleted waits for those who have a task of it in hand.
async fn let_go(env: &Environment, claim: &Claim) {
    if let Err(error) = env.jobs.leave(claim).await {
        tracing::warn!(%error, "its record stays until the lease has run out");
    }
}

/// Makes a record again that was lost. Where its job is over or deleted, there is none to make.
async fn bring_back(env: &Environment, job: JobId) {
    if let Err(error) = env.jobs.restore(job).await {
        tracing::warn!(%error, "the record cannot be made again now; it is later");
    }
}

/// Changes the record, as long as it takes, and wakes workers for what is to be done now. A worker
/// that is stopping tries once: its lease will run out.
async fn enter(
    env: &Environment,
    claim: &Claim,
    mut change: impl FnMut(&mut JobRecord, u64) -> Result<(), Fenced>,
) {
    loop {
        let entered = env.jobs.change_and_wake(claim.job, &mut change).await;
        match entered {
            Ok(Changed { .. }) => return,
            Err(ChangeError::Records(error)) if !env.is_stopping() => {
                tracing::warn!(%error, "the records are out of reach; trying again");
                tokio::time::sleep(ENTER_EVERY).await;
            }
            Err(error) => {
                tracing::info!(%error, "the task was not this worker's any more");
                match error {
                    ChangeError::NoRecord => bring_back(env, claim.job).await,
                    ChangeError::Refused(_) => let_go(env, claim).await,
                    ChangeError::Records(_) => {}
                }
                return;
            }
        }
    }
}
