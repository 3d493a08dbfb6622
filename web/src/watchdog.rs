//! Watching over what this process needs: systemd gets to know what is broken, and starts the
//! program again where that helps.
//!
//! It does not help while Redis is down or a disk is full: a program that is started then has no
//! pages at all. It helps where another opening of the same places works and this process's own
//! does not.

use std::time::Duration;

use actix_web::rt;
use common::jobs::Jobs;
use tokio::time::timeout;

use crate::{config::WebConfig, readiness::Trouble, state::State, systemd};

/// How often.
const PERIOD: Duration = Duration::from_secs(10);
/// How long something must have been unusable before another opening is tried, and how long that
/// may take.
const UNUSABLE_LIMIT: Duration = Duration::from_secs(120);
const OPENING_TIME: Duration = Duration::from_secs(20);
/// The name of trials by another opening.
const WHO: &str = "web-anew";

/// Watches until the program is about to end.
pub(crate) fn begin(state: &State) {
    let state = state.clone();
    rt::spawn(async move {
        let mut is_stopping = state.is_stopping.clone();
        let mut turns = tokio::time::interval(PERIOD);
        loop {
            tokio::select! {
                _ = is_stopping.wait_for(|stopping| *stopping) => return,
                _ = turns.tick() => {}
            }
            look(&state).await;
        }
    });
}

async fn look(state: &State) {
    let troubles: Vec<&str> = state
        .readiness
        .troubles()
        .await
        .into_iter()
        .map(Trouble::words)
        .collect();
    systemd::status(&if troubles.is_empty() {
        "takes uploads".to_owned()
    } else {
        troubles.join("; ")
    });
    if state.readiness.unusable_for() >= UNUSABLE_LIMIT && works_anew(&state.config).await {
        tracing::error!(
            "what this process cannot use any more, a new one can; waiting to be ended"
        );
        systemd::give_up();
    }
}

/// Whether records and store can be used by whoever opens them now.
async fn works_anew(config: &WebConfig) -> bool {
    let trial = async {
        let jobs = Jobs::open(&config.service).await.ok()?;
        jobs.records.probe(WHO).await.ok()?;
        jobs.store.probe_writing(WHO).await.ok()
    };
    timeout(OPENING_TIME, trial).await.ok().flatten().is_some()
}
