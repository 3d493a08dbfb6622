//! What happens around every request.

mod error_pages;
mod no_guessing;
mod no_robots;
mod own_host;
mod paced_bodies;
mod rate_limit;
mod request_log;
mod same_origin;
mod security_headers;

pub(crate) use error_pages::error_pages;
pub(crate) use no_guessing::no_guessing;
pub(crate) use no_robots::no_robots;
pub(crate) use own_host::own_host;
pub(crate) use paced_bodies::paced_bodies;
pub(crate) use rate_limit::{count_upload, rate_limit};
pub(crate) use request_log::request_log;
pub(crate) use same_origin::same_origin;
pub(crate) use security_headers::{private, resumable, security_headers};
