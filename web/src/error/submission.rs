//! What is told of uploads that have come and become no job.

use actix_web::http::StatusCode;
use common::{archive::ArchiveError, store};

use super::upload::{OURS_SECONDS, no_space, wrong_field};
use crate::{problem::Problem, submission::SubmissionError};

/// What is told of an upload that becomes no job.
pub(super) fn problem(error: &SubmissionError) -> Problem {
    match error {
        SubmissionError::Archive {
            name,
            source: ArchiveError::Access(_),
        } => unavailable(&format!("'{name}' arrived, but could not be looked at.")),
        SubmissionError::Archive { name, source } => unusable(
            "unusable-archive",
            "A zip cannot be used",
            format!("'{name}': {source}."),
        ),
        SubmissionError::NoImages => unusable(
            "no-images",
            "There are no pictures in the upload",
            "Choose the pictures themselves (JPEG, PNG, TIFF, WebP, BMP or GIF), or a zip of \
                 the folder that they are in. An archive inside a zip is not opened.",
        ),
        SubmissionError::UnsupportedImages => unusable(
            "unsupported-images",
            "The pictures are of a kind that cannot be read",
            "Convert them to JPEG, PNG, TIFF, WebP, BMP or GIF first.",
        ),
        SubmissionError::Field(fault) => wrong_field(fault),
        SubmissionError::TooManyMails {
            retry_after_seconds,
        } => too_many_mails().retry_after(*retry_after_seconds),
        SubmissionError::Jobs(error) if store::is_full(error) => no_space(),
        SubmissionError::Jobs(_) | SubmissionError::Look(_) => {
            unavailable("The upload arrived, but could not be accepted.")
        }
    }
}

fn unusable(code: &'static str, title: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title, detail).about("files")
}

fn too_many_mails() -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-mails",
        "This address gets too many mails today",
        "Put several zips into one upload, or try again tomorrow.",
    )
}

fn unavailable(what: &str) -> Problem {
    let detail = format!("{what} Something of ours failed. Try again in a few minutes.");
    let title = "The upload could not be accepted";
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        title,
        detail,
    )
    .retry_after(OURS_SECONDS)
}
