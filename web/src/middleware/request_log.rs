//! One line in the log and a count for every request.
//!
//! The line has the route's pattern, never the address that was asked for: that holds the job's
//! id, which is the key to it.

use std::time::Instant;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use common::job::JobId;

use crate::state::State;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Logs and counts a request, and gives it a number that its answer carries.
pub(crate) async fn request_log(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let begun = Instant::now();
    let method = request.method().clone();
    let state = request.app_data::<Data<State>>().cloned();
    // Twelve random letters and digits, as short as they can be and still be told apart.
    let id: String = JobId::random()
        .map(|random| random.to_string().chars().take(12).collect())
        .unwrap_or_default();
    let mut answer = next.call(request).await?;
    let route = answer
        .request()
        .match_pattern()
        .unwrap_or_else(|| "none".to_owned());
    let status = answer.status().as_u16();
    if let Ok(value) = HeaderValue::try_from(&id) {
        answer.headers_mut().insert(REQUEST_ID, value);
    }
    let seconds = begun.elapsed().as_secs_f64();
    if let Some(state) = state {
        let method = counted(&method);
        let labels = [method, &route];
        state
            .metrics
            .seconds
            .with_label_values(&labels)
            .observe(seconds);
        let labels = [method, &route, &status.to_string()];
        state.metrics.requests.with_label_values(&labels).inc();
    }
    let seconds = (seconds * 1000.0).round() / 1000.0;
    // There is one for every picture of a card.
    if route.starts_with("/uploads") && status < 400 {
        tracing::debug!(request = id, %method, route, status, seconds, "answered");
    } else {
        tracing::info!(request = id, %method, route, status, seconds, "answered");
    }
    Ok(answer)
}

/// Anybody can send any word as a method; only the usual ones are counted by name.
fn counted(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}
