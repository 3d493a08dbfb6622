//! Keeps search engines away from everything but the upload page.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};

const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// Says of every answer but the upload page that it is not to be listed: also of one that came by a
/// link which somebody published.
pub(crate) async fn no_robots(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_upload_page = request.path() == "/";
    let mut answer = next.call(request).await?;
    if !is_upload_page {
        let no = HeaderValue::from_static("noindex, nofollow");
        answer.headers_mut().insert(X_ROBOTS_TAG, no);
    }
    Ok(answer)
}
