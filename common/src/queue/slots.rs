//! How much a listener does at a time.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Semaphore;

use super::Handler;

/// The slots of a listener. apalis counts too, but forgets what is under way when the connection
/// breaks and it begins anew; the work itself goes on.
#[derive(Clone)]
pub(super) struct Slots {
    free: Arc<Semaphore>,
    count: u32,
    is_stopping: Arc<AtomicBool>,
}

impl Slots {
    pub(super) fn new(count: usize) -> Self {
        let count = u32::try_from(count.max(1)).unwrap_or(u32::MAX);
        Self {
            free: Arc::new(Semaphore::new(count as usize)),
            count,
            is_stopping: Arc::default(),
        }
    }

    /// The handler, as it works within the slots.
    pub(super) fn bound(&self, handler: Handler) -> Handler {
        let slots = self.clone();
        Arc::new(move |wake_up| {
            let (slots, handler) = (slots.clone(), Arc::clone(&handler));
            Box::pin(async move {
                let _slot = slots.free.acquire().await;
                // Who waited for a slot until now leaves the task to others.
                if !slots.is_stopping.load(Ordering::Acquire) {
                    handler(wake_up).await;
                }
            })
        })
    }

    /// Nothing new is begun from now on.
    pub(super) fn stop(&self) {
        self.is_stopping.store(true, Ordering::Release);
    }

    /// Waits until nothing is under way.
    pub(super) async fn all_free(&self) {
        let _all = self.free.acquire_many(self.count).await;
    }
}
