//! One page or verb each.

pub(crate) mod asset;
pub(crate) mod cancel;
pub(crate) mod delete;
pub(crate) mod delivery;
pub(crate) mod download;
pub(crate) mod events;
pub(crate) mod filled_in;
pub(crate) mod health;
pub(crate) mod index;
pub(crate) mod job;
pub(crate) mod known_job;
pub(crate) mod metrics;
pub(crate) mod rebuild;
pub(crate) mod results;
pub(crate) mod resumable;
pub(crate) mod robots;
pub(crate) mod upload;

use actix_web::{HttpResponse, http::header};
use common::job::JobId;

use crate::{error::WebError, views};

/// The id in an address.
fn id(text: &str) -> Result<JobId, WebError> {
    text.parse().map_err(|_| WebError::NotAJobId)
}

/// "Look there", for browsers after a form.
fn see(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .finish()
}

/// "Look at the job's page."
fn see_job(job: JobId) -> HttpResponse {
    see(&views::path_of(job))
}
