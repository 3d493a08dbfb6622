//! How much of an archive is accepted.

/// What an acceptable archive may hold, and all inputs of a job together; anything past a limit
/// is refused with its number.
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
    /// Most files of a job, in archives and folders.
    pub job_files: u64,
    /// Most unpacked bytes of a job's files, not counting those that are skipped by their names.
    pub job_bytes: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            entries: 2_000_000,
            directory_bytes: 512 << 20,
            entry_bytes: 200 << 20,
            ratio: 1100,
            job_files: 5_000_000,
            job_bytes: 4_000_000_000_000,
        }
    }
}
