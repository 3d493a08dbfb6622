//! Saving what is finished of a shard while the rest of it is looked at.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread::{Scope, ScopedJoinHandle},
    time::{Duration, Instant},
};

use common::MediaRecord;

use super::{environment::Environment, lease::HeldLease, saved_shard::SavedShard};
use crate::{package::Package, pipeline::picture_pack::PicturePack};

/// How often: what a worker that dies loses is what it has in hand, and what it finished within
/// this time.
const EVERY: Duration = Duration::from_millis(500);

/// Most files in a part, which is held in memory with their copies.
const MOST_IN_PART: usize = 16;

/// The way of finished records into the store.
pub(super) struct Saving<'scope> {
    records: Sender<MediaRecord>,
    is_finished: Arc<AtomicBool>,
    thread: ScopedJoinHandle<'scope, ()>,
}

/// What is saved, and where.
#[derive(Clone, Copy)]
pub(super) struct Savings<'a> {
    pub(super) saved: &'a SavedShard,
    pub(super) package: &'a Package,
    pub(super) pictures: &'a PicturePack,
    /// Records that were saved before.
    pub(super) before: usize,
    pub(super) worker: (&'a Environment, &'a HeldLease),
}

impl<'scope> Saving<'scope> {
    /// Begins to save.
    pub(super) fn begin<'env>(scope: &'scope Scope<'scope, 'env>, savings: Savings<'env>) -> Self {
        let (records, finished) = mpsc::channel();
        let is_finished = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&is_finished);
        Self {
            records,
            is_finished,
            thread: scope.spawn(move || savings.save_all(&finished, &told)),
        }
    }

    /// Saves a record with the next ones.
    pub(super) fn add(&self, record: &MediaRecord) {
        let _ = self.records.send(record.clone());
    }

    /// Ends. Of a shard that is finished nothing more needs to be saved; of one that is left,
    /// everything.
    pub(super) fn end(self, is_finished: bool) {
        self.is_finished.store(is_finished, Ordering::Release);
        drop(self.records);
        let _ = self.thread.join();
    }
}

impl Savings<'_> {
    fn save_all(self, finished: &Receiver<MediaRecord>, is_finished: &AtomicBool) {
        let (mut first, mut waiting) = (self.before, Vec::new());
        let mut is_open = true;
        while is_open {
            is_open = gather(finished, &mut waiting);
            while !waiting.is_empty() && !is_finished.load(Ordering::Acquire) {
                let count = waiting.len().min(MOST_IN_PART);
                let part = waiting.get(..count).unwrap_or_default();
                let place = (self.package, self.pictures);
                if let Err(error) = self.saved.save(first, part, place) {
                    // It is saved with the next ones, and lost only if this worker dies before.
                    tracing::warn!(%error, "what is finished cannot be saved now");
                    break;
                }
                if first == self.before {
                    self.saved.tell_progress(self.worker);
                }
                waiting.drain(..count);
                first += count;
            }
        }
    }
}

/// Collects what is finished for a while; `false` when nothing more will be.
fn gather(finished: &Receiver<MediaRecord>, waiting: &mut Vec<MediaRecord>) -> bool {
    let end = Instant::now() + EVERY;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match finished.recv_timeout(left) {
            Ok(record) => waiting.push(record),
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}
