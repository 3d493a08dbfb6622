//! The moving side of a job: which tasks are open, who is at them, how far they are.
//!
//! Every change is a method here that takes the time of the record store's own clock; the
//! [stores](crate::records) only load and swap whole records. A claim carries an *epoch*, a number
//! that no earlier claim of this job had. Whoever comes back late, after a pause longer than the
//! lease, finds another epoch in the record and is refused, so nothing is ever finished twice.

mod closing;
mod pace;
mod restored;
mod stuck;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{JobId, MailKind, Task};
use crate::Counts;
pub use closing::Closing;
use pace::Pace;
pub use restored::{Progressed, Restored};

/// Workers that may die at a task, with nothing finished in its job between, before the task is
/// set aside.
pub const CRASH_LIMIT: u32 = 5;
/// The same at a shard: a picture that ends the program is found with fewer, so these are deaths of
/// machines, which may have happened before anything was finished.
pub const SHARD_CRASH_LIMIT: u32 = 20;
/// Workers that may die at a task before it is done with more care.
const CAREFUL_AFTER: u32 = 2;
/// Attempts that may end in a fault of ours before a task is set aside.
pub const FAULT_LIMIT: u32 = 12;

/// How long a task waits that a worker could not do, so that another may come first, milliseconds.
const ELSEWHERE_MS: u64 = 3_000;
/// How long workers may find that they cannot do a task, with nothing finished in its job between,
/// before it is set aside, milliseconds.
const ELSEWHERE_LIMIT_MS: u64 = 2 * 24 * 3_600_000;

/// Workers that may die at a task before it is set aside.
fn crash_limit(task: Task) -> u32 {
    match task {
        Task::Detect(_) => SHARD_CRASH_LIMIT,
        _ => CRASH_LIMIT,
    }
}

/// The open tasks of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobRecord {
    /// The job.
    pub job: JobId,
    /// When its upload was accepted, milliseconds since 1970.
    pub accepted_ms: u64,
    /// The newest claim.
    epoch: u64,
    tasks: BTreeMap<Task, TaskState>,
    work: Option<Work>,
    /// What the finished shards add up to.
    finished: Counts,
    pace: Pace,
    /// Why nothing more is done for the job, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closing: Option<Closing>,
    /// Since when it waits for the people who run the service, milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stuck_ms: Option<u64>,
}

/// How much there is to detect, and what of it is not yet open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Images, or files that may turn out to be.
    pub images: u64,
    /// Shards in all.
    pub shards: u32,
    /// Shards that are neither open nor finished, as ranges `[first, end)`.
    waiting: Vec<(u32, u32)>,
}

/// An open task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskState {
    /// Who is at it.
    lease: Option<Lease>,
    /// Workers that died at it since something was last finished in this job.
    pub crashes: u32,
    /// Attempts that ended in a fault of ours.
    pub faults: u32,
    /// Not to be taken before, milliseconds since 1970.
    pub due_ms: u64,
    /// When workers were last told of it, milliseconds since 1970.
    woken_ms: u64,
    /// Why it was set aside, if it was.
    pub set_aside: Option<String>,
    /// When a worker first found that it cannot do it, since something was last finished in this
    /// job, milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unsuited_ms: Option<u64>,
    /// How far whoever is at it has come.
    partial: Counts,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Lease {
    epoch: u64,
    worker: String,
    until_ms: u64,
}

/// The right to do a task until the lease runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The job.
    pub job: JobId,
    /// The task.
    pub task: Task,
    /// The number that later writes are checked against.
    pub epoch: u64,
    /// Workers that died at this task before.
    pub crashes: u32,
}

impl Claim {
    /// Whether earlier workers died at the task, so that it is to be done with more care.
    #[must_use]
    pub fn is_isolated(&self) -> bool {
        self.crashes >= CAREFUL_AFTER
    }
}

/// Why a task cannot be taken now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is finished, or was never open.
    #[error("the task is not open")]
    NotOpen,
    /// Another worker is at it.
    #[error("another worker is at it")]
    Held,
    /// It is to be taken later.
    #[error("the task is not due")]
    NotDue,
    /// It was set aside.
    #[error("the task was set aside")]
    SetAside,
}

/// The claim does not hold any more: its lease ran out and another worker took the task, or the
/// job was cancelled or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the task is no longer this worker's")]
pub struct Fenced;

/// How a task is given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Release {
    /// Nothing was wrong with it: this worker stops, or cannot do it.
    Untouched,
    /// Nothing was wrong with it, but this worker cannot do it, for this reason; another may, a
    /// little later.
    Elsewhere(String),
    /// Something of ours failed; it is tried again later.
    Fault(String),
}

impl JobRecord {
    /// A job whose upload was just accepted.
    #[must_use]
    pub fn accepted(job: JobId, now_ms: u64) -> Self {
        let mut record = Self::blank(job, now_ms, now_ms);
        record.open(Task::Plan);
        record.open(Task::Mail(MailKind::Accepted));
        record
    }

    /// A job that is over but for one mail.
    #[must_use]
    pub fn of_mail(job: JobId, kind: MailKind, now_ms: u64) -> Self {
        let mut record = Self::blank(job, now_ms, now_ms);
        record.open(Task::Mail(kind));
        record
    }

    /// A job that is over, and whose package is to be made again.
    #[must_use]
    pub fn of_rebuild(job: JobId, now_ms: u64) -> Self {
        let mut record = Self::blank(job, now_ms, now_ms);
        record.open_rebuild();
        record
    }

    /// The package is to be made again, whatever else is still to be done.
    pub fn open_rebuild(&mut self) {
        self.open(Task::Rebuild);
    }

    fn blank(job: JobId, accepted_ms: u64, now_ms: u64) -> Self {
        Self {
            job,
            accepted_ms,
            // Records that are made again after a loss must not repeat epochs.
            epoch: now_ms.saturating_mul(1000),
            tasks: BTreeMap::new(),
            work: None,
            finished: Counts::default(),
            pace: Pace::default(),
            closing: None,
            stuck_ms: None,
        }
    }

    /// Opens a task, unless nothing more is done for the job.
    fn open(&mut self, task: Task) {
        if self.closing.is_none() {
            self.tasks.entry(task).or_default();
        }
    }

    /// Takes a task for `lease_ms` milliseconds.
    ///
    /// # Errors
    /// When it is not to be had. A change of the record may still be in it: a task whose workers
    /// keep dying is set aside.
    pub fn claim(
        &mut self,
        task: Task,
        worker: &str,
        lease_ms: u64,
        now_ms: u64,
    ) -> Result<Claim, Refusal> {
        if self.closing.is_some() {
            return Err(Refusal::NotOpen);
        }
        let state = self.tasks.get_mut(&task).ok_or(Refusal::NotOpen)?;
        if state.set_aside.is_some() {
            return Err(Refusal::SetAside);
        }
        match &state.lease {
            Some(lease) if lease.until_ms > now_ms => return Err(Refusal::Held),
            Some(_) => state.crashes += 1,
            None if state.due_ms > now_ms => return Err(Refusal::NotDue),
            None => {}
        }
        state.partial = Counts::default();
        // If this worker dies, others are told as soon as its lease runs out.
        state.woken_ms = 0;
        if state.crashes >= crash_limit(task) {
            state.lease = None;
            state.set_aside = Some(format!("{} workers died at it", state.crashes));
            self.tell_if_stuck(now_ms);
            return Err(Refusal::SetAside);
        }
        self.epoch += 1;
        let (epoch, worker) = (self.epoch, worker.to_owned());
        state.lease = Some(Lease {
            epoch,
            worker,
            until_ms: now_ms.saturating_add(lease_ms),
        });
        Ok(Claim {
            job: self.job,
            task,
            epoch,
            crashes: state.crashes,
        })
    }

    fn held(&mut self, claim: &Claim) -> Result<&mut TaskState, Fenced> {
        if self.closing.is_some() {
            return Err(Fenced);
        }
        let state = self.tasks.get_mut(&claim.task).ok_or(Fenced)?;
        let is_holder = state.lease.as_ref().is_some_and(|l| l.epoch == claim.epoch);
        if is_holder { Ok(state) } else { Err(Fenced) }
    }

    /// Keeps a claim for `lease_ms` milliseconds from now, and says how far the task is. A lease
    /// that ran out is kept too, as long as nobody else took the task.
    ///
    /// # Errors
    /// When the task is no longer this worker's.
    pub fn renew(
        &mut self,
        claim: &Claim,
        partial: Counts,
        lease_ms: u64,
        now_ms: u64,
    ) -> Result<(), Fenced> {
        let state = self.held(claim)?;
        state.partial = partial;
        if let Some(lease) = &mut state.lease {
            lease.until_ms = now_ms.saturating_add(lease_ms);
        }
        self.pace.note(now_ms, self.counts().images());
        Ok(())
    }

    /// The worker came past what earlier ones died at. Their deaths do not set the task aside any
    /// more; it is still to be done with care.
    ///
    /// # Errors
    /// When the task is no longer this worker's.
    pub fn came_past(&mut self, claim: &Claim) -> Result<(), Fenced> {
        let state = self.held(claim)?;
        state.crashes = state.crashes.min(CAREFUL_AFTER);
        Ok(())
    }

    /// Gives a task back.
    ///
    /// # Errors
    /// When the task is no longer this worker's.
    pub fn release(&mut self, claim: &Claim, how: Release, now_ms: u64) -> Result<(), Fenced> {
        let state = self.held(claim)?;
        state.lease = None;
        state.partial = Counts::default();
        state.woken_ms = 0;
        state.due_ms = now_ms;
        match how {
            Release::Untouched => {}
            Release::Elsewhere(reason) => {
                state.due_ms = now_ms.saturating_add(ELSEWHERE_MS);
                let since = *state.unsuited_ms.get_or_insert(now_ms);
                if now_ms.saturating_sub(since) >= ELSEWHERE_LIMIT_MS {
                    state.set_aside = Some(reason);
                }
            }
            Release::Fault(reason) => {
                state.faults += 1;
                state.due_ms = now_ms.saturating_add(backoff_ms(claim.task, state.faults));
                if state.faults >= fault_limit(claim.task) {
                    state.set_aside = Some(reason);
                }
            }
        }
        self.tell_if_stuck(now_ms);
        Ok(())
    }

    /// The job is planned: at most `window` of its shards become open tasks at a time.
    ///
    /// # Errors
    /// When the task is no longer this worker's.
    pub fn planned(
        &mut self,
        claim: &Claim,
        images: u64,
        shards: u32,
        window: u32,
    ) -> Result<(), Fenced> {
        self.held(claim)?;
        self.work = Some(Work {
            images,
            shards,
            waiting: vec![(0, shards)],
        });
        self.close(claim.task, window);
        Ok(())
    }

    /// A shard is finished.
    ///
    /// # Errors
    /// When the task is no longer this worker's.
    pub fn detected(
        &mut self,
        claim: &Claim,
        counts: &Counts,
        window: u32,
        now_ms: u64,
    ) -> Result<(), Fenced> {
        self.held(claim)?;
        self.finished.merge(counts);
        self.close(claim.task, window);
        self.pace.note(now_ms, self.counts().images());
        Ok(())
    }

    /// The job is over, with this mail to send. Whatever else was open is not done any more.
    ///
    /// # Errors
    /// When the task is no longer this worker's.
    pub fn ended(&mut self, claim: &Claim, mail: MailKind) -> Result<(), Fenced> {
        self.held(claim)?;
        self.tasks.retain(|task, _| matches!(task, Task::Mail(_)));
        self.open(Task::Mail(mail));
        Ok(())
    }

    /// A mail was sent, or is not needed.
    ///
    /// # Errors
    /// When the task is no longer this worker's.
    pub fn mailed(&mut self, claim: &Claim) -> Result<(), Fenced> {
        self.remove(claim)
    }

    /// The package was made again, or cannot be.
    ///
    /// # Errors
    /// When the task is no longer this worker's.
    pub fn rebuilt(&mut self, claim: &Claim) -> Result<(), Fenced> {
        self.remove(claim)
    }

    /// Removes a task after which nothing comes.
    fn remove(&mut self, claim: &Claim) -> Result<(), Fenced> {
        self.held(claim)?;
        self.tasks.remove(&claim.task);
        Ok(())
    }

    /// Closes a finished task and opens what comes next.
    fn close(&mut self, task: Task, window: u32) {
        self.tasks.remove(&task);
        for state in self.tasks.values_mut() {
            state.crashes = 0;
            state.unsuited_ms = None;
        }
        self.open_shards(window);
    }

    /// Opens shards until `window` of them are open; when all are finished, the assembly.
    fn open_shards(&mut self, window: u32) {
        let Some(work) = &mut self.work else { return };
        let is_shard = |task: &&Task| matches!(task, Task::Detect(_));
        let mut open = self.tasks.keys().filter(is_shard).count();
        while open < window.max(1) as usize
            && let Some(shard) = work.take_shard()
        {
            self.tasks.insert(Task::Detect(shard), TaskState::default());
            open += 1;
        }
        if open == 0 {
            self.open(Task::Assemble);
        }
    }

    /// The tasks that workers should be told of: due, nobody at them, and not told of within
    /// `patience_ms`. They count as told from now on.
    pub fn wake(&mut self, patience_ms: u64, now_ms: u64) -> Vec<Task> {
        if self.closing.is_some() {
            self.leave_to_the_living(now_ms);
            return Vec::new();
        }
        // Records of older versions do not say since when they are stuck.
        self.tell_if_stuck(now_ms);
        let needs_waking = |state: &TaskState| {
            let is_free = state.lease.as_ref().is_none_or(|l| l.until_ms <= now_ms);
            state.set_aside.is_none()
                && is_free
                && state.due_ms <= now_ms
                && state.woken_ms.saturating_add(patience_ms) <= now_ms
        };
        let sleeping = self.tasks.iter_mut().filter(|(_, s)| needs_waking(s));
        sleeping
            .map(|(task, state)| {
                state.woken_ms = now_ms;
                *task
            })
            .collect()
    }

    /// Whether nothing is left to do. A deleted job is over when it was
    /// [erased](Self::erased).
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.tasks.is_empty() && self.closing != Some(Closing::Deleted)
    }

    /// The open tasks.
    pub fn tasks(&self) -> impl Iterator<Item = (Task, &TaskState)> {
        self.tasks.iter().map(|(task, state)| (*task, state))
    }

    /// How much there is to detect; `None` before the job is planned.
    #[must_use]
    pub fn work(&self) -> Option<&Work> {
        self.work.as_ref()
    }

    /// What was found so far, in finished shards and in those under way.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = self.finished.clone();
        for state in self.tasks.values() {
            counts.merge(&state.partial);
        }
        counts
    }

    /// Images per second of late; `None` before there is anything to measure.
    #[must_use]
    pub fn images_per_second(&self, now_ms: u64) -> Option<f64> {
        self.pace.images_per_second(now_ms)
    }
}

impl TaskState {
    /// The worker that is at it.
    #[must_use]
    pub fn worker(&self, now_ms: u64) -> Option<&str> {
        let lease = self.lease.as_ref().filter(|l| l.until_ms > now_ms);
        lease.map(|lease| lease.worker.as_str())
    }
}

impl Work {
    /// The next shard that is neither open nor finished.
    fn take_shard(&mut self) -> Option<u32> {
        self.waiting.retain(|(first, end)| first < end);
        let (first, _) = self.waiting.first_mut()?;
        let shard = *first;
        *first += 1;
        Some(shard)
    }
}

/// Milliseconds until a task is tried again after its `faults`-th fault. Mails wait longer (RFC
/// 5321 4.5.4.1 asks for 30 minutes, with two attempts in the first hour): a mail server that
/// refuses for now does not want to be asked every minute.
fn backoff_ms(task: Task, faults: u32) -> u64 {
    const MAIL_MINUTES: [u64; 5] = [1, 5, 15, 30, 60];
    let step = faults.saturating_sub(1) as usize;
    match task {
        Task::Mail(_) => MAIL_MINUTES.get(step).unwrap_or(&120) * 60_000,
        _ => (5_000 << step.min(7)).min(300_000),
    }
}

/// Faults of a task before it is set aside; mails are tried for about four days.
const fn fault_limit(task: Task) -> u32 {
    match task {
        Task::Mail(_) => 50,
        _ => FAULT_LIMIT,
    }
}
