//! `GET /jobs/{id}/results/corrections` and `GET /jobs/{id}/corrections.csv`: what people said
//! about the results.

use actix_web::{HttpResponse, http::header};

use super::page;
use crate::{
    error::WebError,
    results::{Visit, corrections_table::table},
    views::results::CorrectionsPage,
};

/// The list.
pub(crate) async fn get(visit: Visit) -> Result<HttpResponse, WebError> {
    page(visit, CorrectionsPage::new).await
}

/// What counts, as a table with what the model said beside it.
pub(crate) async fn csv(visit: Visit) -> Result<HttpResponse, WebError> {
    let name = "attachment; filename=\"corrections.csv\"";
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(table(
            &visit.snapshot,
            visit.threshold,
            visit.file.options.csv_plain,
        )?))
}
