//! Bringing back what was lost: records from the folders of jobs, wake-ups from the records.

use std::collections::HashSet;

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{BUSY_PATIENCE_MS, Jobs, JobsError, PATIENCE_MS};
use crate::{
    Counts,
    job::{JobId, JobRecord, Lane, MailKind, Progressed, Restored, ShardFacts},
    records::{ChangeError, RecordsError},
    store::{JobFolder, StoreError},
};

/// Jobs that the store is asked about at a time.
const AT_ONCE: usize = 16;

/// What a folder turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// An upload that is not a job, or not yet.
    NoJob,
    /// A job with nothing left to do.
    Over,
    /// A job that had lost its record, and has one now.
    Lost,
    /// A job whose record somebody else made meanwhile.
    WithRecord,
}

impl Jobs {
    /// Makes the records of all unfinished jobs that have none. How many that were.
    ///
    /// # Errors
    /// When the store or the records cannot be used.
    pub async fn restore_all(&self) -> Result<usize, JobsError> {
        self.restore_all_but(&mut HashSet::new()).await
    }

    /// The same, without looking at jobs that are known to be over. Those that are found to be over
    /// are added to them; one that has a record again is no longer among them.
    ///
    /// # Errors
    /// As [`Self::restore_all`].
    pub async fn restore_all_but(&self, over: &mut HashSet<JobId>) -> Result<usize, JobsError> {
        let with_record: HashSet<JobId> = self.records.store().jobs().await?.into_iter().collect();
        over.retain(|job| !with_record.contains(job));
        let mut restored = 0;
        for job in self.store.jobs().await? {
            if with_record.contains(&job) || over.contains(&job) {
                continue;
            }
            match self.try_to_restore(job).await {
                Ok(Found::Lost) => restored += 1,
                Ok(Found::Over) => drop(over.insert(job)),
                Ok(Found::NoJob | Found::WithRecord) => {}
                // One damaged job must not keep all others from being restored.
                Err(JobsError::Store(error @ StoreError::Unreadable { .. })) => {
                    tracing::error!(job = job.tag(), %error, "the job cannot be restored");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(restored)
    }

    /// Makes the record of a job from its folder, if it has none and something is left to do.
    ///
    /// # Errors
    /// When the store or the records cannot be used.
    pub async fn restore(&self, job: JobId) -> Result<bool, JobsError> {
        Ok(self.try_to_restore(job).await? == Found::Lost)
    }

    async fn try_to_restore(&self, job: JobId) -> Result<Found, JobsError> {
        let Some(found) = self.find_out(job).await? else {
            return Ok(Found::NoJob);
        };
        let now_ms = self.records.store().now_ms().await?;
        let record = JobRecord::restored(found, self.records.window().await?, now_ms);
        if record.is_over() {
            return Ok(Found::Over);
        }
        if self.add(record, now_ms).await? {
            tracing::info!(job = job.tag(), "the record was lost and is made again");
            return Ok(Found::Lost);
        }
        Ok(Found::WithRecord)
    }

    /// What the folder of a job says; `None` when it is no job.
    async fn find_out(&self, job: JobId) -> Result<Option<Restored>, JobsError> {
        let Some(file) = self.store.job_file(job).await? else {
            return Ok(None);
        };
        let (folder, mut mailed) = (JobFolder::of(job), Vec::new());
        for kind in MailKind::ALL {
            if self.store.find(&folder.mail(kind)).await?.is_some() {
                mailed.push(kind);
            }
        }
        let accepted_ms = u64::try_from(file.accepted.as_millisecond()).unwrap_or_default();
        Ok(Some(Restored {
            job,
            accepted_ms,
            progressed: self.progressed(job).await?,
            mailed,
            wants_rebuild: self.wants_rebuild(job).await?,
        }))
    }

    /// Takes the jobs whose packages are to be made again out of those that are known to be over:
    /// their records may be lost. To be done now and then, since it asks the store about each.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recall_rebuilds(&self, over: &mut HashSet<JobId>) -> Result<(), StoreError> {
        let asked = stream::iter(over.clone()).map(|job| async move {
            let wanted = self.wants_rebuild(job).await?;
            Ok::<_, StoreError>(wanted.then_some(job))
        });
        let wanted: Vec<Option<JobId>> = asked.buffer_unordered(AT_ONCE).try_collect().await?;
        for job in wanted.into_iter().flatten() {
            over.remove(&job);
        }
        Ok(())
    }

    async fn wants_rebuild(&self, job: JobId) -> Result<bool, StoreError> {
        let key = JobFolder::of(job).rebuild_file();
        Ok(self.store.find(&key).await?.is_some())
    }

    async fn progressed(&self, job: JobId) -> Result<Progressed, JobsError> {
        if let Some(end) = self.store.end_file(job).await? {
            return Ok(Progressed::Ended(end.outcome));
        }
        let Some(plan) = self.store.plan_file(job).await? else {
            return Ok(Progressed::Accepted);
        };
        let (mut finished, mut counts) = (Vec::new(), Counts::default());
        let folder = JobFolder::of(job);
        for file in self.store.list(&folder.shards()).await? {
            let Some(number) = JobFolder::shard_number(&file.location) else {
                continue;
            };
            let facts: Option<ShardFacts> = self.store.get_json(&file.location).await?;
            if let Some(facts) = facts {
                finished.push(number);
                counts.merge(&facts.counts);
            }
        }
        finished.sort_unstable();
        Ok(Progressed::Planned {
            images: plan.images,
            shards: u32::try_from(plan.shards.len()).unwrap_or(u32::MAX),
            finished,
            counts,
        })
    }

    /// Wakes workers for tasks that are due and that nobody is at: a worker died, a wake-up was
    /// lost, a pause is over. How many wake-ups that were.
    ///
    /// # Errors
    /// When the records or the queue cannot be used.
    pub async fn wake_due(&self) -> Result<usize, JobsError> {
        let mut is_busy = false;
        for lane in Lane::ALL {
            is_busy |= self.queue.depth(lane).await? > 0;
        }
        let patience_ms = if is_busy {
            BUSY_PATIENCE_MS
        } else {
            PATIENCE_MS
        };
        self.wake_after(patience_ms).await
    }

    /// Wakes workers for all tasks that are due, also where they were woken a moment ago.
    ///
    /// # Errors
    /// As [`Self::wake_due`].
    pub async fn wake_all(&self) -> Result<usize, JobsError> {
        self.wake_after(0).await
    }

    async fn wake_after(&self, patience_ms: u64) -> Result<usize, JobsError> {
        let mut woken = 0;
        for job in self.records.store().jobs().await? {
            let changed = self.records.change(job, |record, now_ms| {
                Ok::<_, std::convert::Infallible>(record.wake(patience_ms, now_ms))
            });
            match changed.await {
                Ok(changed) if changed.record.is_to_be_erased() => {
                    // Whoever was at it died, or could not clean up.
                    if let Err(error) = self.erase_for_good(job).await {
                        tracing::warn!(job = job.tag(), %error, "a deleted job is still there");
                    }
                }
                Ok(changed) => {
                    woken += changed.value.len();
                    self.wake(job, &changed.value).await;
                }
                Err(ChangeError::NoRecord) => {}
                Err(ChangeError::Records(error @ RecordsError::Unreadable { .. })) => {
                    tracing::error!(%error, "the job waits for whoever can read its record");
                }
                Err(ChangeError::Records(error)) => return Err(error.into()),
                Err(ChangeError::Refused(never)) => match never {},
            }
        }
        Ok(woken)
    }
}
