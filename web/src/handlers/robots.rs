//! `GET /robots.txt`: what search engines may look at (RFC 9309).

use actix_web::HttpResponse;

/// The upload page and what belongs to it; nothing of anybody's jobs.
const RULES: &str = "\
User-agent: *
Allow: /$
Allow: /static/
Disallow: /
";

/// Says what may be looked at.
pub(crate) async fn get() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(RULES)
}
