//! `GET` and `POST /jobs/{id}/delete`, `DELETE /jobs/{id}`: deleting everything of a job.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, rt, web};
use common::job::JobFile;

use super::{known_job::KnownJob, see};
use crate::{
    client::AnswerForm,
    error::WebError,
    resumable::delivered,
    state::State,
    views::{self, ConfirmPage, MessagePage},
};

/// Asks whether that is meant.
pub(crate) async fn get(KnownJob(file): KnownJob) -> Result<HttpResponse, WebError> {
    views::page(StatusCode::OK, &ConfirmPage::delete(file.id))
}

/// Deletes.
pub(crate) async fn post(
    request: HttpRequest,
    state: web::Data<State>,
    KnownJob(JobFile { id: job, .. }): KnownJob,
) -> Result<HttpResponse, WebError> {
    let uploads = delivered::left_of(&state.jobs.store, job).await?;
    state.jobs.delete(job).await?;
    state.results.forget(job);
    state.existence.forget(job);
    if !uploads.is_empty() {
        // Whoever just made the job of them has them in hand, and is not waited for.
        let state = state.clone();
        rt::spawn(async move { delivered::remove(&state.spool, &uploads).await });
    }
    tracing::info!(job = job.tag(), "a job was deleted");
    match AnswerForm::of(request.head()) {
        AnswerForm::Page => Ok(see("/deleted")),
        AnswerForm::Json => Ok(HttpResponse::NoContent().finish()),
    }
}

/// Says that it was done.
pub(crate) async fn done() -> Result<HttpResponse, WebError> {
    views::page(StatusCode::OK, &MessagePage::DELETED)
}
