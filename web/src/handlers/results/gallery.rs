//! `GET /jobs/{id}/results`: the pictures, page by page.

use actix_web::HttpResponse;

use super::page;
use crate::{error::WebError, results::Visit, views::results::GalleryPage};

/// The pictures that are asked for.
pub(crate) async fn get(visit: Visit) -> Result<HttpResponse, WebError> {
    page(visit, GalleryPage::new).await
}
