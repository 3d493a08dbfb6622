//! Making a job of files that are in the store already, however they came there.

mod archive_check;
mod error;
mod magic;

use std::num::NonZeroU32;

use common::{
    job::{JobFile, JobId, Upload},
    store::JobFolder,
};
use jiff::Timestamp;

pub(crate) use error::SubmissionError;

use crate::{
    state::State,
    upload::{Choices, FieldFault, HalfUpload},
};
use archive_check::Held;

/// Mails that one job may cause: accepted, done or failed, about to expire.
const MAILS_PER_JOB: NonZeroU32 = NonZeroU32::MIN.saturating_add(2);

/// A whole upload in the store, and what was chosen for it.
pub(crate) struct Submission {
    /// Its folder, which goes away again if no job comes of it.
    pub(crate) folder: HalfUpload,
    /// Its files.
    pub(crate) uploads: Vec<Upload>,
    /// What was chosen.
    pub(crate) choices: Choices,
}

impl Submission {
    /// Checks the files and makes them a job. When this returns an id, the job is accepted and
    /// will be done, whatever happens to this process.
    ///
    /// # Errors
    /// When the upload is not accepted. Then nothing of it is kept.
    pub(crate) async fn submit(self, state: &State) -> Result<JobId, SubmissionError> {
        match self.make_job(state).await {
            Ok(()) => {
                let job = self.folder.job();
                self.folder.keep();
                Ok(job)
            }
            Err(error) => {
                self.folder.discard().await;
                Err(error)
            }
        }
    }

    async fn make_job(&self, state: &State) -> Result<(), SubmissionError> {
        self.check_model(state).await?;
        self.check_files(state).await?;
        let mails = state.mails.take(&self.choices.email, MAILS_PER_JOB);
        mails.map_err(|used_up| SubmissionError::TooManyMails {
            retry_after_seconds: used_up.wait.as_secs() + 1,
        })?;
        let file = JobFile {
            id: self.folder.job(),
            accepted: Timestamp::now(),
            email: self.choices.email.clone(),
            options: self.choices.options.clone(),
            uploads: self.uploads.clone(),
        };
        state.jobs.submit(&file).await?;
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
    async fn check_model(&self, state: &State) -> Result<(), SubmissionError> {
        let Some(chosen) = &self.choices.options.model else {
            return Ok(());
        };
        let offered = state.workload.now().await.models();
        if offered.is_empty() || offered.iter().any(|model| model.id == *chosen) {
            Ok(())
        } else {
            Err(FieldFault::model().into())
        }
    }

    /// Looks into every file, as far as it takes to say that there is something to do.
    async fn check_files(&self, state: &State) -> Result<(), SubmissionError> {
        let folder = JobFolder::of(self.folder.job());
        let mut held = Held::Nothing;
        for (number, upload) in self.uploads.iter().enumerate() {
            let key = folder.upload(number);
            held = held.max(archive_check::look(&state.jobs.store, &key, upload).await?);
        }
        match held {
            Held::Images => Ok(()),
            Held::UnsupportedImages => Err(SubmissionError::UnsupportedImages),
            Held::Nothing => Err(SubmissionError::NoImages),
        }
    }
}
