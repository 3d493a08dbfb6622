//! All open jobs and living workers, looked at no more than once a second for all pages together.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use common::{
    job::{JobId, JobRecord, Task},
    records::{
        Records, RecordsError,
        fleet::{OfferedModel, WorkerNote},
    },
};
use tokio::{sync::Mutex, time::timeout};

use crate::deadline::DEADLINE;

/// How old a look at everything may be.
const FRESH_FOR: Duration = Duration::from_secs(1);

/// An open job, as far as others have to wait for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OpenJob {
    pub(crate) job: JobId,
    /// Images that are still to be looked at; `None` while nobody has counted them.
    pub(crate) remaining: Option<u64>,
    /// Whether any image of it was looked at.
    pub(crate) has_begun: bool,
    /// Images per second of late, 0 when it stands still.
    pub(crate) speed: f64,
}

/// Everything that goes on at a moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Workload {
    /// The open jobs, the oldest first; those that were set aside are not among them.
    pub(crate) jobs: Vec<OpenJob>,
    /// Jobs that wait for the people who run the service.
    pub(crate) stuck: usize,
    /// The living workers.
    pub(crate) workers: Vec<WorkerNote>,
    /// Whether workers are to take nothing new.
    pub(crate) is_drained: bool,
    /// Whether the records answered.
    pub(crate) is_known: bool,
}

/// Looks at everything, but not for every page anew.
pub(crate) struct WorkloadWatch {
    records: Records,
    latest: Mutex<Option<(Instant, Arc<Workload>)>>,
}

impl OpenJob {
    /// A record as others see it; `None` when nothing but a mail is left to do.
    fn of(record: &JobRecord, now_ms: u64) -> Option<Self> {
        is_open(record).then(|| {
            let images = record.counts().images();
            let remaining = record.work().map(|work| work.images.saturating_sub(images));
            Self {
                job: record.job,
                remaining,
                has_begun: images > 0,
                speed: record.images_per_second(now_ms).unwrap_or_default(),
            }
        })
    }
}

/// Whether a record belongs to a job that is not over. One whose package is made again is.
pub(crate) fn is_open(record: &JobRecord) -> bool {
    record
        .tasks()
        .any(|(task, _)| !matches!(task, Task::Mail(_) | Task::Rebuild))
}

/// Whether a job waits for the people who run the service.
pub(crate) fn is_stuck(record: &JobRecord) -> bool {
    let mut tasks = record.tasks();
    tasks.any(|(task, state)| !matches!(task, Task::Mail(_)) && state.set_aside.is_some())
}

impl Workload {
    /// The models that living workers offer, each once; the service's default first.
    pub(crate) fn models(&self) -> Vec<OfferedModel> {
        let mut models: Vec<OfferedModel> = Vec::new();
        for model in self.workers.iter().flat_map(|worker| &worker.models) {
            if models.iter().all(|known| known.id != model.id) {
                models.push(model.clone());
            }
        }
        models
    }

    /// The place of a job among those that wait for their first image, from 1; `None` when it
    /// does not wait.
    pub(crate) fn position(&self, job: JobId) -> Option<usize> {
        let waiting = self.jobs.iter().filter(|open| !open.has_begun);
        waiting
            .map(|open| open.job)
            .position(|open| open == job)
            .map(|at| at + 1)
    }

    /// Seconds until the images of a job are done, from the speed of all jobs together. Jobs take
    /// turns, so until then another job gets as many images as this one, unless it has fewer.
    /// `None` while there is nothing to measure.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of images, for an estimate"
    )]
    pub(crate) fn seconds_left(&self, job: JobId) -> Option<f64> {
        let this = self.jobs.iter().find(|open| open.job == job)?.remaining?;
        let speed: f64 = self.jobs.iter().map(|open| open.speed).sum();
        let ahead: u64 = self
            .jobs
            .iter()
            .filter_map(|open| open.remaining)
            .map(|n| n.min(this))
            .sum();
        (speed > 0.0).then(|| ahead as f64 / speed)
    }
}

impl WorkloadWatch {
    /// Watches these records.
    pub(crate) fn new(records: Records) -> Self {
        Self {
            records,
            latest: Mutex::default(),
        }
    }

    /// Everything that goes on now, or did a second ago. Blank when the records do not answer.
    pub(crate) async fn now(&self) -> Arc<Workload> {
        let mut latest = self.latest.lock().await;
        if let Some((at, workload)) = &*latest
            && at.elapsed() < FRESH_FOR
        {
            return Arc::clone(workload);
        }
        let looked = timeout(DEADLINE, self.look()).await;
        let workload = match looked {
            Ok(Ok(workload)) => workload,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the records are out of reach");
                Workload::default()
            }
            Err(_) => {
                tracing::warn!("the records do not answer");
                Workload::default()
            }
        };
        let workload = Arc::new(workload);
        *latest = Some((Instant::now(), Arc::clone(&workload)));
        workload
    }

    async fn look(&self) -> Result<Workload, RecordsError> {
        let store = self.records.store();
        let mut workload = Workload {
            workers: self.records.workers().await?,
            is_drained: self.records.is_drained().await?,
            is_known: true,
            ..Workload::default()
        };
        for job in store.jobs().await? {
            let Some(loaded) = store.load(job).await? else {
                continue;
            };
            if is_stuck(&loaded.record) {
                workload.stuck += 1;
            } else {
                workload
                    .jobs
                    .extend(OpenJob::of(&loaded.record, loaded.now_ms));
            }
        }
        Ok(workload)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn open(remaining: Option<u64>, speed: f64) -> OpenJob {
        OpenJob {
            job: JobId::random().unwrap(),
            remaining,
            has_begun: speed > 0.0,
            speed,
        }
    }

    fn workload(jobs: Vec<OpenJob>) -> Workload {
        Workload {
            jobs,
            ..Workload::default()
        }
    }

    #[test]
    fn a_job_alone_takes_its_images_at_its_own_speed() {
        let all = workload(vec![open(Some(500), 10.0)]);
        assert_eq!(all.seconds_left(all.jobs[0].job), Some(50.0));
        assert_eq!(all.position(all.jobs[0].job), None);
    }

    #[test]
    fn a_small_job_beside_a_large_one_waits_for_as_much_of_it_as_it_has_itself() {
        let all = workload(vec![open(Some(100_000), 9.0), open(Some(20), 1.0)]);
        assert_eq!(all.seconds_left(all.jobs[1].job), Some(4.0));
        assert_eq!(all.seconds_left(all.jobs[0].job), Some(10_002.0));
    }

    #[test]
    fn nothing_is_promised_before_there_is_something_to_measure() {
        let all = workload(vec![open(Some(10), 0.0), open(None, 0.0)]);
        assert_eq!(all.seconds_left(all.jobs[0].job), None);
        assert_eq!(all.seconds_left(all.jobs[1].job), None);
        assert_eq!(all.position(all.jobs[1].job), Some(2));
        assert_eq!(all.seconds_left(JobId::random().unwrap()), None);
    }

    proptest! {
        #[test]
        fn who_has_more_left_waits_longer(
            jobs in prop::collection::vec((0_u64..10_000, 0.1_f64..50.0), 1..10),
        ) {
            let all = workload(jobs.iter().map(|&(n, speed)| open(Some(n), speed)).collect());
            let mut left: Vec<(u64, f64)> = all
                .jobs
                .iter()
                .map(|open| (open.remaining.unwrap(), all.seconds_left(open.job).unwrap()))
                .collect();
            left.sort_by_key(|&(remaining, _)| remaining);
            prop_assert!(left.is_sorted_by(|a, b| a.1 <= b.1));
        }
    }
}
