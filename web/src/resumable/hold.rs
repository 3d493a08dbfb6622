//! One request at a time has an upload in its hands.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

use super::{UploadId, sheet::Sheet};
use crate::space::Reservation;

/// An upload as this process knows it.
pub(crate) struct Slot {
    pub(crate) id: UploadId,
    pub(crate) sheet: Sheet,
    promise: Mutex<Option<Promise>>,
    gate: Arc<tokio::sync::Mutex<()>>,
    holder: Mutex<CancellationToken>,
}

/// Room that is kept for an upload, and since when nothing has come.
struct Promise {
    room: Reservation,
    since: Instant,
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
    pub(super) fn new(id: UploadId, sheet: Sheet, room: Option<Reservation>) -> Self {
        let slot = Self {
            id,
            sheet,
            promise: Mutex::default(),
            gate: Arc::default(),
            holder: Mutex::default(),
        };
        if let Some(room) = room {
            slot.keep_room(room);
        }
        slot
    }

    /// Keeps room for what is still to come.
    pub(super) fn keep_room(&self, room: Reservation) {
        let since = Instant::now();
        *self.promise.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Promise { room, since });
    }

    /// The room that is kept for what is still to come.
    pub(super) fn take_room(&self) -> Option<Reservation> {
        let mut promise = self.promise.lock().unwrap_or_else(PoisonError::into_inner);
        promise.take().map(|promise| promise.room)
    }

    /// Gives the room to others if nothing has come for so long. Who goes on then asks for it again.
    pub(super) fn give_up_room(&self, patience: Duration) {
        let mut promise = self.promise.lock().unwrap_or_else(PoisonError::into_inner);
        promise.take_if(|promise| promise.since.elapsed() >= patience);
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
