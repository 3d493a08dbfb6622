//! What workers tell about themselves, so that the web page can offer their models and the
//! administrator can see who is there.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Records, RecordsError};
use crate::{ModelId, Threshold};

/// How long a worker counts as alive after it last said so.
pub const ALIVE_FOR: Duration = Duration::from_secs(60);
const WORKER: &str = "worker:";
const DRAINED: &str = "drained";
/// "For ever": the note is removed by hand.
const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);

/// A worker process, as it describes itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerNote {
    /// Its name, new at every start.
    pub name: String,
    /// The version of the program.
    pub version: String,
    /// The device that its model runs on.
    pub device: String,
    /// How many shards it looks at at a time.
    pub slots: u32,
    /// The models it has, the default first.
    pub models: Vec<OfferedModel>,
}

/// A model that jobs can choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferedModel {
    /// Its id.
    pub id: ModelId,
    /// Its name for people.
    pub name: String,
    /// The threshold that its makers advise.
    pub typical_threshold: Threshold,
    /// Its licence.
    pub licence: String,
}

impl Records {
    /// Says that a worker is alive.
    ///
    /// # Errors
    /// When the back end fails.
    pub async fn announce(&self, worker: &WorkerNote) -> Result<(), RecordsError> {
        let text = serde_json::to_string(worker).unwrap_or_default();
        let key = format!("{WORKER}{}", worker.name);
        self.store().leave_note(&key, &text, ALIVE_FOR).await
    }

    /// Says that a worker has stopped.
    ///
    /// # Errors
    /// When the back end fails.
    pub async fn withdraw(&self, name: &str) -> Result<(), RecordsError> {
        self.store().remove_note(&format!("{WORKER}{name}")).await
    }

    /// The workers that are alive.
    ///
    /// # Errors
    /// When the back end fails.
    pub async fn workers(&self) -> Result<Vec<WorkerNote>, RecordsError> {
        let notes = self.store().notes(WORKER).await?;
        // A note of a worker of another version is left alone.
        Ok(notes
            .iter()
            .filter_map(|(_, text)| serde_json::from_str(text).ok())
            .collect())
    }

    /// How many shards of a job are open at a time: enough for every worker, and one that is ready
    /// when another is finished.
    ///
    /// # Errors
    /// When the back end fails.
    pub async fn window(&self) -> Result<u32, RecordsError> {
        let slots: u32 = self
            .workers()
            .await?
            .iter()
            .map(|worker| worker.slots)
            .sum();
        Ok(slots.saturating_add(1).max(2))
    }

    /// Whether workers take no new tasks.
    ///
    /// # Errors
    /// When the back end fails.
    pub async fn is_drained(&self) -> Result<bool, RecordsError> {
        Ok(!self.store().notes(DRAINED).await?.is_empty())
    }

    /// Makes workers take no new tasks, or take them again.
    ///
    /// # Errors
    /// When the back end fails.
    pub async fn drain(&self, is_drained: bool) -> Result<(), RecordsError> {
        if is_drained {
            self.store().leave_note(DRAINED, "1", CENTURY).await
        } else {
            self.store().remove_note(DRAINED).await
        }
    }
}
