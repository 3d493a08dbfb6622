//! Downloads over HTTP that go on where an earlier one stopped.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
    time::Duration,
};

use ureq::{
    Agent, Body,
    http::{Response, StatusCode, header},
    tls::{RootCerts, TlsConfig},
};

use super::{FetchEvent, Watcher};
use crate::model::manifest::source::url_file_name;

/// Tries at one download; each goes on where the last was cut off.
const TRIES: usize = 4;
/// How long a silent server is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why a download failed.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The server has no such file.
    #[error("the server has no such file")]
    NotFound,
    /// The server said something else than a file.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// No answer at all.
    #[error("the server could not be reached")]
    Unreachable(#[source] Box<ureq::Error>),
    /// The answer stopped in the middle, again and again.
    #[error("the connection was cut after {received_bytes} bytes; run the command again to go on")]
    Cut {
        /// Bytes that are here, and kept.
        received_bytes: u64,
        /// What the system says, if it says anything.
        #[source]
        source: Option<io::Error>,
    },
    /// The file cannot be written.
    #[error("writing the downloaded file failed")]
    Write(#[source] io::Error),
}

/// What one request came to.
enum Step {
    Complete,
    Cut {
        progress: bool,
        source: Option<io::Error>,
    },
    /// What is here does not fit what the server has.
    StartOver,
}

/// Downloads files.
pub(super) struct Downloader {
    agent: Agent,
}

impl Downloader {
    /// A downloader that obeys `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, and
    /// trusts the certificates that the system trusts.
    pub(super) fn new() -> Self {
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_per_read(Some(PATIENCE))
            .user_agent(concat!("trapline/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            agent: config.into(),
        }
    }

    /// A downloader that ignores the proxies of the environment, for servers of a test.
    #[cfg(test)]
    pub(super) fn without_proxy() -> Self {
        let config = Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .build();
        Self {
            agent: config.into(),
        }
    }

    /// Downloads `url` to `part`, going on after the bytes that are there.
    pub(super) fn download(
        &self,
        url: &str,
        part: &Path,
        watch: Watcher<'_>,
    ) -> Result<(), DownloadError> {
        let mut tries_left = TRIES;
        loop {
            tries_left -= 1;
            match self.request(url, part, watch)? {
                Step::Complete => return Ok(()),
                Step::Cut { progress: true, .. } if tries_left > 0 => {}
                Step::Cut { source, .. } => {
                    return Err(DownloadError::Cut {
                        received_bytes: size_of(part)?,
                        source,
                    });
                }
                Step::StartOver if tries_left > 0 => {
                    std::fs::remove_file(part).map_err(DownloadError::Write)?;
                }
                Step::StartOver => return Err(DownloadError::Status(416)),
            }
        }
    }

    fn request(&self, url: &str, part: &Path, watch: Watcher<'_>) -> Result<Step, DownloadError> {
        let have = size_of(part)?;
        let mut request = self.agent.get(url);
        if have > 0 {
            request = request.header(header::RANGE, format!("bytes={have}-"));
        }
        let response = request
            .call()
            .map_err(|error| DownloadError::Unreachable(Box::new(error)))?;
        match response.status() {
            StatusCode::OK => receive(response, url, part, 0, watch),
            StatusCode::PARTIAL_CONTENT if range_start(&response) == Some(have) => {
                receive(response, url, part, have, watch)
            }
            StatusCode::PARTIAL_CONTENT => Ok(Step::StartOver),
            StatusCode::RANGE_NOT_SATISFIABLE if have > 0 => match whole_size(&response) {
                Some(size) if size == have => Ok(Step::Complete),
                _ => Ok(Step::StartOver),
            },
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(DownloadError::NotFound),
            other => Err(DownloadError::Status(other.as_u16())),
        }
    }
}

/// Writes an answer's body to `part` after its first `from` bytes.
fn receive(
    mut response: Response<Body>,
    url: &str,
    part: &Path,
    from: u64,
    watch: Watcher<'_>,
) -> Result<Step, DownloadError> {
    let total_bytes = response.body().content_length().map(|rest| from + rest);
    let name = url_file_name(url).unwrap_or(url);
    watch(FetchEvent::Started {
        name,
        total_bytes,
        resumed_bytes: from,
    });
    let mut file = open_at(part, from).map_err(DownloadError::Write)?;
    let mut body = response.body_mut().as_reader();
    let mut piece = vec![0; 1 << 16];
    let mut received = from;
    let cut = loop {
        match body.read(&mut piece) {
            Ok(0) => break None,
            Ok(count) => {
                let bytes = piece.get(..count).unwrap_or_default();
                file.write_all(bytes).map_err(DownloadError::Write)?;
                received += bytes.len() as u64;
                watch(FetchEvent::Advanced {
                    bytes: bytes.len() as u64,
                });
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Some(error),
        }
    };
    watch(FetchEvent::Finished);
    if cut.is_some() || total_bytes.is_some_and(|total| received < total) {
        return Ok(Step::Cut {
            progress: received > from,
            source: cut,
        });
    }
    Ok(Step::Complete)
}

fn open_at(part: &Path, from: u64) -> io::Result<File> {
    let file = OpenOptions::new().create(true).append(true).open(part)?;
    file.set_len(from)?;
    Ok(file)
}

fn size_of(part: &Path) -> Result<u64, DownloadError> {
    match std::fs::metadata(part) {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(DownloadError::Write(error)),
    }
}

/// `Content-Range: bytes START-END/SIZE` (RFC 9110, 14.4).
fn content_range(response: &Response<Body>) -> Option<(&str, &str)> {
    let value = response
        .headers()
        .get(header::CONTENT_RANGE)?
        .to_str()
        .ok()?;
    value.strip_prefix("bytes ")?.split_once('/')
}

fn range_start(response: &Response<Body>) -> Option<u64> {
    content_range(response)?.0.split_once('-')?.0.parse().ok()
}

fn whole_size(response: &Response<Body>) -> Option<u64> {
    content_range(response)?.1.parse().ok()
}
