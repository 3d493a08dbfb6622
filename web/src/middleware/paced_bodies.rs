//! Ends requests whose bodies hardly come.

use actix_web::{
    Error, HttpMessage as _,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use crate::{
    pace::{Pace, PacedBody},
    state::State,
};

/// Lets the body of a request come at no slower pace than what is set.
pub(crate) async fn paced_bodies(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let config = request.app_data::<Data<State>>().map(|state| &state.config);
    let pace = config.map(|config| {
        Pace::new(
            config.upload_min_bytes_per_second,
            config.upload_idle_seconds,
        )
    });
    if let Some(pace) = pace {
        match request.take_payload() {
            Payload::None => {}
            body => request.set_payload(Payload::Stream {
                payload: Box::pin(PacedBody::new(body, pace)),
            }),
        }
    }
    next.call(request).await
}
