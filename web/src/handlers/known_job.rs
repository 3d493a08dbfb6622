//! The job that a request names.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use common::job::JobFile;
use futures::future::LocalBoxFuture;

use super::id;
use crate::{error::WebError, state::State};

/// What was asked for in the job that a request names. A request that names none is not handled.
pub(crate) struct KnownJob(pub(crate) JobFile);

impl FromRequest for KnownJob {
    type Error = WebError;
    type Future = LocalBoxFuture<'static, Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let job = id(request.match_info().query("id"));
        let state = request.app_data::<Data<State>>().cloned();
        Box::pin(async move {
            let (job, state) = (job?, state.ok_or(WebError::NoSuchPage)?);
            let file = state.jobs.store.job_file(job).await?;
            file.map(Self).ok_or(WebError::NoSuchJob)
        })
    }
}
