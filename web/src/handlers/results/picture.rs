//! `GET /jobs/{id}/pictures/{number}/thumbnail` and `/preview`: small copies of a picture.

use std::ops::Range;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, EntityTag},
    },
    web,
};
use common::{media::PicturePlace, store::JobFolder};

use crate::{
    error::WebError,
    handlers::{download::is_known, id},
    state::State,
};

/// Pictures never change, but are not to be seen any more after their job: a browser may keep them,
/// and asks before it shows them. The answer is made from memory.
const KEPT: &str = "private, no-cache";

/// A picture with a long side of at most 400 pixels.
pub(crate) async fn thumbnail(
    request: HttpRequest,
    state: web::Data<State>,
    path: web::Path<(String, u32)>,
) -> Result<HttpResponse, WebError> {
    send(&request, &state, &path, PicturePlace::thumbnail).await
}

/// A picture with a long side of at most 1280 pixels.
pub(crate) async fn preview(
    request: HttpRequest,
    state: web::Data<State>,
    path: web::Path<(String, u32)>,
) -> Result<HttpResponse, WebError> {
    send(&request, &state, &path, PicturePlace::preview).await
}

async fn send(
    request: &HttpRequest,
    state: &State,
    (job, number): &(String, u32),
    part: impl Fn(&PicturePlace) -> Range<u64>,
) -> Result<HttpResponse, WebError> {
    let job = id(job)?;
    if !state.existence.is_there(job).await? {
        return Err(WebError::NoSuchJob);
    }
    let album = state.results.album(job).await?;
    let place = album.and_then(|album| album.row(*number)?.picture);
    let place = place.ok_or(WebError::NoSuchPicture)?;
    let bytes = part(&place);
    let tag = format!("{}-{}-{}", place.pack, bytes.start, bytes.end);
    let tag = EntityTag::new_strong(tag);
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CACHE_CONTROL, KEPT))
        .insert_header(header::ETag(tag.clone()));
    if is_known(request, &tag) {
        return Ok(answer.status(StatusCode::NOT_MODIFIED).finish());
    }
    let key = JobFolder::of(job).pictures(place.pack);
    let picture = state.jobs.store.get_range(&key, bytes).await?;
    let picture = picture.ok_or(WebError::NoSuchPicture)?;
    Ok(answer.content_type("image/jpeg").body(picture))
}
