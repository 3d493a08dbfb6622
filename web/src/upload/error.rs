//! Why an upload is not taken.

use actix_multipart::MultipartError;
use actix_web::http::StatusCode;
use common::{job::NoRandomness, store::StoreError};

use super::FieldFault;
use crate::{problem::Problem, space::NoSpace, views::units};

/// Why an upload is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    /// It is larger than the limit.
    #[error("the upload is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// It has more files than the limit.
    #[error("the upload has more than {limit} files")]
    TooManyFiles {
        /// The limit.
        limit: usize,
    },
    /// The disk is nearly full.
    #[error(transparent)]
    NoSpace(#[from] NoSpace),
    /// It stood still for too long.
    #[error("the upload stood still")]
    Stalled,
    /// It is no form, or broke off.
    #[error("the form cannot be read: {0}")]
    Malformed(#[from] MultipartError),
    /// A field is too long or there are too many.
    #[error("not the form of this service")]
    NotTheForm,
    /// A field is not filled in as it should be.
    #[error(transparent)]
    Field(#[from] FieldFault),
    /// There are no files in it.
    #[error("no files")]
    NoFiles,
    /// It cannot be written.
    #[error("writing an upload")]
    Write(#[source] object_store::Error),
    /// It cannot be finished.
    #[error("finishing an upload")]
    Finish(#[source] std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No id can be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl UploadError {
    /// Whether the rest of the request should still be read: a browser that is answered while it
    /// sends shows the broken connection instead of the answer.
    pub(crate) fn is_worth_draining(&self) -> bool {
        !matches!(self, Self::Stalled | Self::Malformed(_))
    }

    /// What is told about it.
    pub(crate) fn problem(&self) -> Problem {
        match self {
            Self::TooLarge { limit } => Problem {
                limit: Some(*limit),
                ..Problem::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "too-large",
                    "The upload is too large",
                    format!(
                        "One upload may have up to {}. Split it into several uploads, for \
                         example one for each card.",
                        units::bytes(*limit)
                    ),
                )
            },
            Self::TooManyFiles { limit } => Problem {
                limit: Some(*limit as u64),
                ..Problem::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "too-many-files",
                    "The upload has too many files",
                    format!(
                        "One upload may have up to {} files. Zip the folder with the pictures \
                         and upload the zip: it counts as one.",
                        units::count(*limit as u64)
                    ),
                )
            },
            Self::NoSpace(_) => Problem {
                retry_after_seconds: Some(3600),
                ..Problem::new(
                    StatusCode::INSUFFICIENT_STORAGE,
                    "no-space",
                    "There is no room for this upload now",
                    "The disk of this service is nearly full. Nothing was kept. Room comes back \
                     as older results expire: try again later, or with a smaller upload.",
                )
            },
            Self::Stalled => Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "stalled",
                "The upload stood still for too long",
                "Nothing was kept. Check your connection and upload again.",
            ),
            Self::Malformed(_) => Problem::new(
                StatusCode::BAD_REQUEST,
                "incomplete",
                "The upload did not arrive as a whole",
                "Nothing was kept. Send it as multipart/form-data with the field 'email' and \
                 one or more files.",
            ),
            Self::NotTheForm => Problem::new(
                StatusCode::BAD_REQUEST,
                "not-the-form",
                "This is not the form of this service",
                "A field is too long, or there are too many. Load the page again and try once \
                 more.",
            ),
            Self::Field(fault) => Problem {
                field: Some(fault.field),
                ..Problem::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "invalid-field",
                    fault.title,
                    fault.detail.clone(),
                )
            },
            Self::NoFiles => Problem {
                field: Some("files"),
                ..Problem::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "no-files",
                    "No files were chosen",
                    "Choose one or more zips, or pictures, and upload again.",
                )
            },
            Self::Write(_) | Self::Finish(_) | Self::Store(_) | Self::NoRandomness(_) => {
                Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "The upload could not be written",
                    "Something of ours failed, and nothing was kept. Try again in a few minutes.",
                )
            }
        }
    }
}
