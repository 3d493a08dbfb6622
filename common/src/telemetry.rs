//! Logs: one line for each event on standard output, as text or as JSON.
//!
//! What must not stand in a log: addresses, job ids (they are keys), links, file names from users,
//! coordinates. A job is named by [`JobId::tag`](crate::job::JobId::tag).

use std::{error::Error, io::IsTerminal as _};

use tracing_subscriber::{
    EnvFilter, filter::LevelFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::{
    env::{self, EnvError},
    job::JobId,
};

/// Modules of ours, by how their targets begin.
const OURS: [&str; 4] = ["common", "web", "worker", "trapline"];

/// Begins logging. `LOG_FORMAT` is `text` (default) or `json`; `LOG_LEVEL` is a level, `info` by
/// default, and levels of single modules, such as `info,web=debug`.
///
/// # Errors
/// When one of the two makes no sense.
pub fn begin() -> Result<(), EnvError> {
    let level = env::maybe("LOG_LEVEL")?.unwrap_or_else(|| "info".to_owned());
    let filter = EnvFilter::try_new(directives(&level)).map_err(|error| EnvError::Invalid {
        name: "LOG_LEVEL",
        reason: error.to_string(),
    })?;
    let registry = tracing_subscriber::registry().with(filter);
    match env::maybe("LOG_FORMAT")?.as_deref() {
        None | Some("text") => {
            // Colours are for terminals; a journal or a file shows their codes.
            let is_terminal = std::io::stdout().is_terminal();
            let lines = fmt::layer().with_target(false).with_ansi(is_terminal);
            registry.with(lines).init();
        }
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

/// A level that is for no module is for ours. Libraries tell warnings: below that, some show what
/// people sent. Whoever names one can have more of it.
fn directives(level: &str) -> String {
    let mut directives = vec!["warn".to_owned()];
    for directive in level.split(',').map(str::trim) {
        match directive.parse::<LevelFilter>() {
            Ok(level) => {
                directives[0] = level.min(LevelFilter::WARN).to_string();
                directives.extend(OURS.map(|module| format!("{module}={level}")));
            }
            Err(_) => directives.push(directive.to_owned()),
        }
    }
    directives.join(",")
}

/// An error with everything that caused it, for a log. Messages of the store's library name files,
/// and with them jobs: an id in them is replaced by its tag.
#[must_use]
pub fn causes(error: &dyn Error) -> String {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    let messages: Vec<String> = chain.map(|error| without_ids(&error.to_string())).collect();
    messages.join(": ")
}

fn without_ids(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let mut clean = String::with_capacity(text.len());
    for part in text.split_inclusive(|c| !is_word(c)) {
        let word = part.trim_end_matches(|c| !is_word(c));
        match word.parse::<JobId>() {
            Ok(id) => {
                clean.push_str(&id.tag());
                clean.push_str(&part[word.len()..]);
            }
            Err(_) => clean.push_str(part),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("writing part.zip")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn a_level_without_a_module_is_for_our_modules() {
        let ours = |level: &str| OURS.map(|module| format!(",{module}={level}")).concat();
        assert_eq!(directives("debug"), format!("warn{}", ours("debug")));
        assert_eq!(directives("ERROR"), format!("error{}", ours("error")));
        assert_eq!(
            directives("info, web=debug,hyper=trace"),
            format!("warn{},web=debug,hyper=trace", ours("info"))
        );
        assert_eq!(directives("web=debug"), "warn,web=debug");
    }

    #[test]
    fn causes_are_told_in_order_and_name_jobs_by_their_tags() {
        let id = JobId::random().unwrap();
        let inner = std::io::Error::other(format!("'/store/jobs/{id}/upload/00000#1' is ä full"));
        let text = causes(&Outer(inner));
        let tag = id.tag();
        assert_eq!(
            text,
            format!("writing part.zip: '/store/jobs/{tag}/upload/00000#1' is ä full")
        );
    }
}
