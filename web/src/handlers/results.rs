//! The results pages of a job: its pictures, what was found in them, what people say about that.

pub(crate) mod blanks;
pub(crate) mod correct;
pub(crate) mod corrections;
pub(crate) mod figures;
pub(crate) mod gallery;
pub(crate) mod media;
pub(crate) mod picture;
mod visit;

use actix_web::{HttpResponse, http::header::ContentType};
use askama::Template;
use tokio::task::spawn_blocking;

use crate::{
    error::WebError,
    results::{Visit, cache::ResultsError},
};

/// Makes a page beside the runtime: going through a hundred thousand rows takes too long for
/// others to wait.
async fn page<P: Template>(
    visit: Visit,
    make: impl FnOnce(&Visit) -> P + Send + 'static,
) -> Result<HttpResponse, WebError> {
    let made = spawn_blocking(move || make(&visit).render());
    let html = made.await.map_err(ResultsError::Reading)??;
    Ok(HttpResponse::Ok()
        .content_type(ContentType::html())
        .body(html))
}
