//! What can be said about a file by its name and first bytes.

use common::{Failure, FailureCode, MediaOutcome, SkipReason, media_kind::MediaKind};

use crate::{
    input::{InputItem, InputListing},
    media::decode,
    pipeline::{PipelineError, blame},
};

/// Bytes that tell the format of a file.
const HEAD_BYTES: usize = 64;

/// The outcome for a file that need not be read as a whole.
///
/// # Errors
/// When the input that the file is from can no longer be read.
pub(super) fn judge(
    listing: &InputListing,
    item: &InputItem,
) -> Result<Option<MediaOutcome>, PipelineError> {
    Ok(match item.kind {
        MediaKind::Image => None,
        MediaKind::Skip(reason) => Some(MediaOutcome::Skipped(reason)),
        MediaKind::UnsupportedImage => {
            let head = head_of(listing, item)?;
            let is_misnamed = head.is_ok_and(|head| decode::is_surely_image(&head));
            (!is_misnamed).then(|| MediaOutcome::Failed(unsupported(item.path.extension())))
        }
        MediaKind::Unknown => match head_of(listing, item)? {
            Ok(head) if decode::looks_like_image(&head) => None,
            // What the disk does not give out may well be an image.
            Err(failure) if failure.code == FailureCode::AccessFailed => {
                Some(MediaOutcome::Failed(failure))
            }
            _ => Some(MediaOutcome::Skipped(SkipReason::NotAnImage)),
        },
    })
}

/// The first bytes of a file, or what is wrong with it.
fn head_of(
    listing: &InputListing,
    item: &InputItem,
) -> Result<Result<Vec<u8>, Failure>, PipelineError> {
    let mut head = Vec::new();
    match listing.read_head(item, HEAD_BYTES, &mut head) {
        Ok(()) => Ok(Ok(head)),
        Err(error) => blame::of_failed_read(listing, item, error).map(Err),
    }
}

fn unsupported(extension: Option<&str>) -> Failure {
    let kind = extension.map_or("this kind of".to_owned(), str::to_ascii_uppercase);
    Failure::new(
        FailureCode::Unsupported,
        format!("{kind} images are not supported"),
    )
}
