//! Keeps one client from filling the service with uploads.

use std::{net::IpAddr, num::NonZeroU32};

use actix_web::{
    Error, HttpRequest,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web::Data,
};

use crate::{client, error::WebError, quota::KeyedQuota, state::State};

/// Counts uploads by the client's address. A form without files counts when it is known that it
/// makes a new job: whoever did not hear the answer may ask again.
pub(crate) async fn rate_limit<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    if request.method() == Method::POST
        && !client::is_plain_form(request.head())
        && let Some(state) = request.app_data::<Data<State>>().cloned()
        && let Err(refused) = count_upload(request.request(), &state, &state.uploads)
    {
        return Ok(request.error_response(refused).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Counts one more of a client, unless it has used up its quota.
pub(crate) fn count_upload(
    request: &HttpRequest,
    state: &State,
    quota: &KeyedQuota<IpAddr>,
) -> Result<(), WebError> {
    let address = client::address(request, &state.config.trusted_proxies);
    let taken = quota.take(&address, NonZeroU32::MIN);
    taken.map_err(|used_up| {
        let uploads = &state.metrics.uploads;
        uploads.with_label_values(&["rate-limited"]).inc();
        WebError::TooManyUploads {
            retry_after_seconds: used_up.wait.as_secs() + 1,
        }
    })
}
