//! The pages: what their templates in `templates/` are filled with. No logic beyond wording.

mod confirm;
mod index;
mod job;
mod live;
mod message;
pub(crate) mod results;

pub(crate) use confirm::ConfirmPage;
pub(crate) use index::{IndexPage, Surroundings};
pub(crate) use job::{JobPage, path_of};
pub(crate) use live::Live;
pub(crate) use message::MessagePage;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header::ContentType},
};
use askama::Template;

use crate::error::WebError;

/// A page as an answer.
pub(crate) fn page(status: StatusCode, page: &impl Template) -> Result<HttpResponse, WebError> {
    let html = page.render()?;
    Ok(HttpResponse::build(status)
        .content_type(ContentType::html())
        .body(html))
}
