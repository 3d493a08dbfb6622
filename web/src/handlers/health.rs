//! `GET /healthz` and `GET /readyz`: whether the process lives, and whether it can work.

use std::time::Duration;

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use tokio::time::timeout;

use crate::state::State;

/// How long a part of the service may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the process can use.
#[derive(Serialize)]
struct Readiness {
    is_ready: bool,
    /// The records and the queue answer.
    records: bool,
    /// The store answers.
    store: bool,
    /// The disk of the store has room for uploads.
    space: bool,
    /// Living workers. Without any, uploads are still taken.
    workers: usize,
}

/// The process answers.
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// The process can take uploads: 200, or 503 when it cannot.
pub(crate) async fn ready(state: Data<State>) -> HttpResponse {
    let records = timeout(PATIENCE, state.jobs.records.store().now_ms()).await;
    let store = timeout(PATIENCE, state.jobs.store.probe()).await;
    let mut readiness = Readiness {
        is_ready: false,
        records: matches!(records, Ok(Ok(_))),
        store: matches!(store, Ok(Ok(()))),
        space: !state.space.is_full(),
        workers: state.workload.now().await.workers.len(),
    };
    readiness.is_ready = readiness.records && readiness.store && readiness.space;
    let mut answer = if readiness.is_ready {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    answer.json(readiness)
}
