//! What is known of an upload from its beginning on, as it lies beside its bytes.

use std::net::IpAddr;

use common::MediaPath;
use serde::{Deserialize, Serialize};

use super::{Metadata, ResumableError};

/// What is known of an upload from its beginning on; it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sheet {
    /// How many bytes it will have.
    pub(crate) length: u64,
    /// Under which name the file is shown.
    pub(crate) path: MediaPath,
    /// The set that it belongs to: files that shall become one job.
    pub(crate) set: Option<String>,
    /// The address that it counts for until it is a job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client: Option<IpAddr>,
    /// What its client said about it, as the client wants to hear it again.
    metadata: String,
}

impl Sheet {
    /// The sheet of a new upload of a client.
    pub(crate) fn new(length: u64, metadata: &Metadata, client: Option<IpAddr>) -> Self {
        Self {
            length,
            client,
            path: metadata.path(),
            set: metadata.set(),
            metadata: metadata.to_string(),
        }
    }

    /// What its client said about it. Read again, because the file could have been changed.
    pub(crate) fn metadata(&self) -> Result<Metadata, ResumableError> {
        let metadata = self.metadata.parse();
        metadata.map_err(|_| ResumableError::NotMetadata)
    }
}
