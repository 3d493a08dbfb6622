//! `GET /static/{name}`, `/static/upload/{version}/{name}` and `/static/results/{version}/{name}`

use actix_web::{HttpResponse, http::header, web};

use crate::{
    asset::{Asset, Bundle, RESULTS, UPLOAD},
    error::WebError,
};

/// An address that changes with its content may be kept for good.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// A style, script or picture. Its address changes with its content.
pub(crate) async fn get(name: web::Path<String>) -> Result<HttpResponse, WebError> {
    let asset = Asset::ALL.into_iter().find(|asset| asset.name == *name);
    let asset = asset.ok_or(WebError::NoSuchPage)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, asset.media_type))
        .insert_header((header::CACHE_CONTROL, FOR_GOOD))
        .body(asset.text))
}

/// A script of the upload page.
pub(crate) async fn upload(path: web::Path<(String, String)>) -> Result<HttpResponse, WebError> {
    part(&UPLOAD, &path)
}

/// A style or script of the results pages.
pub(crate) async fn results(path: web::Path<(String, String)>) -> Result<HttpResponse, WebError> {
    part(&RESULTS, &path)
}

/// A part of a bundle. A page of another version gets the present one, which is better than none,
/// and asks again next time.
fn part(bundle: &Bundle, (version, name): &(String, String)) -> Result<HttpResponse, WebError> {
    let part = bundle.part(name).ok_or(WebError::NoSuchPage)?;
    let kept = if bundle.is_present(version) {
        FOR_GOOD
    } else {
        "no-store"
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, part.media_type()))
        .insert_header((header::CACHE_CONTROL, kept))
        .body(part.text))
}
