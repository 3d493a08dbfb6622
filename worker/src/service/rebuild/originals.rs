//! The uploaded pictures of a job that is over.

use std::sync::Arc;

use common::{
    job::{JobFile, JobId, PlanFile},
    store::{JobFolder, Store, StoreError},
};

use super::{
    super::{environment::Environment, error::TaskError, listings::JobListing},
    error::RebuildError,
};

/// Lists them, if they are still there and the same.
pub(super) async fn list(
    env: &Environment,
    job: JobId,
    plan: &PlanFile,
) -> Result<Arc<JobListing>, RebuildError> {
    let store = &env.jobs.store;
    let file = store.job_file(job).await?.ok_or(TaskError::Unfounded)?;
    if !are_there(store, &file).await? {
        return Err(RebuildError::impossible(
            "The uploaded pictures are not there any more, and without them boxes cannot be drawn on other pictures.",
        ));
    }
    let listing = env.listings.of(env, job).await?;
    if listing.files.fingerprint() != plan.fingerprint {
        return Err(RebuildError::impossible(
            "The uploaded pictures are not those that were looked at.",
        ));
    }
    Ok(listing)
}

async fn are_there(store: &Store, file: &JobFile) -> Result<bool, StoreError> {
    let folder = JobFolder::of(file.id);
    for number in 0..file.uploads.len() {
        if store.find(&folder.upload(number)).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
