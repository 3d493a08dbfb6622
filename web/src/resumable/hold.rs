//! One request at a time has an upload in its hands.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

use super::{UploadId, sheet::Sheet};

/// An upload as this process knows it.
pub(crate) struct Slot {
    pub(crate) id: UploadId,
    pub(crate) sheet: Sheet,
    /// How many of its bytes have come, as far as this process knows.
    arrived: AtomicU64,
    gate: Arc<tokio::sync::Mutex<()>>,
    holder: Mutex<CancellationToken>,
}

/// An upload in the hands of one request.
///
/// A connection can be dead for minutes before this side hears of it, and its client is back long
/// before. So whoever comes next does not wait for the one before, but interrupts it.
pub(crate) struct Hold {
    pub(crate) slot: Arc<Slot>,
    interrupted: CancellationToken,
    _gate: OwnedMutexGuard<()>,
}

impl Slot {
    /// An upload of which so many bytes have come.
    pub(super) fn new(id: UploadId, sheet: Sheet, arrived: u64) -> Self {
        Self {
            id,
            sheet,
            arrived: AtomicU64::new(arrived),
            gate: Arc::default(),
            holder: Mutex::default(),
        }
    }

    /// How many of its bytes have come.
    pub(super) fn arrived(&self) -> u64 {
        self.arrived.load(Ordering::Relaxed)
    }

    /// Notes how many of its bytes have come. How many that were before.
    pub(super) fn note_arrived(&self, bytes: u64) -> u64 {
        self.arrived.swap(bytes, Ordering::Relaxed)
    }

    /// Takes the upload out of the hands of whoever has it.
    pub(super) async fn hold(self: Arc<Self>) -> Hold {
        let interrupted = CancellationToken::new();
        {
            let mut holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
            holder.cancel();
            *holder = interrupted.clone();
        }
        Hold {
            _gate: Arc::clone(&self.gate).lock_owned().await,
            slot: self,
            interrupted,
        }
    }

    /// Takes the upload if nobody has it.
    pub(super) fn try_hold(self: Arc<Self>) -> Option<Hold> {
        Some(Hold {
            _gate: Arc::clone(&self.gate).try_lock_owned().ok()?,
            slot: self,
            interrupted: CancellationToken::new(),
        })
    }
}

impl Hold {
    /// Waits until somebody else wants the upload.
    pub(crate) async fn interrupted(&self) {
        self.interrupted.cancelled().await;
    }
}
