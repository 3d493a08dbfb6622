//! The listings of jobs that this worker is at. Listing a large archive takes seconds, and its
//! shards come one after the other; so the newest few are kept.

use std::sync::Arc;

use common::{
    archive::ArchiveLimits,
    job::{JobFile, JobId},
    store::{JobFolder, Store},
};
use tokio::sync::Mutex;

use super::{environment::Environment, fault::TaskError};
use crate::input::{InputListing, NamedInput, Origin};

/// Listings that are kept: jobs take turns, shard by shard.
const KEPT: usize = 4;

/// The newest listings.
#[derive(Default)]
pub struct Listings(Mutex<Vec<(JobId, Arc<JobListing>)>>);

/// What was uploaded, listed.
pub(super) struct JobListing {
    pub(super) file: JobFile,
    pub(super) files: InputListing,
}

impl Listings {
    /// The listing of a job's uploads.
    pub(super) async fn of(
        &self,
        env: &Environment,
        job: JobId,
    ) -> Result<Arc<JobListing>, TaskError> {
        let mut kept = self.0.lock().await;
        if let Some(found) = kept.iter().position(|(id, _)| *id == job) {
            let found = kept.remove(found);
            let listing = Arc::clone(&found.1);
            kept.push(found);
            return Ok(listing);
        }
        let listing = Arc::new(list(&env.jobs.store, job).await?);
        kept.push((job, Arc::clone(&listing)));
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
        Ok(listing)
    }

    /// Forgets a job that is over, or whose listing may be at fault.
    pub(super) async fn forget(&self, job: JobId) {
        self.0.lock().await.retain(|(id, _)| *id != job);
    }
}

/// Lists a job's uploads.
pub(super) async fn list(store: &Store, job: JobId) -> Result<JobListing, TaskError> {
    let file = store.job_file(job).await?;
    let file = file.ok_or(TaskError::Unfounded)?;
    let names = file.uploads.iter().map(|upload| upload.name.clone());
    let inputs: Vec<NamedInput> = origins(store, &file)
        .await?
        .into_iter()
        .zip(names)
        .map(|(origin, name)| NamedInput { origin, name })
        .collect();
    let names = file.options.names;
    let listed = tokio::task::spawn_blocking(move || {
        InputListing::open_named(&inputs, &[], ArchiveLimits::default(), names)
    });
    let files = listed
        .await
        .map_err(|error| TaskError::Fault(error.into()))??;
    Ok(JobListing { file, files })
}

/// Where the uploads are. Those in a bucket are read there: of each, the listing needs the first
/// bytes and, if it is an archive, its directory.
async fn origins(store: &Store, file: &JobFile) -> Result<Vec<Origin>, TaskError> {
    let folder = JobFolder::of(file.id);
    let keys = (0..file.uploads.len()).map(|number| folder.upload(number));
    if store.local_root().is_some() {
        let paths = keys.filter_map(|key| store.local_path(&key));
        return Ok(paths.map(Origin::Disk).collect());
    }
    let found = store.stored_files(keys.collect()).await?;
    Ok(found.into_iter().map(Origin::Bucket).collect())
}
