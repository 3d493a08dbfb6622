//! `GET /metrics`, at its own address.

use actix_web::{HttpResponse, web::Data};
use common::job::Lane;

use crate::{deadline::in_time, state::State};

/// All counters, with what can be seen of the service at this moment.
pub(crate) async fn get(state: Data<State>) -> HttpResponse {
    look(&state).await;
    match state.metrics.text() {
        Ok(text) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4; charset=utf-8")
            .body(text),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

async fn look(state: &State) {
    let metrics = &state.metrics;
    let gauge = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let free = state.space.free_bytes();
    metrics
        .free_bytes
        .set(free.map_or(-1, |free| i64::try_from(free).unwrap_or(i64::MAX)));
    let workload = state.workload.now().await;
    if workload.is_known {
        let begun = workload.jobs.iter().filter(|job| job.has_begun).count();
        let set = |name: &str, number| metrics.jobs.with_label_values(&[name]).set(gauge(number));
        set("waiting", workload.jobs.len() - begun);
        set("running", begun);
        set("stuck", workload.stuck);
        metrics.workers.set(gauge(workload.workers.len()));
    }
    for lane in Lane::ALL {
        if let Some(depth) = in_time(state.jobs.queue.depth(lane)).await {
            let depth = i64::try_from(depth).unwrap_or(i64::MAX);
            metrics.queue.with_label_values(&[lane.name()]).set(depth);
        }
    }
}
