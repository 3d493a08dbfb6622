//! Where a job stands, as pages, JSON and live events all tell it.

use common::{
    Category, Counts,
    job::{EndFile, JobId, JobRecord, Outcome},
    jobs::{JobState, JobView},
    records::Loaded,
};
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use crate::{
    stage::Stage,
    workload::{self, Workload},
};

/// Where a job stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JobStatus {
    /// How far it is.
    pub stage: Stage,
    /// When the upload was accepted.
    pub accepted: Timestamp,
    /// Its place among the jobs that wait for their first turn, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
    /// Images in all, once they are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<u64>,
    /// Images that were looked at, readable or not.
    pub images_done: u64,
    /// Images per second of late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images_per_second: Option<f64>,
    /// Seconds until the images are done, as far as that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<u64>,
    /// What was found so far.
    pub found: Found,
    /// Whether a worker is there to do it; `None` when that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_workers: Option<bool>,
    /// When everything of it is deleted, if it waits for the people who run the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_until: Option<Timestamp>,
    /// What came of it, once it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Images with an animal.
    pub animal: u64,
    /// Images with a person.
    pub person: u64,
    /// Images with a vehicle.
    pub vehicle: u64,
    /// Images with none of these.
    pub blank: u64,
    /// Images that could not be read.
    pub failed: u64,
    /// Files that are no images.
    pub skipped: u64,
}

/// What came of a job.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct End {
    /// When it was over.
    pub ended: Timestamp,
    /// When everything of it is deleted.
    pub expires: Timestamp,
    /// Size of the package in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_bytes: Option<u64>,
    /// BLAKE3 of the package in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_blake3: Option<String>,
    /// The model's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The threshold that counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// What was wrong with the upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejection: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<&'static str>,
}

impl From<&Counts> for Found {
    fn from(counts: &Counts) -> Self {
        let with = |category| {
            counts
                .images_with
                .get(&category)
                .copied()
                .unwrap_or_default()
        };
        Self {
            animal: with(Category::Animal),
            person: with(Category::Person),
            vehicle: with(Category::Vehicle),
            blank: counts.blank,
            failed: counts.failed,
            skipped: counts.skipped,
        }
    }
}

impl JobStatus {
    /// Where a job stands among all that goes on.
    pub(crate) fn of(view: &JobView, workload: &Workload, retention_days: u16) -> Self {
        let blank = Self {
            stage: Stage::Waiting,
            accepted: view.file.accepted,
            position: None,
            images: None,
            images_done: 0,
            images_per_second: None,
            seconds_left: None,
            found: Found::default(),
            has_workers: workload.is_known.then_some(!workload.workers.is_empty()),
            kept_until: None,
            end: None,
        };
        match &view.state {
            JobState::Accepted => blank,
            JobState::OutOfSight => Self {
                stage: Stage::OutOfSight,
                ..blank
            },
            JobState::Open(loaded) => Self {
                kept_until: loaded
                    .record
                    .stuck_since()
                    .map(|since| expiry(since, retention_days)),
                ..blank.open(view.file.id, loaded, workload)
            },
            JobState::Ended(end) => blank.ended(end, retention_days),
        }
    }

    fn open(self, job: JobId, loaded: &Loaded, workload: &Workload) -> Self {
        let record = &loaded.record;
        let counts = record.counts();
        let stage = stage_of(record, loaded.now_ms);
        let is_detecting = stage == Stage::Detecting;
        Self {
            stage,
            position: workload.position(job).filter(|_| stage == Stage::Waiting),
            images: record.work().map(|work| work.images),
            images_done: counts.images(),
            images_per_second: record
                .images_per_second(loaded.now_ms)
                .filter(|_| is_detecting)
                .map(one_decimal),
            seconds_left: workload
                .seconds_left(job)
                .filter(|_| matches!(stage, Stage::Waiting | Stage::Detecting))
                .map(whole_seconds),
            found: Found::from(&counts),
            ..self
        }
    }

    fn ended(self, end: &EndFile, retention_days: u16) -> Self {
        let mut public_end = End {
            ended: end.ended,
            expires: expiry(end.ended, retention_days),
            package_bytes: None,
            package_blake3: None,
            model: None,
            threshold: None,
            rejection: None,
            advice: None,
        };
        let mut status = self;
        status.stage = match &end.outcome {
            Outcome::Done(facts) => {
                public_end.package_bytes = Some(facts.package_bytes);
                public_end.package_blake3 = Some(facts.package_blake3.clone());
                public_end.model = Some(facts.model.clone());
                public_end.threshold = Some(facts.threshold.value());
                status.images = Some(facts.counts.images());
                status.images_done = facts.counts.images();
                status.found = Found::from(&facts.counts);
                Stage::Done
            }
            Outcome::Rejected(rejection) => {
                public_end.rejection = Some(rejection.detail.clone());
                public_end.advice = Some(rejection.code.advice());
                Stage::Rejected
            }
            Outcome::Cancelled => Stage::Cancelled,
        };
        status.end = Some(public_end);
        status
    }
}

/// When everything of a job is deleted that was over, or could not go on, at a moment.
fn expiry(moment: Timestamp, retention_days: u16) -> Timestamp {
    let expires = moment.checked_add((i64::from(retention_days) * 24).hours());
    expires.unwrap_or(Timestamp::MAX)
}

fn stage_of(record: &JobRecord, now_ms: u64) -> Stage {
    if workload::is_stuck(record) {
        return Stage::Stuck;
    }
    let is_held = |task| {
        let mut tasks = record.tasks();
        tasks.any(|(open, state)| open == task && state.worker(now_ms).is_some())
    };
    match record.work() {
        None if is_held(common::job::Task::Plan) => Stage::Planning,
        None => Stage::Waiting,
        Some(_)
            if record
                .tasks()
                .any(|(task, _)| task == common::job::Task::Assemble) =>
        {
            Stage::Assembling
        }
        Some(_) => {
            let is_begun = record.counts().images() > 0
                || record
                    .tasks()
                    .any(|(_, state)| state.worker(now_ms).is_some());
            if is_begun {
                Stage::Detecting
            } else {
                Stage::Waiting
            }
        }
    }
}

fn one_decimal(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float turns into the nearest integer that there is"
)]
fn whole_seconds(value: f64) -> u64 {
    value.ceil() as u64
}
