//! Why a file of a run cannot be read.

use std::io;

use common::{Failure, archive::EntryError, store::StoreError};

/// Why a file of a run cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Something is wrong with the file, or with the disk where it is.
    #[error(transparent)]
    File(#[from] Failure),
    /// The store does not give it out, which says nothing about the file: a disk has bad places, a
    /// store has them all or none.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ReadError {
    /// The error for `what`, e.g. `the archive`, whose bytes cannot be had.
    pub(super) fn of_access(what: &str, error: io::Error) -> Self {
        match error.downcast::<StoreError>() {
            Ok(error) => Self::Store(error),
            Err(error) => Self::File(Failure::of_access(what, &error)),
        }
    }
}

impl From<EntryError> for ReadError {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::Unusable(failure) => Self::File(failure),
            EntryError::Access(error) => Self::of_access("the archive", error),
        }
    }
}
