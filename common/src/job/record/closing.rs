//! The record of a job for which nothing more is done: it was stopped, or deleted.
//!
//! Workers that have a task of it in hand do not know yet, and may still write into its folder. So
//! its record stays until the last of them has left, or has died: whose lease has run out, writes
//! no more.

use serde::{Deserialize, Serialize};

use super::{Claim, JobRecord, TaskState};

/// Why nothing more is done for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closing {
    /// It was stopped; what was found so far stays.
    Cancelled,
    /// It was deleted; nothing of it may stay.
    Deleted,
}

impl JobRecord {
    /// The record of a deleted job that had none.
    #[must_use]
    pub fn of_deleted(job: super::JobId, now_ms: u64) -> Self {
        let mut record = Self::blank(job, now_ms, now_ms);
        record.closing = Some(Closing::Deleted);
        record
    }

    /// Nothing more is begun for the job. Whoever has a task of it in hand is told so at the next
    /// sign of life.
    pub fn wind_up(&mut self, closing: Closing, now_ms: u64) {
        // A job that was stopped can be deleted, and not the other way round.
        self.closing = self.closing.max(Some(closing));
        self.leave_to_the_living(now_ms);
    }

    /// Forgets all tasks that nobody is at.
    pub(super) fn leave_to_the_living(&mut self, now_ms: u64) {
        let is_at_it = |state: &TaskState| state.worker(now_ms).is_some();
        self.tasks.retain(|_, state| is_at_it(state));
    }

    /// A worker has left a task of a job for which nothing more is done, and cleaned up behind
    /// itself.
    pub fn left(&mut self, claim: &Claim) {
        let state = self.tasks.get(&claim.task);
        let lease = state.and_then(|state| state.lease.as_ref());
        if self.closing.is_some() && lease.is_some_and(|lease| lease.epoch == claim.epoch) {
            self.tasks.remove(&claim.task);
        }
    }

    /// Whether the job was deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.closing == Some(Closing::Deleted)
    }

    /// Whether the job was deleted and no worker has a task of it in hand any more: what is left of
    /// it can be erased for good.
    #[must_use]
    pub fn is_to_be_erased(&self) -> bool {
        self.is_deleted() && self.tasks.is_empty()
    }

    /// Everything of a deleted job is erased: its record can go too, if it is to be erased.
    pub fn erased(&mut self) {
        if self.is_to_be_erased() {
            self.closing = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{MailKind, Refusal, Task},
        *,
    };
    use crate::job::{Fenced, JobId, Release};

    const LEASE: u64 = 60_000;

    fn accepted() -> JobRecord {
        JobRecord::accepted(JobId::random().unwrap(), 0)
    }

    #[test]
    fn a_job_that_nobody_is_at_is_closed_at_once() {
        let (mut stopped, mut deleted) = (accepted(), accepted());
        stopped.wind_up(Closing::Cancelled, 0);
        assert!(stopped.is_over());
        deleted.wind_up(Closing::Deleted, 0);
        assert!(deleted.is_to_be_erased() && !deleted.is_over());
        deleted.erased();
        assert!(deleted.is_over());
    }

    #[test]
    fn the_record_waits_for_the_last_who_is_at_it() {
        let mut record = accepted();
        let plan = record.claim(Task::Plan, "a", LEASE, 0).unwrap();
        let mail = Task::Mail(MailKind::Accepted);
        let other = record.claim(mail, "b", LEASE, 0).unwrap();
        record.wind_up(Closing::Deleted, 1);
        record.wind_up(Closing::Cancelled, 1);
        assert!(record.is_deleted() && !record.is_to_be_erased());
        assert_eq!(
            record.claim(mail, "c", LEASE, 2 * LEASE),
            Err(Refusal::NotOpen)
        );
        assert_eq!(record.planned(&plan, 1, 1, 1), Err(Fenced));
        assert_eq!(record.release(&plan, Release::Untouched, 1), Err(Fenced));
        record.open_rebuild();
        record.left(&plan);
        assert!(!record.is_to_be_erased());
        record.erased();
        record.left(&other);
        assert!(record.is_to_be_erased() && !record.is_over());
        record.erased();
        assert!(record.is_over());
    }

    #[test]
    fn who_died_is_not_waited_for_beyond_the_lease() {
        for (closing, is_over) in [(Closing::Cancelled, true), (Closing::Deleted, false)] {
            let mut record = accepted();
            record.claim(Task::Plan, "a", LEASE, 0).unwrap();
            record.wind_up(closing, 1);
            assert_eq!(record.wake(0, LEASE - 1), []);
            assert!(!record.is_over() && !record.is_to_be_erased());
            assert_eq!(record.wake(0, LEASE), []);
            assert_eq!(
                (record.is_over(), record.is_to_be_erased()),
                (is_over, !is_over)
            );
        }
    }

    #[test]
    fn an_open_job_cannot_be_left() {
        let mut record = accepted();
        let plan = record.claim(Task::Plan, "a", LEASE, 0).unwrap();
        record.left(&plan);
        assert_eq!(record.planned(&plan, 1, 1, 1), Ok(()));
        let text = serde_json::to_string(&record).unwrap();
        assert!(!text.contains("closing"), "older workers read it: {text}");
    }
}
