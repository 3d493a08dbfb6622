//! How much of an archive is accepted.

/// What an acceptable archive may hold; anything past a limit is refused with its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Most entries in one archive.
    pub entries: u64,
    /// Most bytes of the central directory, where the names of the entries are.
    pub directory_bytes: u64,
    /// Most unpacked bytes of one entry.
    pub entry_bytes: u64,
    /// Most unpacked bytes per packed byte of one entry. Deflate cannot do better than 1032, so
    /// an entry that claims more lies.
    pub ratio: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            entries: 2_000_000,
            directory_bytes: 512 << 20,
            entry_bytes: 200 << 20,
            ratio: 1100,
        }
    }
}
