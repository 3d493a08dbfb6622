//! `GET` and `POST /jobs/{id}/delete`, `DELETE /jobs/{id}`: deleting everything of a job.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};

use super::{id, job, see};
use crate::{
    client::Wanted,
    error::WebError,
    state::State,
    views::{self, ConfirmPage, MessagePage},
};

/// Asks whether that is meant.
pub(crate) async fn get(
    state: web::Data<State>,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let job = job::find(&state, id(&path)?).await?.id;
    views::page(StatusCode::OK, &ConfirmPage::delete(job))
}

/// Deletes.
pub(crate) async fn post(
    request: HttpRequest,
    state: web::Data<State>,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let job = job::find(&state, id(&path)?).await?.id;
    state.jobs.delete(job).await?;
    tracing::info!(job = job.tag(), "a job was deleted");
    match Wanted::of(request.head()) {
        Wanted::Page => Ok(see("/deleted")),
        Wanted::Json => Ok(HttpResponse::NoContent().finish()),
    }
}

/// Says that it was done.
pub(crate) async fn done() -> Result<HttpResponse, WebError> {
    views::page(StatusCode::OK, &MessagePage::DELETED)
}
