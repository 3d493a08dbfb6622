//! Deleting what has had its time: results after their retention, uploads that never became a
//! job, files that a worker which died left behind. Before results go, their owner is told.

use std::{path::Path, time::SystemTime};

use common::{
    config::ServiceConfig,
    job::{JobId, MailKind, Outcome},
    jobs::{Jobs, JobsError},
    records::RecordsError,
    store::{JobFolder, StoreError},
};
use jiff::{SignedDuration, Timestamp};

use super::scratch;

/// The warning comes this long before the end.
const WARNING: SignedDuration = SignedDuration::from_hours(48);

/// What a sweep did, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Jobs whose time is over, deleted: some time after they ended, or could not be finished.
    pub expired: usize,
    /// Jobs whose owners are told that the end is near.
    pub warned: usize,
    /// Uploads that never became a job, deleted.
    pub orphans: usize,
    /// Folders of workers that died, deleted.
    pub scratch: usize,
}

/// Sweeps, also the [folder of unfinished files](scratch::folder). With `dry_run` nothing is
/// changed.
///
/// # Errors
/// When the store or the records cannot be used.
pub async fn run(
    jobs: &Jobs,
    config: &ServiceConfig,
    unfinished: &Path,
    dry_run: bool,
) -> Result<Swept, JobsError> {
    let mut swept = Swept::default();
    for job in jobs.store.jobs().await? {
        let fate = match fate(jobs, config, job).await {
            // One damaged job must not keep all others from being swept.
            Err(
                error @ (JobsError::Store(StoreError::Unreadable { .. })
                | JobsError::Records(RecordsError::Unreadable { .. })),
            ) => {
                tracing::error!(job = job.tag(), %error, "the job cannot be swept");
                continue;
            }
            fate => fate?,
        };
        match fate {
            Fate::Kept => {}
            Fate::Warned => {
                // One may be on its way already.
                let is_new = dry_run || jobs.send_mail(job, MailKind::Expiring).await?;
                swept.warned += usize::from(is_new);
            }
            Fate::Expired => {
                swept.expired += 1;
                if !dry_run {
                    tracing::info!(job = job.tag(), "its time is over; deleting it");
                    jobs.delete(job).await?;
                }
            }
            Fate::Orphan => {
                swept.orphans += 1;
                if !dry_run {
                    jobs.delete(job).await?;
                }
            }
        }
    }
    swept.scratch = scratch::sweep(unfinished, dry_run);
    Ok(swept)
}

enum Fate {
    Kept,
    Warned,
    Expired,
    Orphan,
}

async fn fate(jobs: &Jobs, config: &ServiceConfig, job: JobId) -> Result<Fate, JobsError> {
    let folder = JobFolder::of(job);
    if jobs.store.find(&folder.job_file()).await?.is_none() {
        let is_old = is_orphan(jobs, &folder).await?;
        return Ok(if is_old { Fate::Orphan } else { Fate::Kept });
    }
    let retention = SignedDuration::from_hours(24 * i64::from(config.retention_days));
    let left_since = |moment: Timestamp| moment.duration_since(Timestamp::now()) + retention;
    let end = match jobs.store.end_file(job).await {
        // Nobody can say any more when it ended: not after this was written.
        Err(StoreError::Unreadable { .. }) => {
            let found = jobs.store.find(&folder.end_file()).await?;
            let written = found
                .and_then(|file| Timestamp::try_from(SystemTime::from(file.last_modified)).ok());
            let is_over = written.is_some_and(|at| left_since(at) <= SignedDuration::ZERO);
            return Ok(if is_over { Fate::Expired } else { Fate::Kept });
        }
        end => end?,
    };
    let Some(end) = end else {
        // Its owner was told until when it is kept.
        let loaded = jobs.records.store().load(job).await?;
        let stuck = loaded.and_then(|loaded| loaded.record.stuck_since());
        let is_over = stuck.is_some_and(|since| left_since(since) <= SignedDuration::ZERO);
        return Ok(if is_over { Fate::Expired } else { Fate::Kept });
    };
    let left = left_since(end.ended);
    if left <= SignedDuration::ZERO {
        return Ok(Fate::Expired);
    }
    let is_near = left <= WARNING && matches!(end.outcome, Outcome::Done(_));
    let is_warned = jobs
        .store
        .find(&folder.mail(MailKind::Expiring))
        .await?
        .is_some();
    Ok(if is_near && !is_warned {
        Fate::Warned
    } else {
        Fate::Kept
    })
}

/// Whether nothing in the folder of a job that is none was written of late.
async fn is_orphan(jobs: &Jobs, folder: &JobFolder) -> Result<bool, JobsError> {
    if let Some(path) = jobs.store.local_path(folder.root()) {
        // Half-written files count too, which the store does not list.
        return Ok(scratch::newest(&path).is_none_or(scratch::is_old));
    }
    let files = jobs.store.list(folder.root()).await?;
    let newest = files.iter().map(|file| file.last_modified).max();
    Ok(newest.is_none_or(|at| scratch::is_old(at.into())))
}
