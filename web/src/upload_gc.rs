//! Removing resumable uploads that nobody goes on with, from time to time. It is done here because
//! they are on this machine; jobs are swept by whoever runs `trapline-worker sweep`.

use std::time::Duration;

use actix_web::rt;
use common::telemetry;

use crate::state::State;

/// How often.
const PERIOD: Duration = Duration::from_secs(600);

/// Sweeps now, and from now on again and again until the program is about to end.
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
            match state.spool.sweep().await {
                Ok(0) => {}
                Ok(swept) => tracing::info!(
                    uploads = swept,
                    "uploads that nobody went on with are removed"
                ),
                Err(error) => {
                    let error = telemetry::causes(&error);
                    tracing::warn!(error, "uploads cannot be swept");
                }
            }
        }
    });
}
