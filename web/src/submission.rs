//! Making a job of files that have arrived, however they came.

mod archive_check;
mod error;

use std::num::NonZeroU32;

use common::{
    Mailbox,
    job::{JobFile, JobId, Upload},
    jobs::Jobs,
    store::{JobFolder, Store},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;

pub(crate) use error::SubmissionError;

use crate::{
    arrived::Arrived,
    quota::KeyedQuota,
    upload::{Choices, FieldFault},
    workload::WorkloadWatch,
};
use archive_check::Held;

/// Files that go from the spool into the store at a time.
const MOVED_AT_ONCE: usize = 8;

/// Mails that one job may cause: accepted, done or failed, about to expire.
const MAILS_PER_JOB: NonZeroU32 = NonZeroU32::MIN.saturating_add(2);

/// A whole upload, and what was chosen for it.
pub(crate) struct Submission {
    /// The job that it becomes.
    pub(crate) job: JobId,
    /// Its files.
    pub(crate) uploads: Vec<Upload>,
    /// Where each of them is.
    pub(crate) files: Vec<Arrived>,
    /// What was chosen.
    pub(crate) choices: Choices,
}

impl Submission {
    /// Checks the choices and the files. Nothing is kept of it.
    ///
    /// # Errors
    /// When they cannot become a job.
    pub(crate) async fn check(
        &self,
        store: &Store,
        workload: &WorkloadWatch,
    ) -> Result<(), SubmissionError> {
        self.check_model(workload).await?;
        self.check_files(store).await
    }

    /// Makes files that were checked a job. When this succeeds, the job is accepted and will be
    /// done, whatever happens to this process.
    ///
    /// # Errors
    /// When the address gets too many mails, or the store fails. Files that can be sent again are
    /// where they were, unless the store failed half-way; the same submission then goes on from
    /// there.
    pub(crate) async fn accept(
        &self,
        jobs: &Jobs,
        mails: &KeyedQuota<Mailbox>,
    ) -> Result<(), SubmissionError> {
        let taken = mails.take(&Mailbox::of(&self.choices.email), MAILS_PER_JOB);
        taken.map_err(|used_up| SubmissionError::TooManyMails {
            retry_after_seconds: used_up.wait.as_secs() + 1,
        })?;
        self.bring_files(&jobs.store).await?;
        let file = JobFile {
            id: self.job,
            accepted: Timestamp::now(),
            email: self.choices.email.clone(),
            options: self.choices.options.clone(),
            uploads: self.uploads.clone(),
        };
        jobs.submit(&file).await?;
        tracing::info!(
            job = file.id.tag(),
            files = file.uploads.len(),
            size_bytes = file
                .uploads
                .iter()
                .map(|upload| upload.size_bytes)
                .sum::<u64>(),
            "an upload was accepted"
        );
        Ok(())
    }

    /// A model that no living worker has would make the job wait for ever. Where no worker is
    /// known, nothing can be said.
    async fn check_model(&self, workload: &WorkloadWatch) -> Result<(), SubmissionError> {
        let Some(chosen) = &self.choices.options.model else {
            return Ok(());
        };
        let offered = workload.now().await.models();
        if offered.is_empty() || offered.iter().any(|model| model.id == *chosen) {
            Ok(())
        } else {
            Err(FieldFault::model().into())
        }
    }

    /// Looks into every file, as far as it takes to say that there is something to do.
    async fn check_files(&self, store: &Store) -> Result<(), SubmissionError> {
        let mut held = Held::Nothing;
        let names = self.choices.options.names;
        for (file, upload) in self.files.iter().zip(&self.uploads) {
            held = held.max(archive_check::look(store, file, upload, names).await?);
        }
        match held {
            Held::Images => Ok(()),
            Held::UnsupportedImages => Err(SubmissionError::UnsupportedImages),
            Held::Nothing => Err(SubmissionError::NoImages),
        }
    }

    /// Brings the files into the store that are not there yet.
    async fn bring_files(&self, store: &Store) -> Result<(), SubmissionError> {
        let folder = JobFolder::of(self.job);
        let moves = self.files.iter().enumerate().filter_map(|(number, file)| {
            let Arrived::InSpool(path) = file else {
                return None;
            };
            let key = folder.upload(number);
            Some(async move { store.adopt_file(&key, path).await })
        });
        let moved = stream::iter(moves).buffer_unordered(MOVED_AT_ONCE);
        Ok(moved.try_collect::<()>().await?)
    }
}
