//! Why an archive as a whole is refused.

use super::split::SplitKind;

/// Why an archive as a whole cannot be read, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The disk refused.
    #[error("the archive cannot be read from the disk: check that it exists and may be read")]
    Access(#[from] std::io::Error),
    /// The file holds no bytes.
    #[error("the archive is an empty file: copy or upload it again")]
    NoBytes,
    /// The file is something else.
    #[error("the file is {}, not a zip archive: pack the pictures as an ordinary zip", found.unwrap_or("something else"))]
    NotAnArchive {
        /// What it looks like, e.g. `a RAR archive`.
        found: Option<&'static str>,
    },
    /// It begins as a zip, but the directory at its end is not there.
    #[error(
        "the archive's end is missing, so the copy or upload was not complete: copy or upload it again and compare the file sizes"
    )]
    EndMissing,
    /// It is one part of several.
    #[error("the archive is one part of a split archive: {}", kind.advice())]
    Split {
        /// How it was split.
        kind: SplitKind,
    },
    /// The names of the entries are encrypted.
    #[error("the archive's directory is encrypted: make the archive again without a password")]
    DirectoryEncrypted,
    /// The directory cannot be followed to its end.
    #[error(
        "the archive's directory is damaged after {read} of {stated} entries: copy or make the archive again"
    )]
    DirectoryDamaged {
        /// Entries that could be read.
        read: u64,
        /// Entries that the archive's end announces.
        stated: u64,
    },
    /// More entries than the limit allows.
    #[error(
        "the archive has {entries} entries and the limit is {limit}: split it into several archives"
    )]
    TooManyEntries {
        /// Entries in the archive.
        entries: u64,
        /// The limit.
        limit: u64,
    },
    /// A larger directory than the limit allows.
    #[error(
        "the archive's directory takes {bytes} bytes and the limit is {limit}: split it into several archives or shorten the names"
    )]
    DirectoryTooLarge {
        /// Bytes of the directory.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// Two entries share bytes, as in a zip bomb.
    #[error(
        "two of the archive's entries share the bytes at {offset}, which only damaged or malicious archives do: make the archive again"
    )]
    EntriesOverlap {
        /// Where the later of the two entries starts.
        offset: u64,
    },
}

impl ArchiveError {
    /// The same for a file with a name: what is missing from a part is in the others.
    #[must_use]
    pub fn in_file(self, name: &str) -> Self {
        let is_incomplete = matches!(
            self,
            Self::NoBytes
                | Self::NotAnArchive { .. }
                | Self::EndMissing
                | Self::DirectoryDamaged { .. }
                | Self::EntriesOverlap { .. }
        );
        // A part that can be followed to its end but not read is not told by its first bytes.
        match SplitKind::of_remainder(name, &[0]) {
            Some(kind) if is_incomplete => Self::Split { kind },
            _ => self,
        }
    }
}
