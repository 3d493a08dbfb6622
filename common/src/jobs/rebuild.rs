//! Making the package of a finished job again, at another threshold and with what people said.

use std::convert::Infallible;

use jiff::Timestamp;
use tokio::time::timeout;

use super::{Jobs, JobsError, RECORD_TIME};
use crate::{
    Threshold,
    job::{JobId, JobRecord, RebuildFailure, RebuildFile, Task},
    records::{ChangeError, RecordsError},
    store::{JobFolder, StoreError},
};

/// How the newest wish for another package stands.
#[derive(Clone, Debug, PartialEq)]
pub enum RebuildState {
    /// It is waiting or under way.
    Open {
        /// What was asked for.
        wish: RebuildFile,
        /// Images that are done; `None` while that cannot be seen.
        images: Option<u64>,
        /// Whether it was set aside, and waits for us.
        is_stuck: bool,
    },
    /// It could not be fulfilled.
    Failed(RebuildFailure),
    /// There is none, or it is fulfilled.
    None,
}

impl Jobs {
    /// Asks for the package of a job that is done to be made again. Once `rebuild.json` is written
    /// it will be, whatever happens then. `false` when it was asked for before and is not yet
    /// there.
    ///
    /// # Errors
    /// When the store cannot be used. Then nothing was asked for.
    pub async fn rebuild(&self, job: JobId, threshold: Threshold) -> Result<bool, StoreError> {
        let folder = JobFolder::of(job);
        if self.store.rebuild_file(job).await?.is_some() {
            return Ok(false);
        }
        // First, so that a store that refuses it is not asked for anything yet.
        self.store.remove(&folder.rebuild_failure()).await?;
        let wish = RebuildFile {
            threshold,
            asked: Timestamp::now(),
        };
        let is_new = self
            .store
            .create_json(&folder.rebuild_file(), &wish)
            .await?;
        // Somebody may have deleted the job meanwhile.
        if is_new && !self.undo_if_gone(job).await? {
            self.open_rebuild_soon(job).await;
        }
        Ok(is_new)
    }

    /// How the newest wish for another package of a job stands.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn rebuild_state(&self, job: JobId) -> Result<RebuildState, StoreError> {
        let Some(wish) = self.store.rebuild_file(job).await? else {
            let failure = JobFolder::of(job).rebuild_failure();
            let failure = self.store.get_json(&failure).await?;
            return Ok(failure.map_or(RebuildState::None, RebuildState::Failed));
        };
        let loaded = timeout(RECORD_TIME, self.records.store().load(job)).await;
        let record = match loaded {
            Ok(Ok(loaded)) => loaded.map(|loaded| loaded.record),
            Ok(Err(_)) | Err(_) => {
                return Ok(RebuildState::Open {
                    wish,
                    images: None,
                    is_stuck: false,
                });
            }
        };
        let tasks = record.iter().flat_map(JobRecord::tasks);
        let task = tasks.filter(|(task, _)| *task == Task::Rebuild).last();
        if task.is_none() {
            // Whoever asked died before the record was made, or the record was lost since.
            self.open_rebuild_soon(job).await;
        }
        Ok(RebuildState::Open {
            wish,
            images: record.as_ref().map(|record| record.counts().images()),
            is_stuck: task.is_some_and(|(_, state)| state.set_aside.is_some()),
        })
    }

    /// Opens the task; what takes longer goes on by itself, and what fails is made good later.
    async fn open_rebuild_soon(&self, job: JobId) {
        let jobs = self.clone();
        let opening = tokio::spawn(async move {
            if let Err(error) = jobs.open_rebuild(job).await {
                tracing::warn!(job = job.tag(), %error, "the new package waits for its record");
            }
        });
        let _ = timeout(RECORD_TIME, opening).await;
    }

    async fn open_rebuild(&self, job: JobId) -> Result<(), JobsError> {
        loop {
            let now_ms = self.records.store().now_ms().await?;
            if self.add(JobRecord::of_rebuild(job, now_ms), now_ms).await? {
                return Ok(());
            }
            // A mail of this job is still on its way.
            let opened = self.change_and_wake(job, |record, _| {
                record.open_rebuild();
                Ok::<(), Infallible>(())
            });
            match opened.await {
                Ok(_) => return Ok(()),
                Err(ChangeError::NoRecord) => {}
                Err(ChangeError::Records(error)) => return Err(RecordsError::into(error)),
                Err(ChangeError::Refused(never)) => match never {},
            }
        }
    }
}
