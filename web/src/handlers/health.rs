//! `GET /healthz` and `GET /readyz`: whether the process lives, and whether it can work.

use actix_web::{HttpResponse, http::header, web::Data};
use serde::Serialize;

use crate::{error::SIGHT_SECONDS, patience::in_time, state::State};

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
    let (records, store, workload) = futures::join!(
        in_time(state.jobs.records.store().now_ms()),
        in_time(state.jobs.store.probe()),
        state.workload.now()
    );
    let mut readiness = Readiness {
        is_ready: false,
        records: records.is_some(),
        store: store.is_some(),
        space: !state.space.is_full(),
        workers: workload.workers.len(),
    };
    readiness.is_ready = readiness.records && readiness.store && readiness.space;
    let mut answer = if readiness.is_ready {
        HttpResponse::Ok()
    } else {
        let mut answer = HttpResponse::ServiceUnavailable();
        answer.insert_header((header::RETRY_AFTER, SIGHT_SECONDS));
        answer
    };
    answer.json(readiness)
}
