//! Keeps one client from filling the service with uploads.

use std::num::NonZeroU32;

use actix_web::{
    Error,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web::Data,
};

use crate::{client, error::WebError, state::State};

/// Counts uploads by the client's address.
pub(crate) async fn rate_limit<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    if request.method() == Method::POST
        && let Some(state) = request.app_data::<Data<State>>()
    {
        let address = client::address(request.request(), &state.config.trusted_proxies);
        if let Err(used_up) = state.uploads.take(&address, NonZeroU32::MIN) {
            state
                .metrics
                .uploads
                .with_label_values(&["rate-limited"])
                .inc();
            let refused = WebError::TooManyUploads {
                retry_after_seconds: used_up.wait.as_secs() + 1,
            };
            return Ok(request.error_response(refused).map_into_right_body());
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}
