//! Something that is tried now and then, once for all who ask.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::watch, time::timeout};

use crate::patience::PATIENCE;

/// How long a try may be under way before what was found last holds no longer.
const OVERDUE: Duration = Duration::from_secs(10);

/// How long whoever asks first waits: the first try of a program that starts has company.
const FIRST_PATIENCE: Duration = Duration::from_millis(1500);

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It can be used.
    Good,
    /// It answers, and cannot be used.
    Refused(String),
    /// It does not answer.
    Away(String),
}

type Try = Pin<Box<dyn Future<Output = Found> + Send>>;

/// Something that is tried now and then.
#[derive(Clone)]
pub(super) struct Probe {
    name: &'static str,
    fresh_for: Duration,
    begin: Arc<dyn Fn() -> Try + Send + Sync>,
    state: Arc<Mutex<State>>,
    /// How many tries have ended.
    ended: Arc<watch::Sender<u64>>,
}

#[derive(Default)]
struct State {
    /// The newest result.
    last: Option<(Instant, Found)>,
    /// When the try began that is under way. There is never more than one, so that one that hangs
    /// costs no more than itself.
    begun: Option<Instant>,
    /// Since when it cannot be used.
    bad_since: Option<Instant>,
}

impl Probe {
    pub(super) fn new(
        name: &'static str,
        fresh_for: Duration,
        begin: impl Fn() -> Try + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            fresh_for,
            begin: Arc::new(begin),
            state: Arc::default(),
            ended: Arc::new(watch::Sender::new(0)),
        }
    }

    /// What was found a few seconds ago, or is found now. Whoever asks waits for a moment at most.
    pub(super) async fn ask(&self) -> Found {
        let mut ended = self.ended.subscribe();
        if let Some(found) = self.fresh() {
            return found;
        }
        let patience = self.begin();
        let _ = timeout(patience, ended.changed()).await;
        let state = self.state();
        let is_overdue = state.begun.is_some_and(|begun| begun.elapsed() >= OVERDUE);
        match &state.last {
            Some((_, found)) if !is_overdue => found.clone(),
            _ => {
                drop(state);
                let found = Found::Away("no answer".to_owned());
                self.note_badness(&found);
                found
            }
        }
    }

    /// For how long it cannot be used.
    pub(super) fn bad_for(&self) -> Duration {
        let since = self.state().bad_since;
        since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn fresh(&self) -> Option<Found> {
        let state = self.state();
        let (at, found) = state.last.as_ref()?;
        (at.elapsed() < self.fresh_for).then(|| found.clone())
    }

    /// Begins a try in the background, unless one is under way. How long to wait for it: longer
    /// where nothing is known yet, and not at all where others have waited.
    fn begin(&self) -> Duration {
        let patience = {
            let mut state = self.state();
            let patience = if state.last.is_some() {
                PATIENCE
            } else {
                FIRST_PATIENCE
            };
            if let Some(begun) = state.begun {
                return patience.saturating_sub(begun.elapsed());
            }
            state.begun = Some(Instant::now());
            patience
        };
        let (probe, trial) = (self.clone(), (self.begin)());
        tokio::spawn(async move {
            let found = trial.await;
            probe.note_badness(&found);
            {
                let mut state = probe.state();
                state.begun = None;
                state.last = Some((Instant::now(), found));
            }
            probe.ended.send_modify(|ended| *ended += 1);
        });
        patience
    }

    /// Says so in the log when it begins or ends to be bad.
    fn note_badness(&self, found: &Found) {
        let (mut state, what) = (self.state(), self.name);
        match (found, state.bad_since) {
            (Found::Good, Some(_)) => {
                state.bad_since = None;
                tracing::info!(what, "it can be used again");
            }
            (Found::Refused(why) | Found::Away(why), None) => {
                state.bad_since = Some(Instant::now());
                tracing::error!(what, why, "it cannot be used");
            }
            _ => {}
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn many_who_ask_cause_one_try() {
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&tries);
        let probe = Probe::new("it", Duration::from_secs(60), move || {
            counted.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Found::Refused("full".to_owned()) })
        });
        let all = futures::future::join_all((0..20).map(|_| probe.ask())).await;
        assert!(
            all.iter()
                .all(|found| *found == Found::Refused("full".to_owned()))
        );
        assert_eq!(tries.load(Ordering::Relaxed), 1);
        assert!(probe.state().bad_since.is_some());
    }

    #[tokio::test]
    async fn what_never_answers_is_away_and_is_tried_once() {
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&tries);
        let probe = Probe::new("it", Duration::ZERO, move || {
            counted.fetch_add(1, Ordering::Relaxed);
            Box::pin(std::future::pending())
        });
        for _ in 0..2 {
            assert!(matches!(probe.ask().await, Found::Away(_)));
        }
        assert_eq!(tries.load(Ordering::Relaxed), 1);
    }
}
