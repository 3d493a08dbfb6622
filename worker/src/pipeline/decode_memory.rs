//! Bounds the memory of large pictures, over all threads of the process.
//!
//! Ordinary pictures never wait: their memory is bounded by the number of threads. A file of a
//! few kilobytes can hold a hundred million pixels, though, and one such on every thread would
//! be more than machines have. So large pictures share a budget; one that is larger than all of
//! it is decoded while no other large one is.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A picture that needs at most this many bytes is ordinary: 40 million pixels of PNG.
const ORDINARY_BYTES: u64 = 256 << 20;

/// What large pictures may take together.
#[derive(Debug)]
pub struct DecodeMemory {
    budget: u64,
    taken: Mutex<u64>,
    returned: Condvar,
}

impl DecodeMemory {
    /// A budget in bytes.
    #[must_use]
    pub fn new(budget: u64) -> Self {
        Self {
            budget,
            taken: Mutex::new(0),
            returned: Condvar::new(),
        }
    }

    /// Waits until a picture that needs this many bytes may be decoded. A thread must not ask for
    /// a second picture while it holds a first.
    pub fn reserve(&self, bytes: u64) -> Reservation<'_> {
        let bytes = if bytes <= ORDINARY_BYTES { 0 } else { bytes };
        if bytes > 0 {
            let mut taken = self.taken();
            while *taken > 0 && taken.saturating_add(bytes) > self.budget {
                taken = self
                    .returned
                    .wait(taken)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            *taken = taken.saturating_add(bytes);
        }
        Reservation {
            memory: self,
            bytes,
        }
    }

    fn taken(&self) -> MutexGuard<'_, u64> {
        // The number is right whatever another thread panicked about.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to hold a picture in memory, until it is dropped.
#[must_use]
pub struct Reservation<'a> {
    memory: &'a DecodeMemory,
    bytes: u64,
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if self.bytes > 0 {
            let mut taken = self.memory.taken();
            *taken = taken.saturating_sub(self.bytes);
            self.memory.returned.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU64, Ordering},
        thread,
    };

    use super::*;

    const LARGE: u64 = 300 << 20;

    #[test]
    fn ordinary_pictures_never_wait() {
        let memory = DecodeMemory::new(1);
        let held: Vec<_> = (0..100).map(|_| memory.reserve(ORDINARY_BYTES)).collect();
        let large = memory.reserve(LARGE);
        let more = memory.reserve(ORDINARY_BYTES);
        assert_eq!(*memory.taken(), LARGE);
        drop((held, large, more));
        assert_eq!(*memory.taken(), 0);
    }

    #[test]
    fn large_pictures_stay_within_the_budget_and_all_get_their_turn() {
        let memory = DecodeMemory::new(2 * LARGE);
        let (now, most) = (AtomicU64::new(0), AtomicU64::new(0));
        thread::scope(|scope| {
            for thread in 0..8u64 {
                let (memory, now, most) = (&memory, &now, &most);
                scope.spawn(move || {
                    for turn in 0..50 {
                        // Every fifth is larger than the whole budget.
                        let bytes = if (thread + turn) % 5 == 0 {
                            5 * LARGE
                        } else {
                            LARGE
                        };
                        let reservation = memory.reserve(bytes);
                        let sum = now.fetch_add(bytes, Ordering::SeqCst) + bytes;
                        assert!(sum <= 2 * LARGE || sum == bytes, "{sum}");
                        most.fetch_max(sum, Ordering::SeqCst);
                        thread::yield_now();
                        now.fetch_sub(bytes, Ordering::SeqCst);
                        drop(reservation);
                    }
                });
            }
        });
        assert_eq!(most.into_inner(), 5 * LARGE);
        assert_eq!(*memory.taken(), 0);
    }

    #[test]
    fn a_panic_gives_its_share_back() {
        let memory = DecodeMemory::new(LARGE);
        let panicked = thread::scope(|scope| {
            let thread = scope.spawn(|| {
                let _held = memory.reserve(LARGE);
                panic!("a decoder");
            });
            thread.join()
        });
        assert!(panicked.is_err());
        drop(memory.reserve(LARGE));
    }
}
