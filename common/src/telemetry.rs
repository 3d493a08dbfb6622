//! Logs: one line for each event on standard output, as text or as JSON.
//!
//! What must not stand in a log: addresses, job ids (they are keys), links, file names from users,
//! coordinates. A job is named by [`JobId::tag`](crate::job::JobId::tag).

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::env::{self, EnvError};

/// Begins logging. `LOG_FORMAT` is `text` (default) or `json`; `LOG_LEVEL` is a filter such as
/// `info` (default) or `trapline=debug`.
///
/// # Errors
/// When one of the two makes no sense.
pub fn begin() -> Result<(), EnvError> {
    let level = env::maybe("LOG_LEVEL")?.unwrap_or_else(|| "info".to_owned());
    let filter = EnvFilter::try_new(&level).map_err(|error| EnvError::Invalid {
        name: "LOG_LEVEL",
        reason: error.to_string(),
    })?;
    let registry = tracing_subscriber::registry().with(filter);
    match env::maybe("LOG_FORMAT")?.as_deref() {
        None | Some("text") => registry.with(fmt::layer().with_target(false)).init(),
        Some("json") => registry.with(fmt::layer().json()).init(),
        Some(other) => {
            return Err(EnvError::Invalid {
                name: "LOG_FORMAT",
                reason: format!("'{other}' is neither text nor json"),
            });
        }
    }
    Ok(())
}
