//! The steps of a job that workers take one by one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::JobId;

/// A step of a job. Every step may be taken twice without harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Task {
    /// List the upload and cut it into shards.
    Plan,
    /// Look at the images of the shard with this number.
    Detect(u32),
    /// Merge the shards into the package.
    Assemble,
    /// Make the package again from what was kept.
    Rebuild,
    /// Send a mail.
    Mail(MailKind),
}

/// A mail about a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailKind {
    /// The upload was accepted.
    Accepted,
    /// The results are there.
    Done,
    /// The upload cannot be used.
    Failed,
    /// Something of ours failed for good, and people must look after it.
    Stuck,
    /// The results will be deleted soon.
    Expiring,
}

/// Which of a worker's two queues a task waits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Detecting, one shard at a time for each device.
    Detect,
    /// Everything else; it needs no model and waits behind no shard.
    Control,
}

impl Lane {
    /// Both queues.
    pub const ALL: [Self; 2] = [Self::Detect, Self::Control];

    /// Its name, as in the queue's keys and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Control => "desk",
        }
    }
}

impl MailKind {
    /// All mails.
    pub const ALL: [Self; 5] = [
        Self::Accepted,
        Self::Done,
        Self::Failed,
        Self::Stuck,
        Self::Expiring,
    ];

    /// Its name, as in file names and tasks.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Stuck => "stuck",
            Self::Expiring => "expiring",
        }
    }

    /// The name of a mail about a job, the same for no other mail. Files with it begin with the
    /// job's tag, by which they are found again.
    #[must_use]
    pub fn name_of_mail(self, job: JobId) -> String {
        format!("{}-{}", job.tag(), self.name())
    }
}

impl Task {
    /// The queue it waits in.
    #[must_use]
    pub const fn lane(self) -> Lane {
        match self {
            Self::Detect(_) => Lane::Detect,
            Self::Plan | Self::Assemble | Self::Rebuild | Self::Mail(_) => Lane::Control,
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan => f.write_str("plan"),
            Self::Detect(shard) => write!(f, "detect-{shard}"),
            Self::Assemble => f.write_str("assemble"),
            Self::Rebuild => f.write_str("rebuild"),
            Self::Mail(kind) => write!(f, "mail-{}", kind.name()),
        }
    }
}

/// A text that names no task.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no task '{0}'")]
pub struct InvalidTask(pub String);

impl FromStr for Task {
    type Err = InvalidTask;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mail = |name: &str| MailKind::ALL.into_iter().find(|kind| kind.name() == name);
        let task = match text.split_once('-') {
            None if text == "plan" => Some(Self::Plan),
            None if text == "assemble" => Some(Self::Assemble),
            None if text == "rebuild" => Some(Self::Rebuild),
            Some(("detect", shard)) => shard.parse().ok().map(Self::Detect),
            Some(("mail", kind)) => mail(kind).map(Self::Mail),
            _ => None,
        };
        task.ok_or_else(|| InvalidTask(text.to_owned()))
    }
}

impl TryFrom<String> for Task {
    type Error = InvalidTask;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Task> for String {
    fn from(task: Task) -> Self {
        task.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_is_read_back_from_its_name() {
        let mails = MailKind::ALL.map(Task::Mail);
        for task in [
            Task::Plan,
            Task::Detect(0),
            Task::Detect(17),
            Task::Assemble,
            Task::Rebuild,
        ]
        .into_iter()
        .chain(mails)
        {
            assert_eq!(task.to_string().parse(), Ok(task));
        }
        for text in ["", "detect", "detect--1", "mail-none", "plan-1"] {
            assert!(text.parse::<Task>().is_err(), "{text}");
        }
    }
}
