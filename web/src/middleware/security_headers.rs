//! Headers that tell browsers what pages of this service may do: little.

use actix_web::middleware::DefaultHeaders;

use crate::resumable::tus;

/// No script or style but our own files, no frames, no forms to elsewhere, no addresses of pages
/// given to other sites.
pub(crate) fn security_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .add(("X-Content-Type-Options", "nosniff"))
        // Not `no-referrer`: then browsers say `Origin: null` where a form of ours is sent.
        .add(("Referrer-Policy", "same-origin"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
        .add((
            "Permissions-Policy",
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ))
}

/// Every answer about a resumable upload says which version of the protocol it speaks.
pub(crate) fn resumable() -> DefaultHeaders {
    private()
        .add((tus::TUS_RESUMABLE, tus::VERSION))
        .add((tus::TUS_VERSION, tus::VERSION))
}

/// Nobody keeps what is served below a job's address.
pub(crate) fn private() -> DefaultHeaders {
    DefaultHeaders::new().add(("Cache-Control", "private, no-store"))
}
