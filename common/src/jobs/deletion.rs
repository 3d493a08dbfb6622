//! Deleting a job with everything that was uploaded or made for it, also while others are at it.
//!
//! `job.json` decides: without it there is no job. It is the first file to go, and whoever writes
//! into a job's folder looks for it afterwards, and removes what it wrote where there is none. So
//! whatever is written is either there before the folder is removed, or removed by its writer.
//! The record says meanwhile that the job was [deleted](Closing::Deleted), and stays until every
//! worker that had a task in hand has left it; for those that died, the reconciler
//! [cleans up](Jobs::erase_for_good) when their leases have run out.

use std::{convert::Infallible, io, path::Path};

use tokio::time::timeout;

use super::{Jobs, JobsError, RECORD_TIME};
use crate::{
    job::{Claim, Closing, JobId, JobRecord},
    records::{ChangeError, RecordsError},
    store::StoreError,
};

impl Jobs {
    /// Deletes a job and everything that was uploaded or made for it. What workers that have a task
    /// of it in hand still write, they remove when they leave it.
    ///
    /// # Errors
    /// When the store cannot be used. Unless the records are out of reach, too, the job is deleted
    /// all the same as soon as that is possible.
    pub async fn delete(&self, job: JobId) -> Result<(), JobsError> {
        let is_left = self.close_soon(job, Closing::Deleted).await;
        self.store.remove_job(job).await?;
        match self.remove_mails(job).await {
            Ok(()) if is_left => self.finish_soon(job).await,
            Ok(()) => {}
            // The folder may be a worker's alone.
            Err(error) => {
                tracing::warn!(job = job.tag(), %error, "its mails are left to a worker");
            }
        }
        Ok(())
    }

    /// Removes everything of a job that was deleted but its record.
    ///
    /// # Errors
    /// When the store cannot be used, or mails cannot be removed.
    async fn erase(&self, job: JobId) -> Result<(), StoreError> {
        self.store.remove_job(job).await?;
        self.remove_mails(job).await
    }

    /// Removes everything of a job, unless it is still there. To be called by whoever wrote into
    /// its folder; says whether the job is gone.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn undo_if_gone(&self, job: JobId) -> Result<bool, StoreError> {
        let is_gone = !self.store.is_job(job).await?;
        if is_gone {
            self.erase(job).await?;
        }
        Ok(is_gone)
    }

    /// A worker leaves a task of a job that was stopped or deleted. It has removed what it wrote;
    /// the last to leave a deleted job erases it for good.
    ///
    /// # Errors
    /// When store or records cannot be used.
    pub async fn leave(&self, claim: &Claim) -> Result<(), JobsError> {
        let left = self.records.change(claim.job, |record, _| {
            record.left(claim);
            Ok::<_, Infallible>(())
        });
        match left.await {
            Ok(changed) if changed.record.is_to_be_erased() => self.erase_for_good(claim.job).await,
            Ok(_) | Err(ChangeError::NoRecord) => Ok(()),
            Err(ChangeError::Records(error)) => Err(error.into()),
            Err(ChangeError::Refused(never)) => match never {},
        }
    }

    /// Erases a deleted job that no worker is at, and then its record.
    ///
    /// # Errors
    /// When store or records cannot be used.
    pub async fn erase_for_good(&self, job: JobId) -> Result<(), JobsError> {
        self.erase(job).await?;
        self.finish(job).await?;
        tracing::info!(job = job.tag(), "everything of a deleted job is erased");
        Ok(())
    }

    /// Removes the record of a job that is erased, and its wake-ups.
    async fn finish(&self, job: JobId) -> Result<(), RecordsError> {
        self.queue.forget(job).await?;
        let erased = self.records.change(job, |record, _| {
            record.erased();
            Ok::<_, Infallible>(())
        });
        match erased.await {
            Ok(_) | Err(ChangeError::NoRecord) => Ok(()),
            Err(ChangeError::Records(error)) => Err(error),
            Err(ChangeError::Refused(never)) => match never {},
        }
    }

    /// Says in the record that nothing more is done for the job, and whether no worker is at it.
    async fn close(&self, job: JobId, closing: Closing) -> Result<bool, RecordsError> {
        loop {
            let closed = self.records.change(job, |record, now_ms| {
                record.wind_up(closing, now_ms);
                Ok::<_, Infallible>(())
            });
            match closed.await {
                Ok(changed) => return Ok(changed.record.is_to_be_erased()),
                Err(ChangeError::NoRecord) if closing == Closing::Cancelled => return Ok(true),
                Err(ChangeError::NoRecord) => {
                    let now_ms = self.records.store().now_ms().await?;
                    let record = JobRecord::of_deleted(job, now_ms);
                    if self.records.store().create(&record).await? {
                        return Ok(true);
                    }
                }
                Err(ChangeError::Records(error)) => return Err(error),
                Err(ChangeError::Refused(never)) => match never {},
            }
        }
    }

    /// The same, without waiting for long: what takes longer goes on by itself. Where it fails, the
    /// worker that comes to the record sees that the job is over or gone.
    pub(super) async fn close_soon(&self, job: JobId, closing: Closing) -> bool {
        let jobs = self.clone();
        let closing = tokio::spawn(async move {
            let closed = jobs.close(job, closing).await;
            closed.unwrap_or_else(|error| {
                tracing::warn!(job = job.tag(), %error, "its record stays for a while");
                false
            })
        });
        matches!(timeout(RECORD_TIME, closing).await, Ok(Ok(true)))
    }

    async fn finish_soon(&self, job: JobId) {
        let jobs = self.clone();
        let finishing = tokio::spawn(async move {
            if let Err(error) = jobs.finish(job).await {
                tracing::warn!(job = job.tag(), %error, "its record stays for a while");
            }
        });
        let _ = timeout(RECORD_TIME, finishing).await;
    }

    /// Removes the mails about a job that lie as files.
    async fn remove_mails(&self, job: JobId) -> Result<(), StoreError> {
        let Some(folder) = &self.mail_folder else {
            return Ok(());
        };
        let name = job.tag();
        let failed = |source| StoreError::Mail {
            name: name.clone(),
            source,
        };
        let mut files = match tokio::fs::read_dir(folder).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            files => files.map_err(failed)?,
        };
        // Half-written ones of a worker that was killed, too.
        while let Some(file) = files.next_entry().await.map_err(failed)? {
            if file
                .file_name()
                .to_str()
                .is_some_and(|file| is_mail(file, &name))
            {
                remove_file(&file.path()).await.map_err(failed)?;
            }
        }
        Ok(())
    }
}

/// Whether a file is a mail about the job with this tag: their names begin with it.
fn is_mail(file: &str, tag: &str) -> bool {
    file.strip_prefix(tag)
        .is_some_and(|rest| rest.starts_with('-'))
}

async fn remove_file(path: &Path) -> io::Result<()> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
