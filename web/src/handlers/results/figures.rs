//! `GET /jobs/{id}/results/figures`: what the pictures say together.

use actix_web::HttpResponse;

use super::page;
use crate::{error::WebError, results::Visit, views::results::FiguresPage};

/// The plots of what is asked for.
pub(crate) async fn get(visit: Visit) -> Result<HttpResponse, WebError> {
    page(visit, FiguresPage::new).await
}
