//! Room on the disk of the store, so that it never becomes full.

use std::{
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use common::store::Store;

/// How much is written before the disk is asked again, bytes.
const STEP_BYTES: u64 = 64 << 20;

/// The disk of the store, shared by all uploads. A bucket has no end, and no limit here.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    folder: Option<PathBuf>,
    min_free_bytes: u64,
    /// Bytes that running uploads have announced and not yet written.
    announced: Arc<AtomicU64>,
}

/// There is not enough room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the disk of the store is nearly full")]
pub(crate) struct NoSpace;

/// The room that one upload needs. What it did not use is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    space: Space,
    announced: u64,
    unchecked: u64,
}

impl Space {
    /// The space of a store, of which `min_free_bytes` stay free.
    pub(crate) fn of(store: &Store, min_free_bytes: u64) -> Self {
        Self {
            folder: store.local_root().map(PathBuf::from),
            min_free_bytes,
            announced: Arc::default(),
        }
    }

    /// The space of a folder beside a store; on the store's own disk it is the same as the store's.
    pub(crate) fn beside(&self, folder: &Path) -> Self {
        if self.is_disk_of(folder) {
            return self.clone();
        }
        Self {
            folder: Some(folder.to_owned()),
            min_free_bytes: self.min_free_bytes,
            announced: Arc::default(),
        }
    }

    /// Whether a folder is on this disk.
    pub(crate) fn is_disk_of(&self, folder: &Path) -> bool {
        let device = |path: &Path| std::fs::metadata(path).map(|found| found.dev()).ok();
        let own = self.folder.as_deref().and_then(device);
        own.is_some() && own == device(folder)
    }

    /// Bytes free on the disk; `None` for a bucket, or when the disk does not say.
    pub(crate) fn free_bytes(&self) -> Option<u64> {
        let disk = rustix::fs::statvfs(self.folder.as_ref()?).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Whether nothing more is taken.
    pub(crate) fn is_full(&self) -> bool {
        self.lacks(0)
    }

    fn lacks(&self, bytes: u64) -> bool {
        let announced = self.announced.load(Ordering::Relaxed);
        let needed = self
            .min_free_bytes
            .saturating_add(announced)
            .saturating_add(bytes);
        self.free_bytes().is_some_and(|free| free < needed)
    }

    /// Keeps room for an upload that says how large it is, or 0.
    pub(crate) fn reserve(&self, bytes: u64) -> Result<Reservation, NoSpace> {
        if self.lacks(bytes) {
            return Err(NoSpace);
        }
        self.announced.fetch_add(bytes, Ordering::Relaxed);
        Ok(Reservation {
            space: self.clone(),
            announced: bytes,
            unchecked: 0,
        })
    }
}

impl Reservation {
    /// Says that bytes are about to be written.
    pub(crate) fn take(&mut self, bytes: u64) -> Result<(), NoSpace> {
        let expected = bytes.min(self.announced);
        self.announced -= expected;
        self.space.announced.fetch_sub(expected, Ordering::Relaxed);
        self.unchecked += bytes;
        if self.unchecked < STEP_BYTES {
            return Ok(());
        }
        self.unchecked = 0;
        // What others have announced is theirs; only what is really free is asked for here.
        let free = self.space.free_bytes();
        if free.is_some_and(|free| free < self.space.min_free_bytes) {
            return Err(NoSpace);
        }
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.space
            .announced
            .fetch_sub(self.announced, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use common::store::StoreUrl;

    use super::*;

    fn space(min_free_bytes: u64) -> (tempfile::TempDir, Space) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&StoreUrl::folder(folder.path().to_owned())).unwrap();
        let space = Space::of(&store, min_free_bytes);
        (folder, space)
    }

    #[test]
    fn what_one_upload_announced_another_cannot_have() {
        let (_folder, space) = space(0);
        let most = space.free_bytes().unwrap() / 4 * 3;
        let mut first = space.reserve(most).unwrap();
        assert_eq!(space.reserve(most).unwrap_err(), NoSpace);
        first.take(most / 2).unwrap();
        assert_eq!(space.announced.load(Ordering::Relaxed), most - most / 2);
        first.take(most).unwrap();
        drop(first);
        assert_eq!(space.announced.load(Ordering::Relaxed), 0);
        assert!(space.reserve(most).is_ok());
    }

    #[test]
    fn a_disk_with_too_little_left_takes_nothing() {
        let (_folder, space) = space(u64::MAX);
        assert!(space.is_full());
        assert_eq!(space.reserve(0).unwrap_err(), NoSpace);
        let mut unannounced = Reservation {
            space,
            announced: 0,
            unchecked: 0,
        };
        assert_eq!(unannounced.take(1), Ok(()));
        assert_eq!(unannounced.take(STEP_BYTES), Err(NoSpace));
    }
}
