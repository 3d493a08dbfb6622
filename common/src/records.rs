//! The records of all unfinished jobs, and small notes that workers leave for each other.
//!
//! A back end ([`RedisRecords`], [`SqliteRecords`]) only loads and swaps; what a change means is decided in
//! [`JobRecord`]. A swap succeeds for one of several that try at once, the others look again.
//! Times are those of the back end's clock, so that machines need not agree about theirs.

mod error;
pub mod fleet;
mod redis;
mod revision;
mod sqlite;
mod text;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

pub use self::{redis::RedisRecords, sqlite::SqliteRecords};
use crate::job::{JobId, JobRecord};
pub use error::RecordsError;

/// How long a trial stays written.
const PROBE_LIFETIME: Duration = Duration::from_secs(10);

/// A record as it was at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The record.
    pub record: JobRecord,
    /// Which state of it this is; never the same for two states of one id.
    pub revision: u64,
    /// The back end's time, milliseconds since 1970.
    pub now_ms: u64,
}

/// Where records are kept.
#[async_trait]
pub trait RecordStore: Send + Sync {
    /// Adds a record. `false` when the job has one already.
    async fn create(&self, record: &JobRecord) -> Result<bool, RecordsError>;

    /// Loads a job's record.
    async fn load(&self, job: JobId) -> Result<Option<Loaded>, RecordsError>;

    /// Replaces a record if it is still in the state that was loaded; `None` removes it. `false`
    /// when somebody else was faster.
    async fn swap(
        &self,
        job: JobId,
        revision: u64,
        record: Option<&JobRecord>,
    ) -> Result<bool, RecordsError>;

    /// Removes a job's record, whatever its state.
    async fn remove(&self, job: JobId) -> Result<(), RecordsError>;

    /// All jobs with a record, the oldest first.
    async fn jobs(&self) -> Result<Vec<JobId>, RecordsError>;

    /// The back end's time, milliseconds since 1970.
    async fn now_ms(&self) -> Result<u64, RecordsError>;

    /// Leaves a note that disappears after `lifetime`.
    async fn leave_note(
        &self,
        key: &str,
        text: &str,
        lifetime: Duration,
    ) -> Result<(), RecordsError>;

    /// The notes whose keys begin with `prefix`, by key.
    async fn notes(&self, prefix: &str) -> Result<Vec<(String, String)>, RecordsError>;

    /// Removes a note.
    async fn remove_note(&self, key: &str) -> Result<(), RecordsError>;

    /// Makes `holder` the only holder of a role for `lifetime`, unless somebody else is. The
    /// holder may call it again to stay.
    async fn hold(
        &self,
        role: &str,
        holder: &str,
        lifetime: Duration,
    ) -> Result<bool, RecordsError>;
}

/// The records, with changes made safe against others who change them at the same time.
#[derive(Clone)]
pub struct Records(Arc<dyn RecordStore>);

/// What a change left behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed<T> {
    /// What the change gave.
    pub value: T,
    /// The record after it.
    pub record: JobRecord,
    /// The back end's time, milliseconds since 1970.
    pub now_ms: u64,
}

/// Why a record was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError<E> {
    /// The job has no record: it is over, or was deleted.
    #[error("the job has no record")]
    NoRecord,
    /// The record does not allow it.
    #[error(transparent)]
    Refused(E),
    /// The back end failed.
    #[error(transparent)]
    Records(#[from] RecordsError),
}

impl Records {
    /// Records in a back end.
    #[must_use]
    pub fn new(store: Arc<dyn RecordStore>) -> Self {
        Self(store)
    }

    /// The back end.
    #[must_use]
    pub fn store(&self) -> &dyn RecordStore {
        &*self.0
    }

    /// Tries whether the back end answers and can be written. `who` is the same for whoever tries
    /// it again; what is written disappears by itself.
    ///
    /// # Errors
    /// When it does not, or refuses.
    pub async fn probe(&self, who: &str) -> Result<(), RecordsError> {
        let key = format!("probe:{who}");
        self.0.leave_note(&key, "", PROBE_LIFETIME).await
    }

    /// Changes a job's record. `change` gets the back end's time and may be called several times.
    /// A record that is over after the change is removed. What `change` did to the record is kept
    /// also when it refuses.
    ///
    /// # Errors
    /// When there is no record, `change` refuses, or the back end fails.
    pub async fn change<T, E>(
        &self,
        job: JobId,
        mut change: impl FnMut(&mut JobRecord, u64) -> Result<T, E>,
    ) -> Result<Changed<T>, ChangeError<E>> {
        loop {
            let loaded = self.0.load(job).await?.ok_or(ChangeError::NoRecord)?;
            let (mut record, now_ms) = (loaded.record.clone(), loaded.now_ms);
            let result = change(&mut record, now_ms);
            let next = Some(&record).filter(|record| !record.is_over());
            let is_changed = record != loaded.record;
            if is_changed && !self.0.swap(job, loaded.revision, next).await? {
                continue;
            }
            return match result {
                Ok(value) => Ok(Changed {
                    value,
                    record,
                    now_ms,
                }),
                Err(refusal) => Err(ChangeError::Refused(refusal)),
            };
        }
    }
}
