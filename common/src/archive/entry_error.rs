//! Why an entry cannot be read.

use std::io;

use crate::failure::Failure;

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
