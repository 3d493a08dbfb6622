//! When a worker looks for wake-ups.

use std::{
    task::{Context, Poll},
    time::Duration,
};

use apalis_core::backend::ext::poll_strategy::{IntervalStrategy, PollSnapshot, PollStrategy};

/// Looks again after every interval, whatever the back end answers in between.
///
/// apalis-core 1.0.0 begins the next interval without asking to be woken at its end. Where the
/// back end has answered "nothing" by then, in the same poll, nobody looks again before the next
/// heartbeat, seconds later. So the new interval is polled at once.
#[derive(Clone, Debug)]
pub(super) struct SteadyPoll(IntervalStrategy);

impl SteadyPoll {
    pub(super) fn new(interval: Duration) -> Self {
        Self(IntervalStrategy::new(interval))
    }
}

impl PollStrategy for SteadyPoll {
    fn poll_drive(&mut self, cx: &mut Context<'_>, snapshot: &PollSnapshot) -> Poll<Option<()>> {
        let driven = self.0.poll_drive(cx, snapshot);
        if driven.is_ready() {
            let _ = self.0.poll_drive(cx, snapshot);
        }
        driven
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test]
    async fn it_wakes_whoever_polls_it_only_when_woken() {
        let mut strategy = SteadyPoll::new(Duration::from_millis(5));
        let mut polls = 0;
        let five_polls = poll_fn(|cx| {
            let _ = strategy.poll_drive(cx, &PollSnapshot::new());
            polls += 1;
            if polls == 5 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        let woken = tokio::time::timeout(Duration::from_secs(30), five_polls).await;
        assert!(woken.is_ok(), "woken {polls} times");
    }
}
