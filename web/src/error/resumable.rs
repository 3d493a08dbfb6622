//! What is told of uploads in parts.

use actix_web::http::StatusCode;

use super::{
    refusal::Refusal,
    upload::{self, NO_SPACE_SECONDS, OURS_SECONDS},
};
use crate::{problem::Problem, resumable::ResumableError};

/// What a program sees that does not keep to the protocol, or whose connection is bad.
const MISUNDERSTOOD: &str = "The upload cannot go on like this";

const NO_SPACE: Refusal = Refusal {
    status: StatusCode::INSUFFICIENT_STORAGE,
    code: "no-space",
    title: "There is no room for this upload now",
    detail: "The disk of this service is nearly full. Room comes back as older results expire. \
             What has arrived is kept for some days: go on later.",
};
const TOO_MANY_UNFINISHED: Refusal = Refusal {
    status: StatusCode::TOO_MANY_REQUESTS,
    code: "too-many-unfinished",
    title: "Too many uploads from your network are unfinished",
    detail: "Finish those first, or take them off their lists. What has arrived is kept for some \
             days.",
};
const STOPPING: Refusal = Refusal {
    status: StatusCode::SERVICE_UNAVAILABLE,
    code: "stopping",
    title: "The service is about to be started again",
    detail: "What has arrived is kept. Go on in a few seconds.",
};
const GONE: Refusal = Refusal {
    status: StatusCode::GONE,
    code: "upload-gone",
    title: "A file of this upload is not here any more",
    detail: "It was removed, its time was over, or it became part of a job. Upload it again.",
};
const UNFINISHED: Refusal = Refusal {
    status: StatusCode::CONFLICT,
    code: "upload-unfinished",
    title: "A file of this upload has not arrived as a whole",
    detail: "Send the rest of it, and then ask again.",
};
const NOT_WRITTEN: Refusal = Refusal {
    status: StatusCode::SERVICE_UNAVAILABLE,
    code: "unavailable",
    title: "The upload could not be written",
    detail: "Something of ours failed. What has arrived is kept. Try again in a few minutes.",
};

/// What is told of an upload in parts that does not go on.
pub(super) fn problem(error: &ResumableError) -> Problem {
    match error {
        ResumableError::TooLarge { limit } => upload::too_large(*limit),
        ResumableError::TooManyFiles { limit } => upload::too_many_files(*limit),
        ResumableError::NoUploads => upload::no_files(),
        ResumableError::NoSpace(_) => NO_SPACE.problem().retry_after(NO_SPACE_SECONDS),
        ResumableError::TooManyUnfinished => {
            TOO_MANY_UNFINISHED.problem().retry_after(NO_SPACE_SECONDS)
        }
        ResumableError::Stopping => STOPPING.problem().retry_after(2),
        ResumableError::Gone => GONE.problem(),
        ResumableError::Unfinished => UNFINISHED.problem(),
        ResumableError::Disk(_) | ResumableError::NoRandomness(_) => {
            NOT_WRITTEN.problem().retry_after(OURS_SECONDS)
        }
        _ => misunderstanding(error),
    }
}

/// What a program is told that does not keep to the protocol, or whose connection is bad.
fn misunderstanding(error: &ResumableError) -> Problem {
    let (status, code, detail) = match error {
        ResumableError::OtherVersion => (
            StatusCode::PRECONDITION_FAILED,
            "tus-version",
            "Send the header 'Tus-Resumable: 1.0.0'.",
        ),
        ResumableError::NoLength => (
            StatusCode::BAD_REQUEST,
            "upload-length",
            "Send the header 'Upload-Length' with the number of bytes. It cannot be told later.",
        ),
        ResumableError::NotMetadata => (
            StatusCode::BAD_REQUEST,
            "upload-metadata",
            "Send pairs of a key and a value in base64, with commas between, in 'Upload-Metadata'.",
        ),
        ResumableError::NotAChecksum => (
            StatusCode::BAD_REQUEST,
            "upload-checksum",
            "Send 'sha1' or 'sha256' and the checksum in base64 in 'Upload-Checksum'.",
        ),
        ResumableError::OtherChecksum => (
            checksum_mismatch(),
            "checksum-mismatch",
            "These bytes are thrown away. Send them again.",
        ),
        ResumableError::NoOffset => (
            StatusCode::BAD_REQUEST,
            "upload-offset",
            "Send the header 'Upload-Offset' with the number of bytes that were sent before.",
        ),
        ResumableError::OtherOffset { .. } => (
            StatusCode::CONFLICT,
            "other-offset",
            "Ask by HEAD where to go on.",
        ),
        ResumableError::OtherType => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "other-type",
            "Send the bytes as 'application/offset+octet-stream'.",
        ),
        ResumableError::TooMany => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-many-bytes",
            "These are more bytes than the upload was said to have.",
        ),
        ResumableError::Stalled => (
            StatusCode::REQUEST_TIMEOUT,
            "stalled",
            "Too little came for too long. What has arrived is kept: ask by HEAD where to go on.",
        ),
        ResumableError::Interrupted => (
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
    Problem::new(status, code, MISUNDERSTOOD, detail)
}

/// RFC 9110 has no word for it; the protocol has.
fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
}
