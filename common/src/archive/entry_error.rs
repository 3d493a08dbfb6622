//! Why an entry cannot be read.

use std::io;

use crate::failure::{Failure, FailureCode};

/// Why an entry of an archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// Something is wrong with the entry.
    #[error(transparent)]
    Unusable(#[from] Failure),
    /// The bytes of the archive cannot be had here, which says nothing about the entry.
    #[error("the archive cannot be read")]
    Access(#[from] io::Error),
}

/// The failure of an entry whose own bytes are wrong; `what` says in which way.
pub(super) fn damaged(what: &str) -> Failure {
    Failure::new(
        FailureCode::DamagedEntry,
        format!("the archive entry is damaged: {what}"),
    )
}
