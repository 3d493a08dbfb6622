//! `GET /jobs/{id}/results/media/{number}`: one picture, large, and everything that is known of it.

use actix_web::{HttpResponse, http::StatusCode, web};
use common::{MediaRecord, store::JobFolder};

use crate::{
    error::WebError,
    results::{Visit, cache::ResultsError},
    state::State,
    views::{self, results::MediaPage},
};

/// A picture.
pub(crate) async fn get(
    state: web::Data<State>,
    visit: Visit,
    path: web::Path<(String, u32)>,
) -> Result<HttpResponse, WebError> {
    let number = path.1;
    let record = record(&state, &visit, number).await?;
    let page = MediaPage::new(&visit, number, &record).ok_or(WebError::NoSuchPicture)?;
    views::page(StatusCode::OK, &page)
}

/// The whole record of a row.
async fn record(state: &State, visit: &Visit, number: u32) -> Result<MediaRecord, WebError> {
    let row = visit.snapshot.album.row(number);
    let place = row.ok_or(WebError::NoSuchPicture)?.record;
    let key = JobFolder::of(visit.file.id).kept_records();
    let part = place.offset..place.offset.saturating_add(place.bytes.into());
    let line = state.jobs.store.get_range(&key, part).await?;
    let line = line.ok_or(WebError::NoSuchPicture)?;
    let record = serde_json::from_slice(&line).map_err(ResultsError::Record)?;
    Ok(record)
}
