//! Which jobs were there a moment ago.
//!
//! A page of results asks for many pictures at once, and a browser that has them asks whether they
//! still hold. Each answer needs to know that the job was not deleted, and nothing else of the
//! store; so the store is asked once for all of them.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use common::{
    job::JobId,
    store::{Store, StoreError},
};

/// How long a job counts as there after the store was asked. One that is deleted by this process is
/// gone at once; by another, after this time.
const HOLDS_FOR: Duration = Duration::from_secs(1);

/// Which jobs were there a moment ago.
pub(crate) struct JobExistenceCache {
    store: Store,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    at: HashMap<JobId, Instant>,
    /// Jobs that were deleted; what was asked before may not hold after it.
    deleted: u64,
}

impl JobExistenceCache {
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            seen: Mutex::default(),
        }
    }

    /// Whether a job is there.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn is_there(&self, job: JobId) -> Result<bool, StoreError> {
        let asked = Instant::now();
        let deleted = {
            let seen = self.seen();
            let at = seen.at.get(&job);
            if at.is_some_and(|at| asked.duration_since(*at) < HOLDS_FOR) {
                return Ok(true);
            }
            seen.deleted
        };
        let is_there = self.store.is_job(job).await?;
        let mut seen = self.seen();
        seen.at
            .retain(|_, at| asked.duration_since(*at) < HOLDS_FOR);
        if is_there && seen.deleted == deleted {
            seen.at.insert(job, asked);
        }
        Ok(is_there)
    }

    /// The job was deleted.
    pub(crate) fn forget(&self, job: JobId) {
        let mut seen = self.seen();
        seen.deleted += 1;
        seen.at.remove(&job);
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
