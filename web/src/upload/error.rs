//! Why an upload is not taken.

use actix_multipart::MultipartError;
use actix_web::http::StatusCode;
use common::{
    job::NoRandomness,
    store::{self, StoreError},
};

use super::{FieldFault, UnknownField};
use crate::{pace, problem::Problem, space::NoSpace, units};

/// After how many seconds to try again when the disk is full, and when something else of ours
/// failed.
pub(crate) const NO_SPACE_SECONDS: u64 = 3600;
pub(crate) const OURS_SECONDS: u64 = 30;

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
    /// Too little of it came for too long.
    #[error("the upload came too slowly")]
    Stalled,
    /// It is no form, or broke off.
    #[error("the form cannot be read: {0}")]
    Malformed(#[source] MultipartError),
    /// A field is too long or there are too many.
    #[error("not the form of this service")]
    NotTheForm,
    /// A field is not filled in as it should be.
    #[error(transparent)]
    Field(#[from] FieldFault),
    /// It has a field that is none of the form's.
    #[error("a field that the form does not have")]
    UnknownField(UnknownField),
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

impl From<MultipartError> for UploadError {
    fn from(error: MultipartError) -> Self {
        match error {
            MultipartError::Payload(error) if pace::is_too_slow(&error) => Self::Stalled,
            error => Self::Malformed(error),
        }
    }
}

impl UploadError {
    /// Whether the rest of the request should still be read: a browser that is answered while it
    /// sends shows the broken connection instead of the answer.
    pub(crate) fn is_worth_draining(&self) -> bool {
        !matches!(self, Self::Stalled | Self::Malformed(_))
    }

    /// What is told about it.
    pub(crate) fn problem(&self) -> Problem {
        if self.is_no_space() && self.is_ours() {
            return Self::NoSpace(NoSpace).problem();
        }
        let problem = Problem::new(self.status(), self.code(), self.title(), self.detail());
        match self {
            Self::TooLarge { limit } => problem.with_limit(*limit),
            Self::TooManyFiles { limit } => problem.with_limit(*limit as u64),
            Self::NoSpace(_) => problem.retry_after(NO_SPACE_SECONDS),
            _ if self.is_ours() => problem.retry_after(OURS_SECONDS),
            Self::Field(fault) => problem.about(fault.field),
            Self::UnknownField(unknown) => problem.about(unknown.name.clone()),
            Self::NoFiles => problem.about("files"),
            _ => problem,
        }
    }

    /// Whether the disk is full, or will be soon.
    fn is_no_space(&self) -> bool {
        match self {
            Self::NoSpace(_) => true,
            Self::Write(error) => store::is_full(error),
            Self::Finish(error) => store::is_full(error),
            Self::Store(error) => store::is_full(error),
            _ => false,
        }
    }

    /// Whether it is no fault of whoever uploads.
    const fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::Write(_) | Self::Finish(_) | Self::Store(_) | Self::NoRandomness(_)
        )
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge { .. } | Self::TooManyFiles { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NoSpace(_) => StatusCode::INSUFFICIENT_STORAGE,
            Self::Stalled => StatusCode::REQUEST_TIMEOUT,
            Self::Malformed(_) | Self::NotTheForm | Self::UnknownField(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::Field(_) | Self::NoFiles => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Write(_) | Self::Finish(_) | Self::Store(_) | Self::NoRandomness(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too-large",
            Self::TooManyFiles { .. } => "too-many-files",
            Self::NoSpace(_) => "no-space",
            Self::Stalled => "stalled",
            Self::Malformed(_) => "incomplete",
            Self::NotTheForm => "not-the-form",
            Self::UnknownField(_) => "unknown-field",
            Self::Field(_) => "invalid-field",
            Self::NoFiles => "no-files",
            Self::Write(_) | Self::Finish(_) | Self::Store(_) | Self::NoRandomness(_) => {
                "unavailable"
            }
        }
    }

    const fn title(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "The upload is too large",
            Self::TooManyFiles { .. } => "The upload has too many files",
            Self::NoSpace(_) => "There is no room for this upload now",
            Self::Stalled => "The upload stood still, or came too slowly",
            Self::Malformed(_) => "The upload did not arrive as a whole",
            Self::NotTheForm => "This is not the form of this service",
            Self::UnknownField(_) => "The form has no such field",
            Self::Field(fault) => fault.title,
            Self::NoFiles => "No files were chosen",
            Self::Write(_) | Self::Finish(_) | Self::Store(_) | Self::NoRandomness(_) => {
                "The upload could not be written"
            }
        }
    }

    fn detail(&self) -> String {
        let text = match self {
            Self::TooLarge { limit } => {
                let limit = units::bytes(*limit);
                return format!(
                    "One upload may have up to {limit}. Split it into several uploads, for \
                     example one for each card."
                );
            }
            Self::TooManyFiles { limit } => {
                let limit = units::count(*limit as u64);
                return format!(
                    "One upload may have up to {limit} files. Zip the folder with the pictures \
                     and upload the zip: it counts as one."
                );
            }
            Self::NoSpace(_) => {
                "The disk of this service is nearly full. Nothing was kept. Room comes back as \
                 older results expire: try again later, or with a smaller upload."
            }
            Self::Stalled => "Nothing was kept. Check your connection and upload again.",
            Self::Malformed(_) => {
                "Nothing was kept. Send it as multipart/form-data with the field 'email' and one \
                 or more files."
            }
            Self::NotTheForm => {
                "A field is too long, or there are too many. Load the page again and try once more."
            }
            Self::UnknownField(unknown) => return unknown.detail(),
            Self::Field(fault) => &fault.detail,
            Self::NoFiles => "Choose one or more zips, or pictures, and upload again.",
            Self::Write(_) | Self::Finish(_) | Self::Store(_) | Self::NoRandomness(_) => {
                "Something of ours failed, and nothing was kept. Try again in a few minutes."
            }
        };
        text.to_owned()
    }
}
