//! The listings of jobs that this worker is at. Listing a large archive takes seconds, and its
//! shards come one after the other; so the newest few are kept.

use std::{path::PathBuf, sync::Arc};

use common::{
    archive::ArchiveLimits,
    job::{JobFile, JobId},
    store::JobFolder,
};
use tokio::sync::Mutex;

use super::{environment::Environment, fault::TaskError};
use crate::input::{InputListing, NamedInput};

/// Listings that are kept: jobs take turns, shard by shard.
const KEPT: usize = 4;

/// The newest listings.
#[derive(Default)]
pub struct Listings(Mutex<Vec<(JobId, Arc<JobListing>)>>);

/// What was uploaded, listed.
pub(super) struct JobListing {
    pub(super) file: JobFile,
    pub(super) files: InputListing,
    /// Copies of uploads from a store that is no folder; they go with the listing.
    _fetched: Option<tempfile::TempDir>,
}

impl Listings {
    /// The listing of a job's uploads.
    pub(super) async fn of(
        &self,
        env: &Arc<Environment>,
        job: JobId,
    ) -> Result<Arc<JobListing>, TaskError> {
        let mut kept = self.0.lock().await;
        if let Some(found) = kept.iter().position(|(id, _)| *id == job) {
            let found = kept.remove(found);
            let listing = Arc::clone(&found.1);
            kept.push(found);
            return Ok(listing);
        }
        let listing = Arc::new(list(env, job).await?);
        kept.push((job, Arc::clone(&listing)));
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
        Ok(listing)
    }

    /// Forgets a job that is over.
    pub(super) async fn forget(&self, job: JobId) {
        self.0.lock().await.retain(|(id, _)| *id != job);
    }
}

async fn list(env: &Arc<Environment>, job: JobId) -> Result<JobListing, TaskError> {
    let file = env.jobs.store.job_file(job).await?;
    let file = file.ok_or(TaskError::Unfounded)?;
    let (paths, fetched) = fetch(env, &file).await?;
    let inputs: Vec<NamedInput> = file
        .uploads
        .iter()
        .zip(paths)
        .map(|(upload, path)| NamedInput {
            path,
            name: upload.name.clone(),
        })
        .collect();
    let listed = tokio::task::spawn_blocking(move || {
        InputListing::open_named(&inputs, &[], ArchiveLimits::default())
    });
    let files = listed
        .await
        .map_err(|error| TaskError::Fault(error.into()))??;
    Ok(JobListing {
        file,
        files,
        _fetched: fetched,
    })
}

/// Where the uploads are on this machine; those in a bucket are fetched first.
async fn fetch(
    env: &Environment,
    file: &JobFile,
) -> Result<(Vec<PathBuf>, Option<tempfile::TempDir>), TaskError> {
    let folder = JobFolder::of(file.id);
    let keys = (0..file.uploads.len()).map(|number| folder.upload(number));
    let store = &env.jobs.store;
    if store.local_root().is_some() {
        return Ok((
            keys.filter_map(|key| store.local_path(&key)).collect(),
            None,
        ));
    }
    let fetched = env.scratch(file.id)?;
    let mut paths = Vec::with_capacity(file.uploads.len());
    for (number, key) in keys.enumerate() {
        let path = fetched.path().join(number.to_string());
        store.fetch_file(&key, &path).await?;
        paths.push(path);
    }
    Ok((paths, Some(fetched)))
}
