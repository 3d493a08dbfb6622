//! Whose fault it is that a file cannot be read: its own, or that of what holds it.

use common::{Failure, FailureCode};

use crate::{
    input::{InputError, InputItem, InputListing, ReadError},
    pipeline::PipelineError,
};

/// Gives a failed read back when it is the file's own. A bad sector, a missing permission and a
/// damaged entry are; a card that was pulled out, a share that went away and an archive that is
/// being overwritten would fail every file that follows, and end the run instead, which can go
/// on from there. What a store does not give out is never the file's own.
///
/// # Errors
/// When the input as a whole can no longer be read.
pub fn of_failed_read(
    listing: &InputListing,
    item: &InputItem,
    error: ReadError,
) -> Result<Failure, PipelineError> {
    let failure = match error {
        ReadError::File(failure) => failure,
        ReadError::Store(error) => return Err(InputError::from(error).into()),
    };
    // An archive that has become shorter shows as damaged entries.
    if matches!(
        failure.code,
        FailureCode::AccessFailed | FailureCode::DamagedEntry
    ) {
        listing.check_source_of(item)?;
    }
    Ok(failure)
}
