//! Keeps anybody from trying ids of jobs.

use actix_web::{
    Error,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use crate::{client, error::WebError, state::State};

/// Answers nothing about jobs to a client that asked for too many that there are not, right or
/// wrong: otherwise the answer would tell which is right.
pub(crate) async fn no_guessing<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let Some(state) = request.app_data::<Data<State>>().cloned() else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let client = client::address(request.request(), &state.config.trusted_proxies);
    if let Some(wait) = state.wrong_ids.wait(client) {
        let refused = WebError::TooManyWrongIds {
            retry_after_seconds: wait.as_secs() + 1,
        };
        return Ok(request.error_response(refused).map_into_right_body());
    }
    let answer = next.call(request).await?;
    let id = answer.request().match_info().query("id").to_owned();
    let error = answer.response().error();
    let error = error.and_then(|error| error.as_error::<WebError>());
    if matches!(error, Some(WebError::NoSuchJob | WebError::NotAJobId)) {
        state.wrong_ids.count(client, &id);
    }
    Ok(answer.map_into_left_body())
}
