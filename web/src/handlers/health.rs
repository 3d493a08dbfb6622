//! `GET /healthz` and `GET /readyz`: whether the process lives, and whether it can work.

use actix_web::{HttpResponse, http::header, web::Data};
use serde::Serialize;

use crate::{error::SIGHT_SECONDS, readiness::Trouble, state::State};

/// What the process can use.
#[derive(Serialize)]
struct Report {
    is_ready: bool,
    /// The records and the queue answer, and can be written.
    records: bool,
    /// The store answers, and can be written.
    store: bool,
    /// The disk of the store has room for uploads.
    space: bool,
    /// Living workers. Without any, uploads are still taken.
    workers: usize,
    /// What cannot be used, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trouble: Vec<&'static str>,
}

/// The process answers.
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// The process can take uploads and have them looked at: 200, or 503 when it cannot.
pub(crate) async fn ready(state: Data<State>) -> HttpResponse {
    let (troubles, workload) = futures::join!(state.readiness.troubles(), state.workload.now());
    let is_free_of = |these: &[Trouble]| troubles.iter().all(|trouble| !these.contains(trouble));
    let report = Report {
        is_ready: troubles.is_empty(),
        records: is_free_of(&[Trouble::RecordsAway, Trouble::RecordsRefuse]),
        store: is_free_of(&[Trouble::StoreAway, Trouble::StoreRefuses]),
        space: is_free_of(&[Trouble::NoSpace]),
        workers: workload.workers.len(),
        trouble: troubles.iter().map(|trouble| trouble.words()).collect(),
    };
    let mut answer = if report.is_ready {
        HttpResponse::Ok()
    } else {
        let mut answer = HttpResponse::ServiceUnavailable();
        answer.insert_header((header::RETRY_AFTER, SIGHT_SECONDS));
        answer
    };
    answer.json(report)
}
