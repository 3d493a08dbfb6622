//! Something that is tried now and then, once for all who ask.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::watch, time::timeout};

use crate::deadline::DEADLINE;

/// How long a try may be under way before what was found last holds no longer.
const OVERDUE: Duration = Duration::from_secs(10);

/// How long whoever asks first waits: the first try of a program that starts has company.
const FIRST_DEADLINE: Duration = Duration::from_millis(1500);

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
    tries: Arc<Mutex<Tries>>,
    /// How many tries have ended.
    ended: Arc<watch::Sender<u64>>,
}

#[derive(Default)]
struct Tries {
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
            tries: Arc::default(),
            ended: Arc::new(watch::Sender::new(0)),
        }
    }

    /// What was found a few seconds ago, or is found now. Whoever asks waits for a moment at most.
    pub(super) async fn ask(&self) -> Found {
        let mut ended = self.ended.subscribe();
        if let Some(found) = self.fresh() {
            return found;
        }
        let deadline = self.begin();
        let _ = timeout(deadline, ended.changed()).await;
        let mut tries = self.tries();
        let is_overdue = tries.begun.is_some_and(|begun| begun.elapsed() >= OVERDUE);
        match &tries.last {
            Some((_, found)) if !is_overdue => found.clone(),
            _ => {
                let found = Found::Away("no answer".to_owned());
                self.note_badness(&mut tries, &found);
                found
            }
        }
    }

    /// For how long it cannot be used.
    pub(super) fn bad_for(&self) -> Duration {
        let since = self.tries().bad_since;
        since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn fresh(&self) -> Option<Found> {
        let tries = self.tries();
        let (at, found) = tries.last.as_ref()?;
        (at.elapsed() < self.fresh_for).then(|| found.clone())
    }

    /// Begins a try in the background, unless one is under way. How long to wait for it: longer
    /// where nothing is known yet, and not at all where others have waited.
    fn begin(&self) -> Duration {
        let deadline = {
            let mut tries = self.tries();
            let deadline = if tries.last.is_some() {
                DEADLINE
            } else {
                FIRST_DEADLINE
            };
            if let Some(begun) = tries.begun {
                return deadline.saturating_sub(begun.elapsed());
            }
            tries.begun = Some(Instant::now());
            deadline
        };
        let (probe, trial) = (self.clone(), (self.begin)());
        tokio::spawn(async move {
            let found = trial.await;
            {
                let mut tries = probe.tries();
                probe.note_badness(&mut tries, &found);
                tries.begun = None;
                tries.last = Some((Instant::now(), found));
            }
            probe.ended.send_modify(|ended| *ended += 1);
        });
        deadline
    }

    /// Says so in the log when it begins or ends to be bad.
    fn note_badness(&self, tries: &mut Tries, found: &Found) {
        let what = self.name;
        match (found, tries.bad_since) {
            (Found::Good, Some(_)) => {
                tries.bad_since = None;
                tracing::info!(what, "it can be used again");
            }
            (Found::Refused(why) | Found::Away(why), None) => {
                tries.bad_since = Some(Instant::now());
                tracing::error!(what, why, "it cannot be used");
            }
            _ => {}
        }
    }

    fn tries(&self) -> MutexGuard<'_, Tries> {
        self.tries.lock().unwrap_or_else(PoisonError::into_inner)
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
        assert!(probe.tries().bad_since.is_some());
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
