//! What can be seen of a job.

use tokio::time::timeout;

use super::{Jobs, JobsError, RECORD_TIME};
use crate::{
    job::{EndFile, JobFile, JobId},
    records::Loaded,
};

/// A job as it is now.
#[derive(Clone, Debug)]
pub struct JobView {
    /// What was asked for.
    pub file: JobFile,
    /// Where it stands.
    pub state: JobState,
}

/// Where a job stands.
#[derive(Clone, Debug)]
pub enum JobState {
    /// It is accepted; its record is not made yet.
    Accepted,
    /// It is not over. How far it is cannot be seen: its record is out of reach.
    OutOfSight,
    /// It is under way.
    Open(Box<Loaded>),
    /// It is over. Mails may still be on their way.
    Ended(Box<EndFile>),
}

impl Jobs {
    /// Looks at a job; `None` when there is none with this id.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn look(&self, job: JobId) -> Result<Option<JobView>, JobsError> {
        let Some(file) = self.store.job_file(job).await? else {
            return Ok(None);
        };
        let state = self.state(job).await?;
        Ok(Some(JobView { file, state }))
    }

    /// Where a job stands whose file is known.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn state(&self, job: JobId) -> Result<JobState, JobsError> {
        if let Some(end) = self.store.end_file(job).await? {
            return Ok(JobState::Ended(Box::new(end)));
        }
        match timeout(RECORD_TIME, self.records.store().load(job)).await {
            Ok(Ok(Some(loaded))) => Ok(JobState::Open(Box::new(loaded))),
            Ok(Ok(None)) => Ok(JobState::Accepted),
            Ok(Err(error)) => {
                tracing::warn!(job = job.tag(), %error, "the record is out of reach");
                Ok(JobState::OutOfSight)
            }
            Err(_) => {
                tracing::warn!(job = job.tag(), "the records do not answer");
                Ok(JobState::OutOfSight)
            }
        }
    }
}
