//! A job that waits for the people who run the service, because a task of it was set aside.

use jiff::Timestamp;

use super::{JobRecord, TaskState};
use crate::job::{MailKind, Task};

impl JobRecord {
    /// Whether the job cannot come to its end before somebody looks after it. Mails, and packages
    /// that are made again, belong to jobs that are over.
    #[must_use]
    pub fn is_stuck(&self) -> bool {
        let mut tasks = self.tasks.iter();
        tasks.any(|(task, state)| {
            !matches!(task, Task::Mail(_) | Task::Rebuild) && state.set_aside.is_some()
        })
    }

    /// Since when the job is stuck, by the clock of the records; `None` when it is not.
    #[must_use]
    pub fn stuck_since(&self) -> Option<Timestamp> {
        let since = self.stuck_ms.filter(|_| self.is_stuck())?;
        Timestamp::from_millisecond(i64::try_from(since).ok()?).ok()
    }

    /// Takes up again what was set aside. How many tasks that were. If the job is stuck once more,
    /// its owner is told once more.
    pub fn take_up(&mut self) -> usize {
        self.stuck_ms = None;
        self.tasks.remove(&Task::Mail(MailKind::Stuck));
        let aside = self.tasks.values_mut().filter(|s| s.set_aside.is_some());
        aside.map(|state| *state = TaskState::default()).count()
    }

    /// Opens the mail that tells the job's owner, once.
    pub(super) fn tell_if_stuck(&mut self, now_ms: u64) {
        if self.stuck_ms.is_none() && self.is_stuck() {
            self.stuck_ms = Some(now_ms);
            self.open(Task::Mail(MailKind::Stuck));
        }
    }
}
