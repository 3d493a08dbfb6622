//! Refuses what another site's page makes a browser send here.
//!
//! There is no log-in that could be abused, but a foreign page could make its visitors upload in
//! our name and mail people. Browsers say where a request comes from (Fetch Metadata, `Origin`);
//! programs say neither, and are let through.

use actix_web::{
    Error,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{RequestHead, ServiceRequest, ServiceResponse},
    http::header::{HOST, HeaderName, ORIGIN},
    middleware::Next,
    web::Data,
};
use url::Url;

use crate::{client::header_text, error::WebError, state::State};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses requests that change something and come from another site.
pub(crate) async fn same_origin<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let public_url = request
        .app_data::<Data<State>>()
        .map(|state| state.config.service.public_url.clone());
    if request.method().is_safe() || is_own(request.head(), public_url.as_ref()) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    Ok(request
        .error_response(WebError::CrossSite)
        .map_into_right_body())
}

fn is_own(head: &RequestHead, public_url: Option<&Url>) -> bool {
    match header_text(head, &SEC_FETCH_SITE) {
        "same-origin" | "none" => return true,
        "" => {}
        _ => return false,
    }
    let origin = header_text(head, &ORIGIN);
    if origin.is_empty() {
        return true;
    }
    let Ok(origin) = Url::parse(origin) else {
        return false;
    };
    let host = header_text(head, &HOST);
    let is_host = origin.authority().eq_ignore_ascii_case(host);
    is_host || public_url.is_some_and(|own| own.origin() == origin.origin())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn is_let_through(headers: &[(&'static str, &'static str)]) -> bool {
        let mut request = TestRequest::post().insert_header(("host", "traps.example.org"));
        for header in headers {
            request = request.insert_header(*header);
        }
        let own = Url::parse("https://public.example.org").unwrap();
        is_own(request.to_http_request().head(), Some(&own))
    }

    #[test]
    fn own_pages_and_programs_pass() {
        assert!(is_let_through(&[]));
        assert!(is_let_through(&[("sec-fetch-site", "same-origin")]));
        assert!(is_let_through(&[("sec-fetch-site", "none")]));
        assert!(is_let_through(&[("origin", "http://traps.example.org")]));
        assert!(is_let_through(&[("origin", "https://public.example.org")]));
    }

    #[test]
    fn pages_of_others_do_not() {
        assert!(!is_let_through(&[("sec-fetch-site", "cross-site")]));
        assert!(!is_let_through(&[("sec-fetch-site", "same-site")]));
        assert!(!is_let_through(&[("origin", "null")]));
        assert!(!is_let_through(&[("origin", "https://evil.example.org")]));
        assert!(!is_let_through(&[(
            "origin",
            "http://traps.example.org:81"
        )]));
        assert!(!is_let_through(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://traps.example.org")
        ]));
    }
}
