//! The file in a job's folder that says that a mail was sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailNote {
    /// When the mail server took it, or refused it for good.
    pub settled: Timestamp,
    /// What the server said, if it refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}
