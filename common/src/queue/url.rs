//! The address of the queue.

use std::{fmt, path::PathBuf, str::FromStr};

use url::Url;

/// `sqlite:PATH`, or `redis://…` (`rediss://…` with TLS is not built in: put a tunnel in between).
#[derive(Clone, PartialEq, Eq)]
pub enum QueueUrl {
    /// A SQLite file on this machine.
    Sqlite(PathBuf),
    /// A Redis server.
    Redis(Url),
}

/// An address that names no queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write sqlite:/path/to/file or redis://user:password@host:port/database")]
pub struct InvalidQueueUrl;

impl FromStr for QueueUrl {
    type Err = InvalidQueueUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            // As people know it from other programs: sqlite://relative, sqlite:///absolute.
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() {
                Err(InvalidQueueUrl)
            } else {
                Ok(Self::Sqlite(path.into()))
            };
        }
        let url = Url::parse(text).map_err(|_| InvalidQueueUrl)?;
        if url.scheme() == "redis" && url.host_str().is_some() {
            Ok(Self::Redis(url))
        } else {
            Err(InvalidQueueUrl)
        }
    }
}

impl fmt::Display for QueueUrl {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Redis(url) => {
                let mut shown = url.clone();
                if shown.password().is_some() {
                    let _ = shown.set_password(Some("***"));
                }
                write!(f, "{shown}")
            }
        }
    }
}

impl fmt::Debug for QueueUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_servers_are_told_apart() {
        for (text, path) in [
            ("sqlite:var/q.db", "var/q.db"),
            ("sqlite:/var/q.db", "/var/q.db"),
            ("sqlite:///var/q.db", "/var/q.db"),
        ] {
            assert_eq!(text.parse(), Ok(QueueUrl::Sqlite(path.into())));
        }
        for text in ["", "sqlite:", "http://x.org", "redis:", "postgres://x/y"] {
            assert_eq!(text.parse::<QueueUrl>(), Err(InvalidQueueUrl), "{text}");
        }
    }

    #[test]
    fn a_log_does_not_show_the_password() {
        let url: QueueUrl = "redis://u:secret@host:6379/1".parse().unwrap();
        assert_eq!(format!("{url} {url:?}").matches("secret").count(), 0);
        assert!(url.to_string().starts_with("redis://u:***@host:6379/1"));
    }
}
