//! Why the inputs of a run cannot be listed.

use std::{
    io,
    path::{Path, PathBuf},
};

use common::{archive::ArchiveError, store::StoreError};

/// Why the inputs of a run cannot be listed, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// Nothing was given.
    #[error("no input was given: name a zip archive, a folder or an image")]
    NoInputs,
    /// The inputs hold no file at all.
    #[error(
        "there is no file in the input: check whether the card or folder is the right one, and whether its copy was complete"
    )]
    NoFiles,
    /// More files than a run takes.
    #[error("the input has {files} files and the limit is {limit}: process it in several runs")]
    TooManyFiles {
        /// Files in the inputs, as far as they were counted.
        files: u64,
        /// The limit.
        limit: u64,
    },
    /// More bytes to read than a run takes.
    #[error(
        "the input unpacks to {bytes} bytes and the limit is {limit}: process it in several runs"
    )]
    TooManyBytes {
        /// Unpacked bytes of the inputs, as far as they were counted.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// There is nothing at a path.
    #[error("{} does not exist: check the path", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// Neither a file nor a folder, such as a device.
    #[error("{} is neither a file nor a folder: name a zip archive, a folder or an image", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// A folder was given as input that is to be left out, because results are written there.
    #[error("{} is where the results go: choose another folder for them", path.display())]
    IsExcluded {
        /// The path.
        path: PathBuf,
    },
    /// A file or folder, perhaps one deep inside an input, cannot be read.
    #[error("{} cannot be read: check its permissions, or whether the disk or card is still there", path.display())]
    Access {
        /// The path.
        path: PathBuf,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
    /// It could be listed, but went away while it was read.
    #[error("{} can no longer be read: see whether the disk, card or network share is still there, then go on with --resume", path.display())]
    Lost {
        /// The input.
        path: PathBuf,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
    /// The store that an input is in fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An archive is refused.
    #[error("{} cannot be used", path.display())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// Why, and what to do.
        #[source]
        source: ArchiveError,
    },
}

impl InputError {
    /// The error for an input that the disk, or the store, refused.
    pub(super) fn of_path(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.downcast::<StoreError>() {
            Ok(error) => Self::Store(error),
            Err(source) if source.kind() == io::ErrorKind::NotFound => Self::Missing { path },
            Err(source) => Self::Access { path, source },
        }
    }

    /// The error for an input that was there before.
    pub(super) fn of_lost(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.downcast::<StoreError>() {
            Ok(error) => Self::Store(error),
            Err(source) => Self::Lost { path, source },
        }
    }
}
