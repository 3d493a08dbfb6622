//! Who asks, and in which form an answer is wanted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::{HttpRequest, dev::RequestHead, http::header};

use crate::config::TrustedProxies;

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnswerForm {
    /// A page for people.
    Page,
    /// JSON for programs.
    Json,
}

impl AnswerForm {
    /// The form that a request asks for. Browsers always name `text/html`.
    pub(crate) fn of(head: &RequestHead) -> Self {
        let accept = header_text(head, &header::ACCEPT);
        let place = |kind: &str| accept.find(kind);
        match (place("text/html"), place("application/json")) {
            (Some(html), Some(json)) if json < html => Self::Json,
            (Some(_), _) => Self::Page,
            (None, Some(_)) => Self::Json,
            (None, None) if accept.contains("application/problem+json") => Self::Json,
            (None, None) => Self::Page,
        }
    }

    /// The form of an answer that is an error: whoever does not ask for a page is a program.
    pub(crate) fn of_error(head: &RequestHead) -> Self {
        let accept = header_text(head, &header::ACCEPT);
        match Self::of(head) {
            Self::Page if accept.contains("text/html") => Self::Page,
            _ => Self::Json,
        }
    }
}

/// A header as text; blank when it is missing or no text.
pub(crate) fn header_text<'a>(head: &'a RequestHead, name: &header::HeaderName) -> &'a str {
    let value = head.headers().get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Whether the body of a request is a form without files, as browsers send one.
pub(crate) fn is_plain_form(head: &RequestHead) -> bool {
    let kind = header_text(head, &header::CONTENT_TYPE);
    kind.starts_with("application/x-www-form-urlencoded")
}

/// The address that limits count for. Of an IPv6 address only the network counts (the first 64
/// bits), because everybody has one to himself.
pub(crate) fn address(request: &HttpRequest, proxies: &TrustedProxies) -> IpAddr {
    let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let peer = request.peer_addr().map_or(unknown, |peer| peer.ip());
    let forwarded = header_text(request.head(), &header::X_FORWARDED_FOR);
    match proxies.client(peer, forwarded) {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn browsers_get_pages_and_programs_json() {
        let firefox = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for (accept, form, of_error) in [
            (firefox, AnswerForm::Page, AnswerForm::Page),
            ("application/json", AnswerForm::Json, AnswerForm::Json),
            (
                "application/problem+json",
                AnswerForm::Json,
                AnswerForm::Json,
            ),
            (
                "application/json, text/html",
                AnswerForm::Json,
                AnswerForm::Json,
            ),
            ("*/*", AnswerForm::Page, AnswerForm::Json),
        ] {
            let request = TestRequest::default().insert_header(("accept", accept));
            let request = request.to_http_request();
            assert_eq!(AnswerForm::of(request.head()), form, "{accept}");
            assert_eq!(AnswerForm::of_error(request.head()), of_error, "{accept}");
        }
    }

    #[test]
    fn an_ipv6_network_counts_as_one_client() {
        let proxies = TrustedProxies::default();
        let from = |peer: &str| {
            let request = TestRequest::default().peer_addr(peer.parse().unwrap());
            address(&request.to_http_request(), &proxies)
        };
        assert_eq!(from("[2001:db8::1]:1"), from("[2001:db8::2]:1"));
        assert_ne!(from("[2001:db8:0:1::1]:1"), from("[2001:db8::2]:1"));
        assert_ne!(from("203.0.113.1:1"), from("203.0.113.2:1"));
    }
}
