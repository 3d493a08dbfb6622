//! `GET /jobs/{id}/events`: a job live, as server-sent events (HTML Living Standard 9.2).
//!
//! The events: `live` with the texts of the page that changed, `over` when the page should be
//! loaded anew because the job has ended, is gone, or was counted.

use std::{convert::Infallible, time::Duration};

use actix_web::{HttpResponse, http::header, web};
use bytes::Bytes;
use common::{
    job::JobFile,
    jobs::{JobState, JobView},
};
use futures::stream::{self, Stream};
use prometheus::IntGauge;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use super::{job, known_job::KnownJob};
use crate::{
    deadline::in_time, error::WebError, stage::Stage, state::State, status::JobStatus, views::Live,
    workload,
};

/// How often the job is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Proxies give up connections on which nothing comes; so does this after that time.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Pages that are served live at a time; more look from time to time.
const MOST_WATCHERS: i64 = 2000;

/// A page that watches a job.
struct Watcher {
    state: State,
    file: JobFile,
    /// What it got last.
    sent: Option<Live>,
    sent_at: Instant,
    turns: Interval,
    is_over: bool,
    _counted: Counted,
}

/// Counts a watcher as long as it is there.
struct Counted(IntGauge);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Tells a page what happens to its job.
pub(crate) async fn get(
    state: web::Data<State>,
    KnownJob(file): KnownJob,
) -> Result<HttpResponse, WebError> {
    let watchers = state.metrics.watchers.clone();
    if watchers.get() >= MOST_WATCHERS {
        return Err(WebError::TooManyWatchers);
    }
    watchers.inc();
    let mut turns = interval(LOOK_EVERY);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watcher = Watcher {
        state: State::clone(&state),
        file,
        sent: None,
        sent_at: Instant::now(),
        turns,
        is_over: false,
        _counted: Counted(watchers),
    };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "private, no-store, no-transform"))
        // nginx would hold events back until its buffer is full.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(events(watcher)))
}

fn events(watcher: Watcher) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(watcher, async |mut watcher| {
        let text = watcher.next().await?;
        Some((Ok(Bytes::from(text)), watcher))
    })
}

impl Watcher {
    /// The next thing to tell; `None` when nothing will come any more.
    async fn next(&mut self) -> Option<String> {
        if self.is_over {
            return None;
        }
        let mut is_stopping = self.state.is_stopping.clone();
        loop {
            tokio::select! {
                _ = self.turns.tick() => {}
                // The page connects anew when the program is back.
                _ = is_stopping.wait_for(|is_stopping| *is_stopping) => return None,
            }
            let begins = self.sent.is_none();
            if let Some(event) = self.look().await {
                self.sent_at = Instant::now();
                return Some(if begins {
                    format!("retry: 3000\n{event}")
                } else {
                    event
                });
            }
            if self.sent_at.elapsed() >= HEARTBEAT {
                self.sent_at = Instant::now();
                return Some(": still here\n\n".to_owned());
            }
        }
    }

    /// Looks at the job; the event if something changed.
    async fn look(&mut self) -> Option<String> {
        let live = match self.status().await {
            // What cannot be seen just now may be seen in a second.
            Ok(status) if status.stage == Stage::OutOfSight => return None,
            Ok(status) => Live::of(&status),
            Err(WebError::NoSuchJob) => return Some(self.over()),
            Err(_) => return None,
        };
        let sent = self.sent.as_ref();
        // What has appeared since is not on the page.
        let is_counted_now =
            sent.is_some_and(|sent| sent.fraction.is_none() && live.fraction.is_some());
        if live.stage.is_over() || is_counted_now {
            return Some(self.over());
        }
        if self.sent.as_ref() == Some(&live) {
            return None;
        }
        let data = serde_json::to_string(&live).unwrap_or_default();
        self.sent = Some(live);
        Some(format!("event: live\ndata: {data}\n\n"))
    }

    /// The job, from its record alone as long as it is under way: a store may be far away, and
    /// asked for every page each second it would cost.
    async fn status(&self) -> Result<JobStatus, WebError> {
        let job = self.file.id;
        let loaded = in_time(self.state.jobs.records.store().load(job)).await;
        if let Some(Some(loaded)) = loaded
            && workload::is_open(&loaded.record)
        {
            let view = JobView {
                file: self.file.clone(),
                state: JobState::Open(Box::new(loaded)),
            };
            return Ok(job::describe(&self.state, &view).await);
        }
        Ok(job::look(&self.state, job).await?.1)
    }

    fn over(&mut self) -> String {
        self.is_over = true;
        "event: over\ndata: {}\n\n".to_owned()
    }
}
