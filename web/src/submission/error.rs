//! Why no job is made of an upload.

use actix_web::http::StatusCode;
use common::{
    archive::ArchiveError,
    jobs::JobsError,
    store::{self, StoreError},
};

use crate::{
    arrived::ArrivedError,
    problem::Problem,
    space::NoSpace,
    upload::{FieldFault, OURS_SECONDS, UploadError},
};

/// Why no job is made of an upload.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SubmissionError {
    /// A zip in it cannot be used.
    #[error("an archive is refused")]
    Archive {
        /// The name that the browser gave it.
        name: String,
        /// What is wrong with it.
        #[source]
        source: ArchiveError,
    },
    /// There is no image in it.
    #[error("the upload holds no image")]
    NoImages,
    /// There are images in it, but none of a kind that can be read.
    #[error("the upload holds only images of other kinds")]
    UnsupportedImages,
    /// A choice cannot be had.
    #[error(transparent)]
    Field(#[from] FieldFault),
    /// The recipient would get too many mails.
    #[error("too many mails to one recipient")]
    TooManyMails {
        /// When there may be more.
        retry_after_seconds: u64,
    },
    /// The files cannot be looked at, or the job cannot be written.
    #[error(transparent)]
    Jobs(#[from] JobsError),
    /// The look into it broke off.
    #[error("looking into an archive")]
    Look(#[source] std::io::Error),
}

impl From<StoreError> for SubmissionError {
    fn from(error: StoreError) -> Self {
        Self::Jobs(error.into())
    }
}

impl From<ArrivedError> for SubmissionError {
    fn from(error: ArrivedError) -> Self {
        match error {
            ArrivedError::Store(error) => error.into(),
            ArrivedError::Spool(error) => Self::Look(error),
        }
    }
}

impl SubmissionError {
    /// What is told about it.
    pub(crate) fn problem(&self) -> Problem {
        match self {
            Self::Archive {
                name,
                source: ArchiveError::Access(_),
            } => unavailable(&format!("'{name}' arrived, but could not be looked at.")),
            Self::Archive { name, source } => unusable(
                "unusable-archive",
                "A zip cannot be used",
                format!("'{name}': {source}."),
            ),
            Self::NoImages => unusable(
                "no-images",
                "There are no pictures in the upload",
                "Choose the pictures themselves (JPEG, PNG, TIFF, WebP, BMP or GIF), or a zip of \
                 the folder that they are in. An archive inside a zip is not opened.",
            ),
            Self::UnsupportedImages => unusable(
                "unsupported-images",
                "The pictures are of a kind that cannot be read",
                "Convert them to JPEG, PNG, TIFF, WebP, BMP or GIF first.",
            ),
            Self::Field(fault) => UploadError::Field(fault.clone()).problem(),
            Self::TooManyMails {
                retry_after_seconds,
            } => too_many_mails().retry_after(*retry_after_seconds),
            Self::Jobs(error) if store::is_full(error) => UploadError::from(NoSpace).problem(),
            Self::Jobs(_) | Self::Look(_) => {
                unavailable("The upload arrived, but could not be accepted.")
            }
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
