//! What can be said about a file by its name and first bytes.

use common::{
    Failure, FailureCode, MediaOutcome, SkipReason,
    file_signature::{self, VIDEO_HEAD_BYTES},
    media_kind::MediaKind,
};

use crate::{
    input::{InputItem, InputListing, ReadError},
    pipeline::{PipelineError, blame},
};

const VIDEO: MediaOutcome = MediaOutcome::Skipped(SkipReason::Video);

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
        MediaKind::UnsupportedImage => match head_of(listing, item)? {
            Ok(head) if file_signature::is_surely_picture(&head) => None,
            Ok(head) if file_signature::is_video(&head) => Some(VIDEO),
            _ => Some(MediaOutcome::Failed(unsupported(item.path.extension()))),
        },
        MediaKind::Unknown => match head_of(listing, item)? {
            Ok(head) if file_signature::is_picture(&head) => None,
            Ok(head) if file_signature::is_video(&head) => Some(VIDEO),
            // What the disk does not give out may well be an image, and an archive holds some.
            Err(failure) if is_loss(failure.code) => Some(MediaOutcome::Failed(failure)),
            _ => Some(MediaOutcome::Skipped(SkipReason::NotAnImage)),
        },
    })
}

/// The outcome for a file that could not be read as a whole. A video that is called a picture is
/// often too large for one.
///
/// # Errors
/// When the input that the file is from can no longer be read.
pub(super) fn judge_failed(
    listing: &InputListing,
    item: &InputItem,
    error: ReadError,
) -> Result<MediaOutcome, PipelineError> {
    let failure = blame::of_failed_read(listing, item, error)?;
    let is_video = failure.code == FailureCode::TooManyBytes
        && head_of(listing, item)?.is_ok_and(|head| file_signature::is_video(&head));
    Ok(if is_video {
        VIDEO
    } else {
        MediaOutcome::Failed(failure)
    })
}

/// The outcome for a file that is here as a whole, if it is not an image but a video.
pub(super) fn judge_bytes(bytes: &[u8]) -> Option<MediaOutcome> {
    file_signature::is_video(bytes).then_some(VIDEO)
}

fn is_loss(code: FailureCode) -> bool {
    matches!(
        code,
        FailureCode::AccessFailed | FailureCode::ArchiveRefused
    )
}

/// The first bytes of a file, or what is wrong with it.
fn head_of(
    listing: &InputListing,
    item: &InputItem,
) -> Result<Result<Vec<u8>, Failure>, PipelineError> {
    let mut head = Vec::new();
    match listing.read_head(item, VIDEO_HEAD_BYTES, &mut head) {
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
