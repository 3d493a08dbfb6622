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

/// How much room an upload has ahead of what it has written, bytes: at first, and at most. In
/// between it is as much as has come already, so that whoever sends nothing holds nothing back.
const FIRST_AHEAD_BYTES: u64 = 1 << 20;
const MOST_AHEAD_BYTES: u64 = 64 << 20;

/// The disk of the store, shared by all uploads. A bucket has no end, and no limit here.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    folder: Option<PathBuf>,
    min_free_bytes: u64,
    /// Bytes that running uploads will write next, or that are about to be copied.
    ahead: Arc<AtomicU64>,
}

/// There is not enough room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the disk of the store is nearly full")]
pub(crate) struct NoSpace;

/// The room of what is being written. What it did not use is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    space: Space,
    /// Bytes that will still come, as far as that is known.
    expected: u64,
    /// Bytes that came.
    written: u64,
    /// Bytes that are kept for what comes next.
    ahead: u64,
}

impl Space {
    /// The space of a store, of which `min_free_bytes` stay free.
    pub(crate) fn of(store: &Store, min_free_bytes: u64) -> Self {
        Self {
            folder: store.local_root().map(PathBuf::from),
            min_free_bytes,
            ahead: Arc::default(),
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
            ahead: Arc::default(),
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
        let ahead = self.ahead.load(Ordering::Relaxed);
        let needed = self
            .min_free_bytes
            .saturating_add(ahead)
            .saturating_add(bytes);
        self.free_bytes().is_some_and(|free| free < needed)
    }

    /// Whether so much could be written now. Nothing is kept for it.
    pub(crate) fn check(&self, bytes: u64) -> Result<(), NoSpace> {
        if self.lacks(bytes) {
            Err(NoSpace)
        } else {
            Ok(())
        }
    }

    /// Begins to keep room for an upload that says how large it is. All of that must be free, but
    /// what is kept for it grows with what comes: anybody can announce anything.
    pub(crate) fn reserve(&self, announced: Option<u64>) -> Result<Reservation, NoSpace> {
        self.check(announced.unwrap_or_default())?;
        let mut reservation = self.nothing(announced.unwrap_or(u64::MAX));
        reservation.look_ahead();
        Ok(reservation)
    }

    /// Keeps room for a copy of something that is here as a whole.
    pub(crate) fn reserve_copy(&self, bytes: u64) -> Result<Reservation, NoSpace> {
        self.check(bytes)?;
        let mut reservation = self.nothing(bytes);
        reservation.keep(bytes);
        Ok(reservation)
    }

    fn nothing(&self, expected: u64) -> Reservation {
        Reservation {
            space: self.clone(),
            expected,
            written: 0,
            ahead: 0,
        }
    }
}

impl Reservation {
    /// Says that bytes are about to be written.
    pub(crate) fn take(&mut self, bytes: u64) -> Result<(), NoSpace> {
        let kept = bytes.min(self.ahead);
        self.give_back(kept);
        self.expected = self.expected.saturating_sub(bytes);
        self.written = self.written.saturating_add(bytes);
        if self.ahead > 0 || self.expected == 0 && bytes == kept {
            return Ok(());
        }
        self.space.check(bytes - kept)?;
        self.look_ahead();
        Ok(())
    }

    /// Keeps room for what comes next.
    fn look_ahead(&mut self) {
        let wanted = self.written.clamp(FIRST_AHEAD_BYTES, MOST_AHEAD_BYTES);
        self.keep(wanted.min(self.expected));
    }

    fn keep(&mut self, bytes: u64) {
        self.ahead = self.ahead.saturating_add(bytes);
        self.space.ahead.fetch_add(bytes, Ordering::Relaxed);
    }

    fn give_back(&mut self, bytes: u64) {
        self.ahead -= bytes;
        self.space.ahead.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.give_back(self.ahead);
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

    fn ahead(space: &Space) -> u64 {
        space.ahead.load(Ordering::Relaxed)
    }

    #[test]
    fn an_upload_that_only_announces_itself_leaves_the_room_to_others() {
        let (_folder, space) = space(0);
        let most = space.free_bytes().unwrap() / 4 * 3;
        let uploads: Vec<_> = (0..10).map(|_| space.reserve(Some(most))).collect();
        assert!(uploads.iter().all(Result::is_ok));
        assert_eq!(ahead(&space), 10 * FIRST_AHEAD_BYTES);
        drop(uploads);
        assert_eq!(ahead(&space), 0);
        assert_eq!(space.reserve(Some(u64::MAX)).unwrap_err(), NoSpace);
    }

    #[test]
    fn what_is_kept_grows_with_what_comes_and_ends_with_it() {
        let (_folder, space) = space(0);
        let announced = 300 << 20;
        let mut upload = space.reserve(Some(announced)).unwrap();
        let (mut most, mut left) = (0, announced);
        while left > 0 {
            let bytes = left.min(100_000);
            upload.take(bytes).unwrap();
            left -= bytes;
            assert!(ahead(&space) <= left);
            most = most.max(ahead(&space));
        }
        assert_eq!((most, ahead(&space)), (MOST_AHEAD_BYTES, 0));
        let mut unannounced = space.reserve(None).unwrap();
        unannounced.take(5).unwrap();
        assert_eq!(ahead(&space), FIRST_AHEAD_BYTES - 5);
    }

    #[test]
    fn a_copy_has_all_its_room_at_once() {
        let (_folder, space) = space(0);
        let most = space.free_bytes().unwrap() / 4 * 3;
        let copy = space.reserve_copy(most).unwrap();
        assert_eq!(space.reserve(Some(most)).unwrap_err(), NoSpace);
        drop(copy);
        assert!(space.reserve(Some(most)).is_ok());
    }

    #[test]
    fn a_disk_with_too_little_left_takes_nothing_and_ends_what_is_under_way() {
        let (_folder, mut space) = space(0);
        let mut begun = space.reserve(Some(10 << 20)).unwrap();
        begun.space.min_free_bytes = u64::MAX;
        space.min_free_bytes = u64::MAX;
        assert!(space.is_full());
        assert_eq!(space.reserve(Some(0)).unwrap_err(), NoSpace);
        assert_eq!(begun.take(FIRST_AHEAD_BYTES - 1), Ok(()));
        assert_eq!(begun.take(2), Err(NoSpace));
    }
}
