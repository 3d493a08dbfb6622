//! How far a job is, and how that is called in JSON and on pages.

use serde::{Serialize, Serializer};

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It waits for its first turn.
    Waiting,
    /// Its pictures are counted.
    Planning,
    /// Its pictures are looked at.
    Detecting,
    /// The package is put together.
    Assembling,
    /// Something of ours failed, and people must look after it.
    Stuck,
    /// It is not over, and cannot be seen just now.
    OutOfSight,
    /// The package is there.
    Done,
    /// The upload cannot be used.
    Rejected,
    /// It was cancelled.
    Cancelled,
}

impl Stage {
    /// Its name in JSON and on pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Planning => "planning",
            Self::Detecting => "detecting",
            Self::Assembling => "assembling",
            Self::Stuck => "stuck",
            Self::OutOfSight => "out-of-sight",
            Self::Done => "done",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing will change any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Rejected | Self::Cancelled)
    }
}

impl Serialize for Stage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
