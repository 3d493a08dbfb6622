//! The newest parts that were read of files in a bucket.
//!
//! An archive is read in thousands of small pieces, and a request to a bucket takes as long for a
//! hundred bytes as for a million. So files are read in blocks, which are kept for a while. Entries
//! are not asked for in the order in which they lie, since many programs pack files as the disk
//! has them: one block is read then, and many at once only where the reading goes on.

use std::{
    collections::{HashMap, HashSet},
    io,
    ops::Range,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;

/// Bytes of a block.
pub(super) const BLOCK_BYTES: u64 = 256 << 10;
/// Blocks that are read at once where the block before them was read too: 4 MiB.
const BLOCKS_AHEAD: u64 = 16;
/// Blocks that are kept: 64 MiB.
const KEPT_BLOCKS: usize = 256;

/// The blocks of all files that a process reads in a store, at most 64 MiB.
pub(super) struct BlockCache {
    state: Mutex<State>,
    /// Something has arrived, or will not arrive.
    news: Condvar,
    kept_blocks: usize,
}

/// A block: the number of its file, and its own.
type BlockId = (u64, u64);

#[derive(Default)]
struct State {
    /// The blocks, and when they were last used.
    here: HashMap<BlockId, (Bytes, u64)>,
    /// Blocks that a thread is reading.
    coming: HashSet<BlockId>,
    uses: u64,
    waiting: u64,
    failures: u64,
    files: u64,
}

impl BlockCache {
    pub(super) fn new() -> Self {
        Self::keeping(KEPT_BLOCKS)
    }

    fn keeping(kept_blocks: usize) -> Self {
        Self {
            state: Mutex::default(),
            news: Condvar::new(),
            kept_blocks,
        }
    }

    /// A number for another file.
    pub(super) fn new_file(&self) -> u64 {
        let mut state = self.lock();
        state.files += 1;
        state.files
    }

    /// Lets go of the blocks of a file that is no longer read.
    pub(super) fn forget(&self, file: u64) {
        self.lock().here.retain(|&(of, _), _| of != file);
    }

    /// A block, if it is here.
    pub(super) fn find(&self, file: u64, number: u64) -> Option<Bytes> {
        self.lock().find((file, number))
    }

    /// A block of a file that has `end` blocks. `read` is asked for a range of blocks, unless
    /// another thread is at it already.
    ///
    /// # Errors
    /// Those of `read`, and those of others for whom this has waited.
    pub(super) fn get(
        &self,
        file: u64,
        number: u64,
        end: u64,
        read: impl FnOnce(Range<u64>) -> io::Result<Vec<u8>>,
    ) -> io::Result<Bytes> {
        let mut state = self.lock();
        loop {
            if let Some(block) = state.find((file, number)) {
                return Ok(block);
            }
            if !state.coming.contains(&(file, number)) {
                break;
            }
            let failures = state.failures;
            state.waiting += 1;
            state = self
                .news
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
            // Who waits does not try again what has just failed: each try can take minutes.
            if state.failures != failures && state.is_missing((file, number)) {
                return Err(io::Error::other("another reader met an error of the store"));
            }
        }
        let claim = Claim {
            cache: self,
            file,
            blocks: state.claim(file, number, end),
        };
        drop(state);
        let bytes = read(claim.blocks.clone())?;
        Ok(claim.fulfil(&bytes))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn find(&mut self, id: BlockId) -> Option<Bytes> {
        self.uses += 1;
        let (block, used) = self.here.get_mut(&id)?;
        *used = self.uses;
        Some(block.clone())
    }

    fn is_missing(&self, id: BlockId) -> bool {
        !self.here.contains_key(&id) && !self.coming.contains(&id)
    }

    /// Decides which blocks are read from a missing one on.
    fn claim(&mut self, file: u64, first: u64, end: u64) -> Range<u64> {
        let goes_on = first > 0 && !self.is_missing((file, first - 1));
        let most = if goes_on { BLOCKS_AHEAD } else { 1 };
        let mut after = first + 1;
        while after < end.min(first + most) && self.is_missing((file, after)) {
            after += 1;
        }
        self.coming
            .extend((first..after).map(|number| (file, number)));
        first..after
    }

    fn keep(&mut self, id: BlockId, block: Bytes, kept_blocks: usize) {
        self.uses += 1;
        self.here.insert(id, (block, self.uses));
        while self.here.len() > kept_blocks {
            let oldest = self.here.iter().min_by_key(|(_, (_, used))| *used);
            let Some(oldest) = oldest.map(|(&id, _)| id) else {
                return;
            };
            self.here.remove(&oldest);
        }
    }
}

/// Blocks that this thread reads, and others wait for.
struct Claim<'a> {
    cache: &'a BlockCache,
    file: u64,
    blocks: Range<u64>,
}

impl Claim<'_> {
    /// Hands out what was read, and returns the first block.
    fn fulfil(mut self, bytes: &[u8]) -> Bytes {
        // Each has memory of its own, which goes when the block goes.
        let mut blocks = bytes
            .chunks(BLOCK_BYTES as usize)
            .map(Bytes::copy_from_slice);
        let first = blocks.next().unwrap_or_default();
        let all = std::iter::once(first.clone()).chain(blocks);
        let mut state = self.cache.lock();
        for (number, block) in std::mem::take(&mut self.blocks).zip(all) {
            state.coming.remove(&(self.file, number));
            state.keep((self.file, number), block, self.cache.kept_blocks);
        }
        drop(state);
        self.cache.news.notify_all();
        first
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if self.blocks.is_empty() {
            return;
        }
        let mut state = self.cache.lock();
        for number in self.blocks.clone() {
            state.coming.remove(&(self.file, number));
        }
        state.failures += 1;
        drop(state);
        self.cache.news.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Barrier,
            atomic::{AtomicU64, Ordering},
        },
        thread,
    };

    use super::*;

    /// A file of so many blocks, each full of its number.
    fn read(blocks: Range<u64>) -> Vec<u8> {
        blocks
            .flat_map(|number| vec![number as u8; BLOCK_BYTES as usize])
            .collect()
    }

    /// Which blocks are read for one.
    fn asked(cache: &BlockCache, number: u64) -> Option<Range<u64>> {
        let mut asked = None;
        let block = cache.get(1, number, 100, |blocks| {
            asked = Some(blocks.clone());
            Ok(read(blocks))
        });
        assert_eq!(block.unwrap()[..], read(number..number + 1));
        asked
    }

    #[test]
    fn scattered_blocks_are_read_one_by_one_and_neighbours_many_at_once() {
        let cache = BlockCache::new();
        assert_eq!(asked(&cache, 40), Some(40..41));
        assert_eq!(asked(&cache, 7), Some(7..8));
        assert_eq!(asked(&cache, 8), Some(8..24));
        assert_eq!(asked(&cache, 20), None);
        assert_eq!(asked(&cache, 24), Some(24..40), "block 40 is here");
        assert_eq!(asked(&cache, 98), Some(98..99));
        assert_eq!(asked(&cache, 99), Some(99..100), "the file ends");
    }

    #[test]
    fn only_the_newest_blocks_are_kept_and_none_of_a_file_that_is_closed() {
        let cache = BlockCache::keeping(2);
        for number in [10, 20, 10, 30] {
            asked(&cache, number);
        }
        assert_eq!(asked(&cache, 10), None);
        assert_eq!(asked(&cache, 20), Some(20..21));
        assert_eq!(cache.lock().here.len(), 2);
        cache.forget(1);
        assert_eq!(cache.lock().here.len(), 0);
    }

    #[test]
    fn threads_that_want_the_same_block_read_it_once() {
        let (cache, reads, barrier) = (BlockCache::new(), AtomicU64::new(0), Barrier::new(8));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    let block = cache.get(1, 3, 100, |blocks| {
                        reads.fetch_add(1, Ordering::Relaxed);
                        Ok(read(blocks))
                    });
                    assert_eq!(block.unwrap()[0], 3);
                });
            }
        });
        assert_eq!(reads.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_block_that_could_not_be_read_is_read_when_it_is_asked_for_again() {
        let cache = BlockCache::new();
        let failed = cache.get(1, 3, 100, |_| Err(io::Error::other("not now")));
        assert_eq!(failed.unwrap_err().to_string(), "not now");
        assert_eq!(asked(&cache, 3), Some(3..4));
    }

    #[test]
    fn who_waits_for_a_block_that_does_not_come_is_told_so() {
        let cache = BlockCache::new();
        thread::scope(|scope| {
            let failed = cache.get(1, 3, 100, |_| {
                let waiter = scope.spawn(|| {
                    let waited = cache.get(1, 3, 100, |_| panic!("it is coming"));
                    assert!(waited.is_err());
                });
                while cache.lock().waiting == 0 && !waiter.is_finished() {
                    thread::yield_now();
                }
                Err(io::Error::other("not now"))
            });
            assert!(failed.is_err());
        });
    }
}
