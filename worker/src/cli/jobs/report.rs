//! A job as the administrator sees it.

use std::{collections::BTreeMap, fmt};

use common::{
    config::ServiceConfig,
    job::{EndFile, JobId, JobRecord, MailKind, Outcome, Task},
    jobs::{JobState, Jobs},
    store::{JobFolder, StoreError},
};
use indicatif::DecimalBytes;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::mail::MailNote;

/// A job as the administrator sees it. Only its tag may be told to others.
#[derive(Debug, Serialize)]
pub(super) struct JobReport {
    id: JobId,
    /// As logs and downloads name it.
    tag: String,
    stage: &'static str,
    pub(super) accepted: Timestamp,
    /// Files that were uploaded.
    uploads: usize,
    /// Their bytes.
    size_bytes: u64,
    /// The model that was used, or will be; `None` for the worker's default.
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    images: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    images_done: Option<u64>,
    /// Tasks that were set aside.
    pub(super) set_aside: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ended: Option<Timestamp>,
    /// When everything of it is deleted; `None` while it is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
    /// What became of each mail.
    mails: BTreeMap<&'static str, String>,
}

impl JobReport {
    /// Looks at a job; `None` when there is none with this id.
    pub(super) async fn of(
        jobs: &Jobs,
        config: &ServiceConfig,
        id: JobId,
    ) -> anyhow::Result<Option<Self>> {
        let Some(view) = jobs.look(id).await? else {
            return Ok(None);
        };
        let chosen = view.file.options.model.as_ref().map(ToString::to_string);
        let planned = match (&chosen, &view.state) {
            // A plan that cannot be read names no model; its tasks say what is wrong.
            (None, JobState::Open(_)) => {
                jobs.store.plan_file(id).await.or_else(unless_unreadable)?
            }
            _ => None,
        };
        let mut report = Self {
            id,
            tag: id.tag(),
            stage: "accepted",
            accepted: view.file.accepted,
            uploads: view.file.uploads.len(),
            size_bytes: view.file.uploads.iter().map(|file| file.size_bytes).sum(),
            model: chosen.or_else(|| planned.map(|plan| plan.model.to_string())),
            images: None,
            images_done: None,
            set_aside: 0,
            ended: None,
            expires: None,
            mails: sent(jobs, id).await?,
        };
        match &view.state {
            JobState::Accepted => {}
            JobState::OutOfSight => report.stage = "unknown",
            JobState::Open(loaded) => report.open(&loaded.record, config),
            JobState::Ended(end) => {
                report.end(end, config);
                // What is left to do for a job that is over: mails, and another package.
                let loaded = jobs.records.store().load(id).await?;
                if let Some(loaded) = loaded {
                    report.remaining(&loaded.record);
                }
            }
        }
        Ok(Some(report))
    }

    fn open(&mut self, record: &JobRecord, config: &ServiceConfig) {
        self.stage = match record.work() {
            _ if record.is_stuck() => "stuck",
            None => "planning",
            Some(_) => "detecting",
        };
        self.images = record.work().map(|work| work.images);
        self.images_done = Some(record.counts().images());
        self.expires = record.stuck_since().and_then(|at| expiry(at, config));
        self.remaining(record);
    }

    fn end(&mut self, end: &EndFile, config: &ServiceConfig) {
        self.ended = Some(end.ended);
        self.expires = expiry(end.ended, config);
        self.stage = match &end.outcome {
            Outcome::Done(facts) => {
                self.model = Some(facts.model.clone());
                self.images = Some(facts.counts.images());
                self.images_done = self.images;
                "done"
            }
            Outcome::Rejected(_) => "rejected",
            Outcome::Cancelled => "cancelled",
        };
    }

    /// Tasks that were set aside, and mails that wait.
    fn remaining(&mut self, record: &JobRecord) {
        for (task, state) in record.tasks() {
            self.set_aside += usize::from(state.set_aside.is_some());
            if let Task::Mail(kind) = task {
                let waits = match &state.set_aside {
                    Some(_) => "set aside".to_owned(),
                    None if state.faults > 0 => format!("waits after {} faults", state.faults),
                    None => "waits".to_owned(),
                };
                self.mails.entry(kind.name()).or_insert(waits);
            }
        }
    }
}

/// The mails that were sent, or refused for good.
async fn sent(jobs: &Jobs, id: JobId) -> anyhow::Result<BTreeMap<&'static str, String>> {
    let folder = JobFolder::of(id);
    let there = jobs.store.list(&folder.mails()).await?;
    let mut mails = BTreeMap::new();
    for kind in MailKind::ALL {
        let key = folder.mail(kind);
        if there.iter().all(|file| file.location != key) {
            continue;
        }
        let note: Option<MailNote> = jobs.store.get_json(&key).await?;
        if let Some(note) = note {
            let became = note.refused.map_or("sent", |_| "refused");
            mails.insert(kind.name(), became.to_owned());
        }
    }
    Ok(mails)
}

/// A file that cannot be read counts as none.
fn unless_unreadable<T>(error: StoreError) -> Result<Option<T>, StoreError> {
    match error {
        StoreError::Unreadable { .. } => Ok(None),
        error => Err(error),
    }
}

/// When everything is deleted of a job that was over, or could not go on, at a moment.
fn expiry(moment: Timestamp, config: &ServiceConfig) -> Option<Timestamp> {
    let retention = SignedDuration::from_hours(24 * i64::from(config.retention_days));
    moment.checked_add(retention).ok()
}

/// One line.
impl fmt::Display for JobReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |n: Option<u64>| n.map_or("-".to_owned(), |n| n.to_string());
        let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
        write!(
            f,
            "{}  {}  {:<9} {:>8} of {:>8} images  {:>10}  {}  accepted {}",
            self.id,
            self.tag,
            self.stage,
            number(self.images_done),
            number(self.images),
            DecimalBytes(self.size_bytes).to_string(),
            self.model.as_deref().unwrap_or("default model"),
            self.accepted.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )?;
        if let Some(expires) = self.expires {
            write!(f, "  deleted on {}", day(expires))?;
        }
        let mails: Vec<String> = self
            .mails
            .iter()
            .map(|(kind, state)| format!("{kind} {state}"))
            .collect();
        if !mails.is_empty() {
            write!(f, "  mails: {}", mails.join(", "))?;
        }
        write!(f, "  set aside: {}", self.set_aside)
    }
}
