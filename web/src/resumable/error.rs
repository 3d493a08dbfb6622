//! Why a request about a resumable upload is not answered as asked.

use std::io;

use actix_web::{error::PayloadError, http::StatusCode};
use common::{job::NoRandomness, store};

use crate::{problem::Problem, space::NoSpace, upload::UploadError};

/// Why a request about a resumable upload is not answered as asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResumableError {
    /// It speaks another version of the protocol, or none.
    #[error("not tus 1.0.0")]
    OtherVersion,
    /// There is no such upload (any more).
    #[error("no such upload")]
    Gone,
    /// The length of a new upload is not told.
    #[error("a new upload without a length")]
    NoLength,
    /// The metadata cannot be read.
    #[error("the metadata cannot be read")]
    NotMetadata,
    /// The checksum cannot be read, or is of a kind that is not known here.
    #[error("the checksum cannot be read")]
    NotAChecksum,
    /// The bytes add up to something else than the checksum.
    #[error("the checksum is another one")]
    OtherChecksum,
    /// It is not told where the bytes begin.
    #[error("bytes without an offset")]
    NoOffset,
    /// The bytes begin elsewhere than where those before end.
    #[error("bytes at another offset than {here}")]
    OtherOffset {
        /// Where they end.
        here: u64,
    },
    /// The body is of another type.
    #[error("a body of another type")]
    OtherType,
    /// There are more bytes than the upload has.
    #[error("more bytes than the upload has")]
    TooMany,
    /// It is larger than the limit, or the whole set is.
    #[error("the upload is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The set has more files than the limit.
    #[error("the upload has more than {limit} files")]
    TooManyFiles {
        /// The limit.
        limit: usize,
    },
    /// A client has too much here that is no job yet.
    #[error("a client has too many unfinished uploads")]
    TooManyUnfinished,
    /// The disk is nearly full.
    #[error(transparent)]
    NoSpace(#[from] NoSpace),
    /// Too little came for too long.
    #[error("the upload came too slowly")]
    Stalled,
    /// The connection broke.
    #[error("the connection broke")]
    Broken(#[source] PayloadError),
    /// Another request for the same upload came.
    #[error("another request took the upload")]
    Interrupted,
    /// The program is about to end.
    #[error("the program is about to end")]
    Stopping,
    /// A job is to be made of an upload that has not come as a whole.
    #[error("an upload is not finished")]
    Unfinished,
    /// A job is to be made of nothing.
    #[error("no uploads")]
    NoUploads,
    /// The disk refuses.
    #[error("the disk refuses")]
    Disk(#[source] io::Error),
    /// No id can be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl From<io::Error> for ResumableError {
    fn from(error: io::Error) -> Self {
        if store::is_full(&error) {
            Self::NoSpace(NoSpace)
        } else {
            Self::Disk(error)
        }
    }
}

/// RFC 9110 has no word for it; the protocol has.
fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
}

impl ResumableError {
    /// What is told about it.
    pub(crate) fn problem(&self) -> Problem {
        let told = |status, code, title, detail: &str| Problem::new(status, code, title, detail);
        match self {
            // The same limits as those of the form, in the same words.
            Self::TooLarge { limit } => UploadError::TooLarge { limit: *limit }.problem(),
            Self::TooManyFiles { limit } => UploadError::TooManyFiles { limit: *limit }.problem(),
            Self::NoSpace(_) => told(
                StatusCode::INSUFFICIENT_STORAGE,
                "no-space",
                "There is no room for this upload now",
                "The disk of this service is nearly full. Room comes back as older results expire. \
                 What has arrived is kept for some days: go on later.",
            )
            .retry_after(3600),
            Self::TooManyUnfinished => told(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-unfinished",
                "Too many uploads from your network are unfinished",
                "Finish those first, or take them off their lists. What has arrived is kept for some \
                 days.",
            )
            .retry_after(3600),
            Self::NoUploads => UploadError::NoFiles.problem(),
            Self::Stopping => told(
                StatusCode::SERVICE_UNAVAILABLE,
                "stopping",
                "The service is about to be started again",
                "What has arrived is kept. Go on in a few seconds.",
            )
            .retry_after(2),
            Self::Gone => told(
                StatusCode::GONE,
                "upload-gone",
                "A file of this upload is not here any more",
                "It was removed, its time was over, or it became part of a job. Upload it again.",
            ),
            Self::Unfinished => told(
                StatusCode::CONFLICT,
                "upload-unfinished",
                "A file of this upload has not arrived as a whole",
                "Send the rest of it, and then ask again.",
            ),
            Self::Disk(_) | Self::NoRandomness(_) => told(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The upload could not be written",
                "Something of ours failed. What has arrived is kept. Try again in a few minutes.",
            )
            .retry_after(30),
            _ => self.misunderstanding(),
        }
    }

    /// What a program is told that does not keep to the protocol, or whose connection is bad.
    fn misunderstanding(&self) -> Problem {
        let (status, code, detail) = match self {
            Self::OtherVersion => (
                StatusCode::PRECONDITION_FAILED,
                "tus-version",
                "Send the header 'Tus-Resumable: 1.0.0'.",
            ),
            Self::NoLength => (
                StatusCode::BAD_REQUEST,
                "upload-length",
                "Send the header 'Upload-Length' with the number of bytes. It cannot be told later.",
            ),
            Self::NotMetadata => (
                StatusCode::BAD_REQUEST,
                "upload-metadata",
                "Send pairs of a key and a value in base64, with commas between, in 'Upload-Metadata'.",
            ),
            Self::NotAChecksum => (
                StatusCode::BAD_REQUEST,
                "upload-checksum",
                "Send 'sha1' or 'sha256' and the checksum in base64 in 'Upload-Checksum'.",
            ),
            Self::OtherChecksum => (
                checksum_mismatch(),
                "checksum-mismatch",
                "These bytes are thrown away. Send them again.",
            ),
            Self::NoOffset => (
                StatusCode::BAD_REQUEST,
                "upload-offset",
                "Send the header 'Upload-Offset' with the number of bytes that were sent before.",
            ),
            Self::OtherOffset { .. } => (
                StatusCode::CONFLICT,
                "other-offset",
                "Ask by HEAD where to go on.",
            ),
            Self::OtherType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "other-type",
                "Send the bytes as 'application/offset+octet-stream'.",
            ),
            Self::TooMany => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-many-bytes",
                "These are more bytes than the upload was said to have.",
            ),
            Self::Stalled => (
                StatusCode::REQUEST_TIMEOUT,
                "stalled",
                "Too little came for too long. What has arrived is kept: ask by HEAD where to go on.",
            ),
            Self::Interrupted => (
                StatusCode::LOCKED,
                "interrupted",
                "Another request for the same upload came. Ask by HEAD where to go on.",
            ),
            _ => (
                StatusCode::BAD_REQUEST,
                "incomplete",
                "The request broke off. What has arrived is kept: ask by HEAD where to go on.",
            ),
        };
        Problem::new(status, code, "The upload cannot go on like this", detail)
    }
}
