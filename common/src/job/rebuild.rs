//! A package that is to be made again at another threshold.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Threshold;

/// `rebuild.json`: somebody wants the package again. It is there until the new package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebuildFile {
    /// The threshold that is to count.
    pub threshold: Threshold,
    /// When it was asked for.
    pub asked: Timestamp,
}

/// `rebuild-failed.json`: the newest wish for another package could not be fulfilled, and the
/// package is what it was. The next wish removes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebuildFailure {
    /// What was asked for.
    pub wish: RebuildFile,
    /// When it failed.
    pub failed: Timestamp,
    /// Why, as a sentence for the one who asked.
    pub reason: String,
}
