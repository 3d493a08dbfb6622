//! How slowly the body of a request may come.
//!
//! A connection costs memory and, for a form, a half-written file. So a body that hardly comes is
//! ended: what counts is the time that is spent waiting for it, not what this side takes to write.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{dev::Payload, error::PayloadError};
use bytes::Bytes;
use futures::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

/// The least that must come, and what came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// The time that is looked at; also the longest wait.
    window: Duration,
    /// Bytes that must come in it, at least 1.
    needed: u64,
    /// Bytes that came in this window.
    came: u64,
    /// Time of this window that was spent waiting, up to the present wait.
    waited: Duration,
    wait: Option<Wait>,
}

/// A wait for more bytes.
#[derive(Clone, Copy, Debug)]
struct Wait {
    since: Instant,
    /// From when on it counts for this window.
    counts_from: Instant,
}

/// Too little came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TooSlow;

/// A body that ends with an error when it comes too slowly.
pub(crate) struct PacedBody {
    body: Payload,
    pace: Pace,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    /// So many bytes in a second, on average over so many seconds; with 0 bytes, anything at all.
    pub(crate) fn new(bytes_per_second: u64, seconds: u64) -> Self {
        Self {
            window: Duration::from_secs(seconds),
            needed: bytes_per_second.saturating_mul(seconds).max(1),
            came: 0,
            waited: Duration::ZERO,
            wait: None,
        }
    }

    /// Nothing is here yet. Until when to wait before [`Self::look`].
    fn wait(&mut self, now: Instant) -> Instant {
        let wait = *self.wait.get_or_insert(Wait {
            since: now,
            counts_from: now,
        });
        let end_of_window = wait.counts_from + self.window.saturating_sub(self.waited);
        end_of_window.min(wait.since + self.window)
    }

    /// Bytes came.
    fn take(&mut self, bytes: u64, now: Instant) -> Result<(), TooSlow> {
        self.came = self.came.saturating_add(bytes);
        if let Some(wait) = self.wait.take() {
            self.waited += now - wait.counts_from;
        }
        if self.waited >= self.window {
            self.end_window()?;
        }
        Ok(())
    }

    /// It was waited until then. Whether to go on: enough came before this wait began, and it is
    /// not too long itself.
    fn look(&mut self, now: Instant) -> Result<(), TooSlow> {
        if let Some(wait) = &mut self.wait {
            if now >= wait.since + self.window {
                return Err(TooSlow);
            }
            wait.counts_from = now;
        }
        self.end_window()
    }

    fn end_window(&mut self) -> Result<(), TooSlow> {
        if self.came < self.needed {
            return Err(TooSlow);
        }
        self.came = 0;
        self.waited = Duration::ZERO;
        Ok(())
    }
}

impl PacedBody {
    /// A body that must come at a pace.
    pub(crate) fn new(body: Payload, pace: Pace) -> Self {
        Self {
            body,
            pace,
            alarm: None,
        }
    }

    /// Waits as long as may be waited.
    fn poll_alarm(&mut self, context: &mut Context<'_>) -> Poll<TooSlow> {
        loop {
            let until = self.pace.wait(Instant::now());
            let alarm = self
                .alarm
                .get_or_insert_with(|| Box::pin(sleep_until(until)));
            if alarm.deadline() != until {
                alarm.as_mut().reset(until);
            }
            if alarm.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            if let Err(too_slow) = self.pace.look(Instant::now()) {
                return Poll::Ready(too_slow);
            }
        }
    }
}

impl Stream for PacedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        match Pin::new(&mut this.body).poll_next(context) {
            Poll::Ready(Some(Ok(bytes))) => {
                let taken = this.pace.take(bytes.len() as u64, Instant::now());
                let item = taken.map(|()| bytes).map_err(PayloadError::from);
                Poll::Ready(Some(item))
            }
            Poll::Ready(end) => Poll::Ready(end),
            Poll::Pending => {
                let alarm = this.poll_alarm(context);
                alarm.map(|too_slow| Some(Err(too_slow.into())))
            }
        }
    }
}

impl From<TooSlow> for PayloadError {
    fn from(_: TooSlow) -> Self {
        let words = "the body of the request came too slowly";
        Self::Io(io::Error::new(io::ErrorKind::TimedOut, words))
    }
}

/// Whether a body ended because it came too slowly.
pub(crate) fn is_too_slow(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many bytes are taken of a body of parts, each of so many bytes after so many seconds,
    /// and whether it comes to its end.
    fn read(mut pace: Pace, parts: &[(u64, u64)]) -> (u64, bool) {
        let (mut now, mut bytes) = (Instant::now(), 0);
        for (seconds, part) in parts {
            let comes = now + Duration::from_secs(*seconds);
            loop {
                let until = pace.wait(now);
                if *seconds == 0 || until >= comes {
                    break;
                }
                now = until;
                if pace.look(now).is_err() {
                    return (bytes, false);
                }
            }
            now = comes;
            if pace.take(*part, now).is_err() {
                return (bytes, false);
            }
            bytes += part;
        }
        (bytes, true)
    }

    #[test]
    fn a_body_is_ended_when_too_little_comes_of_it() {
        let pace = Pace::new(10, 60);
        assert_eq!(read(pace, &[(1, 1); 100]), (59, false));
        assert_eq!(read(pace, &[(0, 5000), (61, 1)]), (5000, false));
        assert_eq!(read(pace, &[(1, 10); 500]), (5000, true));
        let ever_slower = [(30, 5000), (55, 100), (55, 100), (55, 1)];
        assert_eq!(read(pace, &ever_slower), (5100, false));
    }

    #[test]
    fn a_bad_line_that_stands_still_now_and_then_is_not() {
        let pace = Pace::new(10, 60);
        let in_bursts = [(50, 1000), (50, 1000), (59, 1000), (5, 7)];
        assert_eq!(read(pace, &in_bursts), (3007, true));
        // Less than a window says nothing yet.
        assert_eq!(read(pace, &[(58, 1)]), (1, true));
    }

    #[test]
    fn without_a_rate_something_must_come_all_the_same() {
        let pace = Pace::new(0, 60);
        assert_eq!(read(pace, &[(59, 1); 20]), (20, true));
        assert_eq!(read(pace, &[(1, 1), (61, 1)]), (1, false));
    }

    #[test]
    fn time_that_is_spent_on_this_side_does_not_count() {
        let mut pace = Pace::new(1024, 60);
        let mut now = Instant::now();
        for _ in 0..10 {
            pace.wait(now);
            assert_eq!(pace.take(1, now), Ok(()));
            now += Duration::from_secs(3600);
        }
    }
}
