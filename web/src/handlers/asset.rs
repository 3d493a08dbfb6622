//! `GET /static/{name}`

use actix_web::{HttpResponse, http::header, web};

use crate::{asset::Asset, error::WebError};

/// A style, script or picture. Its address changes with its content, so it may be kept for good.
pub(crate) async fn get(name: web::Path<String>) -> Result<HttpResponse, WebError> {
    let asset = Asset::ALL.into_iter().find(|asset| asset.name == *name);
    let asset = asset.ok_or(WebError::NoSuchPage)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, asset.media_type))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(asset.text))
}
