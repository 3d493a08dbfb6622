//! What is told of uploads that are not taken.

use actix_web::http::StatusCode;

use super::refusal::Refusal;
use crate::{
    problem::Problem,
    units,
    upload::{FieldFault, UnknownField, UploadError},
};

/// After how many seconds to try again when the disk is full, and when something else of ours
/// failed.
pub(super) const NO_SPACE_SECONDS: u64 = 3600;
pub(super) const OURS_SECONDS: u64 = 30;

const NO_SPACE: Refusal = Refusal {
    status: StatusCode::INSUFFICIENT_STORAGE,
    code: "no-space",
    title: "There is no room for this upload now",
    detail: "The disk of this service is nearly full. Nothing was kept. Room comes back as older \
             results expire: try again later, or with a smaller upload.",
};
const STALLED: Refusal = Refusal {
    status: StatusCode::REQUEST_TIMEOUT,
    code: "stalled",
    title: "The upload stood still, or came too slowly",
    detail: "Nothing was kept. Check your connection and upload again.",
};
const MALFORMED: Refusal = Refusal {
    status: StatusCode::BAD_REQUEST,
    code: "incomplete",
    title: "The upload did not arrive as a whole",
    detail: "Nothing was kept. Send it as multipart/form-data with the field 'email' and one or \
             more files.",
};
const NOT_THE_FORM: Refusal = Refusal {
    status: StatusCode::BAD_REQUEST,
    code: "not-the-form",
    title: "This is not the form of this service",
    detail: "A field is too long, or there are too many. Load the page again and try once more.",
};
const NO_FILES: Refusal = Refusal {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "no-files",
    title: "No files were chosen",
    detail: "Choose one or more zips, or pictures, and upload again.",
};
const NOT_WRITTEN: Refusal = Refusal {
    status: StatusCode::SERVICE_UNAVAILABLE,
    code: "unavailable",
    title: "The upload could not be written",
    detail: "Something of ours failed, and nothing was kept. Try again in a few minutes.",
};

/// What is told of an upload by form that is not taken.
pub(super) fn problem(error: &UploadError) -> Problem {
    match error {
        UploadError::TooLarge { limit } => too_large(*limit),
        UploadError::TooManyFiles { limit } => too_many_files(*limit),
        UploadError::Stalled => STALLED.problem(),
        UploadError::Malformed(_) => MALFORMED.problem(),
        UploadError::NotTheForm => NOT_THE_FORM.problem(),
        UploadError::Field(fault) => wrong_field(fault),
        UploadError::UnknownField(unknown) => unknown_field(unknown),
        UploadError::NoFiles => no_files(),
        _ if error.is_no_space() => no_space(),
        UploadError::NoSpace(_)
        | UploadError::Write(_)
        | UploadError::Finish(_)
        | UploadError::Store(_)
        | UploadError::NoRandomness(_) => NOT_WRITTEN.problem().retry_after(OURS_SECONDS),
    }
}

/// There are more bytes than an upload may have.
pub(super) fn too_large(limit: u64) -> Problem {
    let detail = format!(
        "One upload may have up to {}. Split it into several uploads, for example one for each \
         card.",
        units::bytes(limit)
    );
    let title = "The upload is too large";
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", title, detail).with_limit(limit)
}

/// There are more files than an upload may have.
pub(super) fn too_many_files(limit: usize) -> Problem {
    let limit = limit as u64;
    let detail = format!(
        "One upload may have up to {} files. Zip the folder with the pictures and upload the zip: \
         it counts as one.",
        units::count(limit)
    );
    let title = "The upload has too many files";
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    Problem::new(status, "too-many-files", title, detail).with_limit(limit)
}

/// The disk is nearly full, and nothing of the upload is kept.
pub(super) fn no_space() -> Problem {
    NO_SPACE.problem().retry_after(NO_SPACE_SECONDS)
}

/// There is nothing to make a job of.
pub(super) fn no_files() -> Problem {
    NO_FILES.problem().about("files")
}

/// A field is not filled in as it should be.
pub(super) fn wrong_field(fault: &FieldFault) -> Problem {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Problem::new(status, "invalid-field", fault.title, fault.detail.as_str()).about(fault.field)
}

fn unknown_field(unknown: &UnknownField) -> Problem {
    let title = "The form has no such field";
    let status = StatusCode::BAD_REQUEST;
    Problem::new(status, "unknown-field", title, unknown.detail()).about(unknown.name.clone())
}
