//! Which resumable uploads a job was made of: noted in its folder for as long as files of them may
//! still lie in the spool, because this program ended between making the job and tidying up. Who
//! deletes the job deletes them, too.

use common::{
    job::JobId,
    store::{JobFolder, Store, StoreError},
};

use super::{ChosenUploads, Spool, UploadId};

/// Notes what a job is about to be made of.
///
/// # Errors
/// When the store refuses.
pub(crate) async fn note(store: &Store, chosen: &ChosenUploads) -> Result<(), StoreError> {
    let ids: Vec<String> = chosen.uploads.iter().map(UploadId::to_string).collect();
    let key = JobFolder::of(chosen.job).delivered();
    store.put_json(&key, &ids).await
}

/// Nothing lies in the spool any more.
pub(crate) async fn settle(store: &Store, job: JobId) {
    let key = JobFolder::of(job).delivered();
    if let Err(error) = store.remove(&key).await {
        tracing::debug!(job = job.tag(), %error, "a note stays for as long as its job");
    }
}

/// What may lie in the spool of a job.
///
/// # Errors
/// When the store fails.
pub(crate) async fn left_of(store: &Store, job: JobId) -> Result<Vec<UploadId>, StoreError> {
    let key = JobFolder::of(job).delivered();
    let ids: Option<Vec<String>> = store.get_json(&key).await?;
    let ids = ids.unwrap_or_default();
    Ok(ids.iter().filter_map(|id| id.parse().ok()).collect())
}

/// Removes uploads from the spool, those that are there.
pub(crate) async fn remove(spool: &Spool, uploads: &[UploadId]) {
    for &id in uploads {
        let removed = match spool.hold(id).await {
            Ok(hold) => spool.remove(&hold).await,
            Err(_) => continue,
        };
        if let Err(error) = removed {
            tracing::warn!(upload = id.tag(), %error, "an upload of a deleted job is still here");
        }
    }
}
