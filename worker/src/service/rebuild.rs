//! The package of a job that is over, made again: at another threshold, and with what people said
//! about the results. The model is not needed.
//!
//! Records were kept when the job ended. Copies on which nothing else is drawn or hidden are taken
//! from the package that is there; the others are drawn anew on the uploaded pictures.

mod change;
mod error;
mod kept_records;
mod old_package;
mod originals;
mod package;
mod render;
mod reported;

use std::sync::Arc;

use common::{
    job::{DoneFacts, EndFile, Outcome, RebuildFailure, RebuildFile},
    store::{JobFolder, StoreError},
};
use jiff::Timestamp;

use super::{Achieved, environment::Environment, error::TaskError, lease::HeldLease};
use error::RebuildError;
use package::RebuiltPackage;

pub(super) async fn run(env: &Arc<Environment>, held: &HeldLease) -> Result<Achieved, TaskError> {
    let job = held.claim.job;
    // A wish that is gone was fulfilled by a worker that died before it could say so.
    let Some(wish) = env.jobs.store.rebuild_file(job).await? else {
        return Ok(Achieved::Rebuilt);
    };
    let scratch = env.scratch(job)?;
    let (worker, claim, place) = (Arc::clone(env), held.clone(), scratch.path().to_owned());
    let work = move || package::rebuild_package(&worker, &claim, wish, &place);
    let made = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| TaskError::Fault(error.into()))?;
    // Somebody else may have fulfilled the wish meanwhile, and another may be there.
    if held.is_stopped() || held.is_lost(env).await {
        return Err(TaskError::Stopped);
    }
    if env.jobs.store.rebuild_file(job).await? == Some(wish) {
        match made {
            Ok(package) => publish(env, held, package).await?,
            Err(RebuildError::Impossible(reason)) => refuse(env, held, wish, reason).await?,
            Err(RebuildError::Task(error)) => return Err(error),
        }
        env.jobs
            .store
            .remove(&JobFolder::of(job).rebuild_file())
            .await?;
    }
    Ok(Achieved::Rebuilt)
}

/// Puts a package into the place of the one before it. Until `end.json` is replaced, that one is
/// handed out, and from then on this one is.
async fn publish(
    env: &Environment,
    held: &HeldLease,
    made: RebuiltPackage,
) -> Result<(), StoreError> {
    let (job, store) = (held.claim.job, &env.jobs.store);
    let folder = JobFolder::of(job);
    let RebuiltPackage {
        package,
        facts,
        ended,
    } = made;
    let key = folder.package_of(&facts);
    store
        .adopt_download(&key, &package, &job.package_name())
        .await?;
    let end = EndFile {
        ended,
        outcome: Outcome::Done(DoneFacts::clone(&facts)),
    };
    store.put_json(&folder.end_file(), &end).await?;
    store.remove_other_packages(job, &facts).await
}

/// Leaves the package as it is, and says why.
async fn refuse(
    env: &Environment,
    held: &HeldLease,
    wish: RebuildFile,
    reason: String,
) -> Result<(), StoreError> {
    tracing::warn!(reason, "the package cannot be made again");
    let failure = RebuildFailure {
        wish,
        failed: Timestamp::now(),
        reason,
    };
    let key = JobFolder::of(held.claim.job).rebuild_failure();
    env.jobs.store.put_json(&key, &failure).await
}
