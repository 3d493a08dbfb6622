//! Why no job is made of an upload.

use common::{archive::ArchiveError, jobs::JobsError, store::StoreError};

use crate::{arrived::ArrivedError, upload::FieldFault};

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
