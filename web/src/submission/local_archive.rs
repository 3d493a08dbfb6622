//! An archive of the store as a file of this machine.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use common::{
    archive::{Archive, ArchiveError, ArchiveLimits},
    job::Upload,
    store::Store,
};
use object_store::path::Path as Key;
use tempfile::NamedTempFile;

use super::SubmissionError;

/// How much of an archive's start is fetched from a bucket, bytes.
const HEAD_BYTES: u64 = 4096;
/// How much of its end is fetched, in one attempt after the other, bytes. The last is what the
/// limits for a directory allow.
const TAIL_BYTES: [u64; 4] = [1 << 20, 16 << 20, 128 << 20, 600 << 20];

/// An archive of the store as a file of this machine.
pub(super) enum LocalArchive {
    /// The store's own file.
    Whole(PathBuf),
    /// A file of the same length with the archive's start and end in it, and a hole between. It
    /// has the whole directory, and takes no more room than that.
    Ends(NamedTempFile),
}

impl LocalArchive {
    /// Finds the file, or fetches what the directory of the archive needs.
    pub(super) async fn of(
        store: &Store,
        key: &Key,
        upload: &Upload,
    ) -> Result<Self, SubmissionError> {
        if let Some(path) = store.local_path(key) {
            return Ok(Self::Whole(path));
        }
        let size = upload.size_bytes;
        let file = NamedTempFile::new().map_err(SubmissionError::Look)?;
        file.as_file()
            .set_len(size)
            .map_err(SubmissionError::Look)?;
        fill(store, key, 0..size.min(HEAD_BYTES), file.as_file()).await?;
        let mut fetched_from = size;
        for tail in TAIL_BYTES {
            let from = size.saturating_sub(tail);
            fill(store, key, from..fetched_from, file.as_file()).await?;
            fetched_from = from;
            if from == 0 || !needs_more(file.path().to_owned()).await? {
                break;
            }
        }
        Ok(Self::Ends(file))
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Whole(path) => path,
            Self::Ends(file) => file.path(),
        }
    }

    /// Whether entries can be read too, and not the directory alone.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self, Self::Whole(_))
    }
}

async fn fill(
    store: &Store,
    key: &Key,
    range: std::ops::Range<u64>,
    file: &File,
) -> Result<(), SubmissionError> {
    if range.is_empty() {
        return Ok(());
    }
    let bytes = store.get_range(key, range.clone()).await?;
    file.write_all_at(&bytes, range.start)
        .map_err(SubmissionError::Look)
}

/// Whether the directory does not fit into what was fetched: it then seems to be damaged.
async fn needs_more(path: PathBuf) -> Result<bool, SubmissionError> {
    let opened = tokio::task::spawn_blocking(move || {
        Archive::open(&path, ArchiveLimits::default()).map(drop)
    });
    let opened = opened
        .await
        .map_err(|error| SubmissionError::Look(io::Error::from(error)))?;
    Ok(matches!(
        opened,
        Err(ArchiveError::DirectoryDamaged { .. } | ArchiveError::EndMissing)
    ))
}
