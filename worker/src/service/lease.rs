//! A task while this worker is at it: its lease is kept, and its progress told.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use common::{Counts, job::Claim, records::ChangeError};

use super::environment::Environment;

/// How often progress is told, which is also how fresh pages are.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// A claim, and what its task shares with the one who keeps its lease.
#[derive(Clone)]
pub(super) struct HeldLease {
    pub(super) claim: Claim,
    partial: Arc<Mutex<Counts>>,
    stop: Arc<AtomicBool>,
}

impl HeldLease {
    pub(super) fn new(claim: Claim) -> Self {
        Self {
            claim,
            partial: Arc::default(),
            stop: Arc::default(),
        }
    }

    /// Says what was found so far.
    pub(super) fn note(&self, add: impl FnOnce(&mut Counts)) {
        add(&mut self.partial.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Set when the task is to be left.
    pub(super) fn stop_flag(&self) -> &AtomicBool {
        &self.stop
    }

    /// Whether the task is to be left.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Makes the task stop as soon as it can.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    fn partial(&self) -> Counts {
        self.partial
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Renews the lease for as long as it is polled. When the task is no longer this worker's, or
    /// the worker has had its time to finish, the task is told to stop. Records that are out of
    /// reach are no reason to stop: what is done can still be kept when they are back.
    pub(super) async fn keep(&self, env: &Environment) {
        let lease = env.settings.lease;
        let mut beat = tokio::time::interval(TELL_EVERY.min(lease / 3));
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut told = None;
        let mut last_told = tokio::time::Instant::now();
        loop {
            beat.tick().await;
            if env.is_hurried() {
                self.stop();
            }
            let partial = self.partial();
            let is_news = told.as_ref() != Some(&partial);
            // Less than a third, which is the beat: none is left out for a hair's breadth.
            if !is_news && last_told.elapsed() < lease / 4 {
                continue;
            }
            let now = tokio::time::Instant::now();
            match self.renew(env, partial.clone()).await {
                Ok(()) => {
                    last_told = now;
                    told = Some(partial);
                }
                Err(ChangeError::Records(error)) => {
                    tracing::warn!(%error, "the records are out of reach; going on meanwhile");
                }
                Err(ChangeError::NoRecord | ChangeError::Refused(_)) => self.stop(),
            }
        }
    }

    /// Whether the task is certainly not this worker's any more: to be asked before something is
    /// replaced that others may have replaced meanwhile.
    pub(super) async fn is_lost(&self, env: &Environment) -> bool {
        let renewed = self.renew(env, self.partial()).await;
        matches!(
            renewed,
            Err(ChangeError::NoRecord | ChangeError::Refused(_))
        )
    }

    async fn renew(
        &self,
        env: &Environment,
        partial: Counts,
    ) -> Result<(), ChangeError<common::job::Fenced>> {
        let lease_ms = milliseconds(env.settings.lease);
        let renewed = env.jobs.records.change(self.claim.job, |record, now_ms| {
            record.renew(&self.claim, partial.clone(), lease_ms, now_ms)
        });
        renewed.await.map(drop)
    }
}

/// A duration as records count it.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
