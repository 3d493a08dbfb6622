//! A job: one upload on its way from "accepted" to the mail with the link.
//!
//! What lasts is in the job's folder in the [store](crate::store): [`JobFile`] (what was asked
//! for), [`PlanFile`] (how the work is cut), a file for each finished shard, [`EndFile`] (what
//! came of it). What moves is in a [`JobRecord`]: which tasks are open and who is at them. The
//! record can be lost at any time; it is made again from the folder.

mod end;
mod id;
mod options;
mod plan;
mod rebuild;
mod record;
mod task;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use end::{DoneFacts, EndFile, Outcome, Rejection, RejectionCode};
pub use id::{InvalidJobId, JobId, NoRandomness};
pub use options::{AnnotateChoice, JobOptions};
pub use plan::{PlanFile, ShardFacts, ShardSpan};
pub use rebuild::{RebuildFailure, RebuildFile};
pub use record::{
    CRASH_LIMIT, Claim, Closing, FAULT_LIMIT, Fenced, JobRecord, Progressed, Refusal, Release,
    Restored, SHARD_CRASH_LIMIT, TaskState, Work,
};
pub use task::{InvalidTask, Lane, MailKind, Task};

use crate::EmailAddress;

/// `job.json`: what was asked for. A folder without it is not a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobFile {
    /// The job.
    pub id: JobId,
    /// When the upload was accepted.
    pub accepted: Timestamp,
    /// Whom the mails go to.
    pub email: EmailAddress,
    /// What was chosen.
    pub options: JobOptions,
    /// What was uploaded, in the order of the form.
    pub uploads: Vec<Upload>,
}

/// One uploaded file: a zip or an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The name that the browser gave it, with the folders that it was dropped in, if it was in
    /// some; shown, and never used as a path as it is.
    pub name: String,
    /// Its size in bytes.
    pub size_bytes: u64,
}
