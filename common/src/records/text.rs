//! Records as text, the form in which back ends keep them.

use super::RecordsError;
use crate::job::{JobId, JobRecord};

pub(super) fn write(record: &JobRecord) -> Result<String, RecordsError> {
    serde_json::to_string(record).map_err(|source| RecordsError::Unreadable {
        tag: record.job.tag(),
        source,
    })
}

pub(super) fn read(job: JobId, text: &str) -> Result<JobRecord, RecordsError> {
    serde_json::from_str(text).map_err(|source| RecordsError::Unreadable {
        tag: job.tag(),
        source,
    })
}
