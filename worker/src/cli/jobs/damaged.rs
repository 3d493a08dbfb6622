//! A job whose files cannot be read: it is named among the others, so that somebody looks after it.

use std::fmt;

use common::{job::JobId, jobs::JobsError, records::RecordsError, store::StoreError, telemetry};
use serde::Serialize;

/// What is known of it.
#[derive(Debug, Serialize)]
pub(super) struct DamagedJob {
    id: JobId,
    /// As logs name it.
    tag: String,
    stage: &'static str,
    /// What cannot be read.
    why: String,
}

impl DamagedJob {
    /// Tells damage to one job from faults that concern all of them, which are given back.
    pub(super) fn of(id: JobId, error: anyhow::Error) -> anyhow::Result<Self> {
        if !is_damage(&error) {
            return Err(error);
        }
        Ok(Self {
            id,
            tag: id.tag(),
            stage: "damaged",
            why: telemetry::causes(&*error),
        })
    }
}

fn is_damage(error: &anyhow::Error) -> bool {
    let of_store = |error: &StoreError| matches!(error, StoreError::Unreadable { .. });
    let of_records = |error: &RecordsError| matches!(error, RecordsError::Unreadable { .. });
    match error.downcast_ref::<JobsError>() {
        Some(JobsError::Store(error)) => of_store(error),
        Some(JobsError::Records(error)) => of_records(error),
        None => {
            error.downcast_ref().is_some_and(of_store)
                || error.downcast_ref().is_some_and(of_records)
        }
    }
}

/// One line.
impl fmt::Display for DamagedJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}  {}  {:<9} {}",
            self.id, self.tag, self.stage, self.why
        )
    }
}
