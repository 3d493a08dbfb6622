//! Why an upload is not taken.

use actix_multipart::MultipartError;
use common::{
    job::NoRandomness,
    store::{self, StoreError},
};

use super::{FieldFault, UnknownField};
use crate::{pace, space::NoSpace};

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

    /// Whether the disk is full, or will be soon.
    pub(crate) fn is_no_space(&self) -> bool {
        match self {
            Self::NoSpace(_) => true,
            Self::Write(error) => store::is_full(error),
            Self::Finish(error) => store::is_full(error),
            Self::Store(error) => store::is_full(error),
            _ => false,
        }
    }
}
