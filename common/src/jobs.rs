//! What can be done with jobs: submit, look at, cancel, delete, bring back.
//!
//! Order is everything here. What a crash leaves between two steps is either no job at all, or
//! one that [restoring](Jobs::restore_all) brings back.

mod deletion;
mod rebuild;
mod restore;
mod view;

use std::{path::PathBuf, time::Duration};

use jiff::Timestamp;
use tokio::time::timeout;

pub use rebuild::RebuildState;
pub use view::{JobState, JobView};

use crate::{
    config::{MailRoute, ServiceConfig},
    job::{Closing, EndFile, JobFile, JobId, JobRecord, MailKind, Outcome, Task},
    queue::{self, Queue, WakeUp},
    records::{ChangeError, Changed, Records, RecordsError},
    store::{JobFolder, Store, StoreError},
};

/// How long a record may keep somebody waiting who can do without: to see how far a job is, or to
/// hear that one is accepted. A page waits for two such things at most, and people for two seconds.
pub const RECORD_TIME: Duration = Duration::from_millis(800);
/// How long a woken worker may take before others are woken, milliseconds.
const PATIENCE_MS: u64 = 30_000;
/// The same while other wake-ups wait in the queue: then it is not lost, but waits its turn.
const BUSY_PATIENCE_MS: u64 = 15 * 60_000;

/// All jobs of the service: their files, their records, and the queue that wakes workers.
#[derive(Clone)]
pub struct Jobs {
    /// The files.
    pub store: Store,
    /// The records.
    pub records: Records,
    /// The queue.
    pub queue: Queue,
    /// Where mails lie as files, if they are not sent.
    pub mail_folder: Option<PathBuf>,
}

/// Something that every job needs cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// The files.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The records or the queue.
    #[error(transparent)]
    Records(#[from] RecordsError),
}

impl Jobs {
    /// Opens everything.
    ///
    /// # Errors
    /// When the store or the queue cannot be used.
    pub async fn open(config: &ServiceConfig) -> Result<Self, JobsError> {
        let store = Store::open(&config.store)?;
        let (records, queue) = queue::open(&config.queue).await?;
        Ok(Self {
            store,
            records,
            queue,
            mail_folder: match &config.mail {
                MailRoute::Folder(folder) => Some(folder.clone()),
                MailRoute::Smtp { .. } => None,
            },
        })
    }

    /// Makes a job of an upload whose files are in the store. Once `job.json` is written the job
    /// is accepted, whatever happens then: if the records are out of reach now, a worker makes
    /// its record from the folder later.
    ///
    /// # Errors
    /// When `job.json` cannot be written. Then there is no job.
    pub async fn submit(&self, file: &JobFile) -> Result<(), JobsError> {
        let folder = JobFolder::of(file.id);
        self.store.put_json(&folder.job_file(), file).await?;
        let (jobs, job) = (self.clone(), file.id);
        let beginning = tokio::spawn(async move {
            if let Err(error) = jobs.begin(job).await {
                tracing::warn!(job = job.tag(), %error, "the job waits for its record");
            }
        });
        // What takes longer goes on by itself.
        let _ = timeout(RECORD_TIME, beginning).await;
        Ok(())
    }

    async fn begin(&self, job: JobId) -> Result<(), RecordsError> {
        let now_ms = self.records.store().now_ms().await?;
        self.add(JobRecord::accepted(job, now_ms), now_ms).await?;
        Ok(())
    }

    /// Adds a record, unless there is one, and wakes workers for its tasks.
    async fn add(&self, mut record: JobRecord, now_ms: u64) -> Result<bool, RecordsError> {
        let tasks = record.wake(PATIENCE_MS, now_ms);
        let is_new = self.records.store().create(&record).await?;
        if is_new {
            self.wake(record.job, &tasks).await;
        }
        Ok(is_new)
    }

    /// Puts a mail about a job that is over into the queue.
    ///
    /// # Errors
    /// When the records cannot be used.
    pub async fn send_mail(&self, job: JobId, kind: MailKind) -> Result<bool, JobsError> {
        let now_ms = self.records.store().now_ms().await?;
        let record = JobRecord::of_mail(job, kind, now_ms);
        Ok(self.add(record, now_ms).await?)
    }

    /// Wakes workers. What cannot be put into the queue now is woken again later.
    pub async fn wake(&self, job: JobId, tasks: &[Task]) {
        for &task in tasks {
            if let Err(error) = self.queue.wake(WakeUp { job, task }).await {
                tracing::warn!(job = job.tag(), %task, %error, "the queue takes no wake-ups");
            }
        }
    }

    /// Changes a job's record and wakes workers for what is to be done then.
    ///
    /// # Errors
    /// As [`Records::change`].
    pub async fn change_and_wake<E>(
        &self,
        job: JobId,
        mut change: impl FnMut(&mut JobRecord, u64) -> Result<(), E>,
    ) -> Result<Changed<Vec<Task>>, ChangeError<E>> {
        let changed = self.records.change(job, |record, now_ms| {
            change(record, now_ms)?;
            Ok(record.wake(PATIENCE_MS, now_ms))
        });
        let changed = changed.await?;
        self.wake(job, &changed.value).await;
        Ok(changed)
    }

    /// Stops a job for ever, and keeps what it found so far. `false` when it was over before.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn cancel(&self, job: JobId) -> Result<bool, JobsError> {
        let end = EndFile {
            ended: Timestamp::now(),
            outcome: Outcome::Cancelled,
        };
        let end_file = JobFolder::of(job).end_file();
        let is_first = self.store.create_json(&end_file, &end).await?;
        if is_first {
            // Workers that are at it are told at their next sign of life, and stop.
            self.close_soon(job, Closing::Cancelled).await;
            // Somebody may have deleted it a moment before.
            self.undo_if_gone(job).await?;
        }
        Ok(is_first)
    }
}
