//! Reading zip archives that strangers made.

use std::path::Path;

use crate::{failure::Failure, path::MediaPath};

/// What an acceptable archive may hold; anything past a limit is refused with its number.
#[derive(Clone, Copy, Debug)]
pub struct ArchiveLimits {
    /// Most entries in one archive.
    pub entries: u64,
    /// Most unpacked bytes of one entry.
    pub entry_bytes: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            entries: 2_000_000,
            entry_bytes: 200 << 20,
        }
    }
}

/// One entry of an archive's central directory.
#[derive(Clone, Debug)]
pub struct ArchiveEntry {
    /// Its readable, safe path.
    pub path: MediaPath,
    /// Its unpacked size in bytes, as the directory says.
    pub size_bytes: u64,
}

/// Why an archive as a whole cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Placeholder.
    #[error("the file is not a zip archive, or its end is missing")]
    NotAnArchive,
}

/// An open zip archive. Entries can be read from many threads at once.
pub struct Archive {}

impl Archive {
    /// Opens an archive and checks it as a whole.
    ///
    /// # Errors
    /// When it is not a zip, or breaks a limit.
    pub fn open(_path: &Path, _limits: ArchiveLimits) -> Result<Self, ArchiveError> {
        todo!()
    }

    /// Every entry, in the order of the central directory.
    ///
    /// # Errors
    /// When the directory is damaged.
    pub fn entries(&self) -> Result<Vec<ArchiveEntry>, ArchiveError> {
        todo!()
    }

    /// Reads and checks one entry into `bytes`.
    ///
    /// # Errors
    /// A [`Failure`] that says what is wrong with this entry.
    pub fn read(&self, _entry: &ArchiveEntry, _bytes: &mut Vec<u8>) -> Result<(), Failure> {
        todo!()
    }
}
