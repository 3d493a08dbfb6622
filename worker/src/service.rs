//! The worker as a part of the service: it takes tasks of jobs one by one, for as long as it runs.
//!
//! `runner` keeps the process going, `run_task` takes one task and settles how it ended, and each
//! kind of task has a file of its own: `plan`, `detect`, `assemble`, `notify`, `rebuild`.

mod assemble;
mod crash_isolation;
mod detect;
pub mod environment;
mod error;
pub mod fitness;
pub mod isolated_process;
mod kept_results;
mod lease;
mod listings;
mod merge;
mod model_shelf;
mod notify;
mod packed_shards;
mod plan;
mod rebuild;
mod reconciler;
mod run_task;
pub mod runner;
mod saved_shard;
mod saving;
pub mod scratch;
pub mod settings;
mod shard_files;
pub mod sweep;
mod watched_process;

use common::Counts;
use common::job::MailKind;
use serde::{Deserialize, Serialize};

use crate::run_facts::{InputFacts, ModelFacts};

/// How a task ended well.
enum Achieved {
    /// The job is cut into shards.
    Planned { images: u64, shards: u32 },
    /// A shard is finished.
    Detected(Box<Counts>),
    /// The job is over, with this mail to send.
    Ended(MailKind),
    /// A mail is sent, or not needed.
    Mailed,
    /// The package is made again, or cannot be.
    Rebuilt,
}

/// `facts.json`: what reports say about model and uploads.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct PlanFacts {
    model: ModelFacts,
    inputs: Vec<InputFacts>,
}
