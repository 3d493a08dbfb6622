//! `POST /jobs/{id}/rebuild`: making the package again at another threshold, and `GET` how far that
//! is.

use actix_web::{HttpRequest, HttpResponse, web};
use common::{Threshold, job::JobFile, jobs::RebuildState};
use serde::Deserialize;
use serde_json::json;

use super::{
    filled_in::{FilledIn, SmallForm},
    known_job::KnownJob,
    see,
};
use crate::{client::AnswerForm, error::WebError, results::Visit, state::State, views::path_of};

/// What is sent.
#[derive(Deserialize)]
pub(crate) struct RebuildForm {
    threshold: String,
}

impl SmallForm for RebuildForm {
    const FIELDS: &'static [&'static str] = &["threshold"];
}

/// Asks for the package at a threshold. One request at a time: while one is open, others change
/// nothing.
pub(crate) async fn post(
    request: HttpRequest,
    state: web::Data<State>,
    visit: Visit,
    FilledIn(form): FilledIn<RebuildForm>,
) -> Result<HttpResponse, WebError> {
    let threshold: Threshold = form.threshold.parse().map_err(|_| WebError::NoThreshold)?;
    let threshold = threshold.max(visit.snapshot.album.floor());
    let job = visit.file.id;
    if state.jobs.rebuild(job, threshold).await? {
        tracing::info!(job = job.tag(), "the package is wanted again");
    }
    if AnswerForm::of(request.head()) == AnswerForm::Json {
        return how_far(&state, &visit.file).await;
    }
    let value = threshold.value();
    Ok(see(&format!("{}/results?threshold={value}", path_of(job))))
}

/// How far it is.
pub(crate) async fn get(
    state: web::Data<State>,
    KnownJob(file): KnownJob,
) -> Result<HttpResponse, WebError> {
    how_far(&state, &file).await
}

async fn how_far(state: &State, file: &JobFile) -> Result<HttpResponse, WebError> {
    let answer = match state.jobs.rebuild_state(file.id).await? {
        RebuildState::None => json!({ "state": "none" }),
        RebuildState::Failed(failure) => json!({ "state": "failed", "reason": failure.reason }),
        RebuildState::Open {
            wish,
            images,
            is_stuck,
        } => json!({
            "state": if is_stuck { "stuck" } else { "open" },
            "threshold": wish.threshold,
            "images": images,
        }),
    };
    Ok(HttpResponse::Ok().json(answer))
}
