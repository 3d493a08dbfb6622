//! Refuses requests for names that are not ours.

use actix_web::{
    Error,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use crate::{error::WebError, state::State};

/// What watches this machine asks for, under whatever name it has for it; it tells nobody anything.
const FOR_WATCHERS: [&str; 2] = ["/healthz", "/readyz"];

/// Refuses a request for a name that is not ours.
pub(crate) async fn own_host<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let state = request.app_data::<Data<State>>().cloned();
    if let Some(state) = state
        && !FOR_WATCHERS.contains(&request.path())
    {
        let proxies = &state.config.trusted_proxies;
        let peer = request.peer_addr();
        let is_proxy = peer.is_some_and(|peer| proxies.include(peer.ip()));
        if let Err(refused) = state.own_hosts.check(request.head(), is_proxy) {
            let refused = WebError::from(refused);
            return Ok(request.error_response(refused).map_into_right_body());
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}
