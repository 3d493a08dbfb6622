//! What can go wrong with the store.

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

pub(super) fn last_part(key: &Key) -> String {
    key.filename().unwrap_or_default().to_owned()
}
