//! Finished uploads on their way to becoming a job.

use std::collections::BTreeSet;

use common::{
    job::{JobId, Upload},
    store::{JobFolder, Store, StoreError},
};

use super::{Hold, ResumableError, Spool, UploadId};
use crate::arrived::Arrived;

/// Which uploads shall become a job.
pub(crate) struct ChosenUploads {
    /// The job that they become or have become.
    pub(crate) job: JobId,
    pub(super) uploads: BTreeSet<UploadId>,
}

/// Finished uploads, in the hands of the request that makes them a job.
pub(crate) struct Delivery<'a> {
    spool: &'a Spool,
    store: &'a Store,
    holds: Vec<Hold>,
}

/// Files that are to become a job, and where each is.
pub(crate) struct DeliveredFiles {
    pub(crate) uploads: Vec<Upload>,
    pub(crate) files: Vec<Arrived>,
}

/// Finished uploads cannot become a job.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeliveryError {
    /// An upload cannot be used.
    #[error(transparent)]
    Upload(#[from] ResumableError),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ChosenUploads {
    /// Reads the ids of uploads.
    ///
    /// # Errors
    /// When there is none, or one is none.
    pub(crate) fn of<'a>(ids: impl Iterator<Item = &'a str>) -> Result<Self, ResumableError> {
        let uploads: Result<BTreeSet<UploadId>, _> = ids.map(str::parse).collect();
        let uploads = uploads.map_err(|_| ResumableError::Gone)?;
        if uploads.is_empty() {
            return Err(ResumableError::NoUploads);
        }
        let ids: Vec<UploadId> = uploads.iter().copied().collect();
        Ok(Self {
            job: UploadId::job_of(&ids),
            uploads,
        })
    }
}

impl<'a> Delivery<'a> {
    /// Takes the uploads, so that nobody changes them meanwhile. Those that are not here are not
    /// missed yet: they may be the job's already. Always in the same order, so that two who want the
    /// same ones do not wait for each other for ever.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn take(
        spool: &'a Spool,
        store: &'a Store,
        chosen: &ChosenUploads,
    ) -> Result<Self, ResumableError> {
        let mut holds = Vec::new();
        for &id in &chosen.uploads {
            match spool.hold(id).await {
                Ok(hold) => holds.push(hold),
                Err(ResumableError::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self {
            spool,
            store,
            holds,
        })
    }

    /// The files, if all of them are here as a whole.
    ///
    /// # Errors
    /// When one is not, or they are too many or too large.
    pub(crate) async fn files(
        &mut self,
        chosen: &ChosenUploads,
    ) -> Result<DeliveredFiles, DeliveryError> {
        let limit = self.spool.most_files();
        if chosen.uploads.len() > limit {
            return Err(ResumableError::TooManyFiles { limit }.into());
        }
        if self.holds.len() < chosen.uploads.len() {
            return Err(ResumableError::Gone.into());
        }
        // The same order at every attempt: what an attempt that broke off has put into the job's
        // folder under a number is found there under that number.
        self.holds
            .sort_by(|a, b| (&a.slot.sheet.path, a.slot.id).cmp(&(&b.slot.sheet.path, b.slot.id)));
        let mut delivered = DeliveredFiles {
            uploads: Vec::with_capacity(self.holds.len()),
            files: Vec::with_capacity(self.holds.len()),
        };
        for (number, hold) in self.holds.iter().enumerate() {
            let file = self.find(chosen.job, number, hold).await?;
            delivered.files.push(file);
            delivered.uploads.push(Upload {
                name: hold.slot.sheet.path.to_string(),
                size_bytes: hold.slot.sheet.length,
            });
        }
        let bytes: u64 = delivered
            .uploads
            .iter()
            .map(|upload| upload.size_bytes)
            .sum();
        let limit = self.spool.most_bytes();
        if bytes > limit {
            return Err(ResumableError::TooLarge { limit }.into());
        }
        Ok(delivered)
    }

    /// Forgets the uploads, which are a job now. Whether nothing of them stays here.
    pub(crate) async fn end(self) -> bool {
        let mut is_forgotten = true;
        for hold in &self.holds {
            if let Err(error) = self.spool.remove(hold).await {
                tracing::warn!(upload = hold.slot.id.tag(), %error, "a sheet stays until the next sweep");
                is_forgotten = false;
            }
        }
        is_forgotten
    }
    /// Where an upload is: in the spool; or in the folder of the job, where an attempt that broke off
    /// has put it.
    async fn find(&self, job: JobId, number: usize, hold: &Hold) -> Result<Arrived, DeliveryError> {
        let length = hold.slot.sheet.length;
        match self.spool.offset(hold).await {
            Ok(here) if here == length => Ok(Arrived::InSpool(self.spool.path(hold.slot.id))),
            Ok(_) => Err(ResumableError::Unfinished.into()),
            Err(ResumableError::Gone) => {
                let key = JobFolder::of(job).upload(number);
                let found = self.store.find(&key).await?;
                if found.is_some_and(|found| found.size == length) {
                    Ok(Arrived::InStore(key))
                } else {
                    Err(ResumableError::Gone.into())
                }
            }
            Err(error) => Err(error.into()),
        }
    }
}
