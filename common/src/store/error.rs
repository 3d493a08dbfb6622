//! What can go wrong with the store.

use std::{error::Error, io, iter};

use object_store::path::Path as Key;

/// The store cannot be used. Only the last part of a name is told: the folder is the job's id,
/// which must not stand in a log.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store failed or refused.
    #[error("the store failed at {name}")]
    Access {
        /// The file.
        name: String,
        /// What the store said.
        #[source]
        source: Box<object_store::Error>,
    },
    /// A file of this machine could not be copied into the store.
    #[error("copying {name}")]
    Copy {
        /// The file.
        name: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Mails that lie as files could not be removed.
    #[error("removing the mails of job {name}")]
    Mail {
        /// The job's short name.
        name: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file could not be opened.
    #[error("reading {name}")]
    Read {
        /// The file.
        name: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Another file came into the place of one that is being read.
    #[error("{name} was changed while it was read")]
    Changed {
        /// The file.
        name: String,
    },
    /// A file is not what it should be.
    #[error("{name} cannot be read; was it written by a newer version?")]
    Unreadable {
        /// The file.
        name: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The folder could not be made or found.
    #[error("the folder {path} of the store cannot be used")]
    Folder {
        /// The folder.
        path: std::path::PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The settings of the store make no sense.
    #[error("the store cannot be opened: {0}")]
    Settings(#[source] Box<object_store::Error>),
}

impl StoreError {
    pub(super) fn of(key: &Key, source: object_store::Error) -> Self {
        Self::Access {
            name: last_part(key),
            source: Box::new(source),
        }
    }
}

/// Whether an error of a store, or one that it is the cause of, says that a disk is full.
#[must_use]
pub fn is_full(error: &(dyn Error + 'static)) -> bool {
    let is_full = |error: &(dyn Error + 'static)| {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        matches!(
            kind,
            Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
        )
    };
    iter::successors(Some(error), |&error| error.source()).any(is_full)
}

pub(super) fn last_part(key: &Key) -> String {
    key.filename().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: io::ErrorKind) -> object_store::Error {
        object_store::Error::Generic {
            store: "LocalFileSystem",
            source: Box::new(StoreError::Copy {
                name: "00000".to_owned(),
                source: kind.into(),
            }),
        }
    }

    #[test]
    fn a_full_disk_is_known_wherever_in_the_causes_it_stands() {
        for (kind, full) in [
            (io::ErrorKind::StorageFull, true),
            (io::ErrorKind::QuotaExceeded, true),
            (io::ErrorKind::ReadOnlyFilesystem, false),
            (io::ErrorKind::PermissionDenied, false),
        ] {
            assert_eq!(is_full(&failed(kind)), full, "{kind:?}");
            let of_key = StoreError::of(&Key::from("jobs/a/00000"), failed(kind));
            assert_eq!(is_full(&of_key), full, "{kind:?}");
            assert_eq!(is_full(&io::Error::from(failed(kind))), full, "{kind:?}");
        }
    }
}
