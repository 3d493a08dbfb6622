//! `GET` and `POST /jobs/{id}/cancel`: stopping a job for good.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use common::job::JobFile;

use super::{id, job, known_job::KnownJob, see_job};
use crate::{
    client::AnswerForm,
    error::WebError,
    state::State,
    views::{self, ConfirmPage},
};

/// Asks whether that is meant.
pub(crate) async fn get(
    state: web::Data<State>,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let (view, status) = job::look(&state, id(&path)?).await?;
    if status.stage.is_over() {
        return Ok(see_job(view.file.id));
    }
    views::page(StatusCode::OK, &ConfirmPage::cancel(view.file.id))
}

/// Stops the job. A job that is over stays as it is.
pub(crate) async fn post(
    request: HttpRequest,
    state: web::Data<State>,
    KnownJob(JobFile { id: job, .. }): KnownJob,
) -> Result<HttpResponse, WebError> {
    if state.jobs.cancel(job).await? {
        tracing::info!(job = job.tag(), "a job was cancelled");
    }
    match AnswerForm::of(request.head()) {
        AnswerForm::Page => Ok(see_job(job)),
        AnswerForm::Json => job::json(&job::look(&state, job).await?.1),
    }
}
