//! Why a request about a resumable upload is not answered as asked.

use std::io;

use actix_web::error::PayloadError;
use common::{job::NoRandomness, store};

use crate::space::NoSpace;

/// Why a request about a resumable upload is not answered as asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResumableError {
    /// It speaks another version of the protocol, or none.
    #[error("not tus 1.0.0")]
    OtherVersion,
    /// There is no such upload (any more).
    #[error("no such upload")]
    Gone,
    /// The length of a new upload is not given.
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
    /// It is not given where the bytes begin.
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
