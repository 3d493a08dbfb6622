//! What can be said about a file by its name and first bytes.

use common::{Failure, FailureCode, MediaOutcome, SkipReason, media_kind::MediaKind};

use crate::{
    input::{InputItem, InputListing, ReadError},
    media::decode,
    pipeline::{PipelineError, blame},
};

/// Bytes that tell the format of a file. Some videos show what they are by a byte that comes again
/// every 188 or 192.
const HEAD_BYTES: usize = 512;

/// Bytes that tell whether it is an image.
const IMAGE_HEAD_BYTES: usize = 64;

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
            Ok(head) if decode::is_surely_image(&head) => None,
            Ok(head) if decode::is_video(&head) => Some(VIDEO),
            _ => Some(MediaOutcome::Failed(unsupported(item.path.extension()))),
        },
        MediaKind::Unknown => match head_of(listing, item)? {
            Ok(head) if begins_as_image(&head) => None,
            Ok(head) if decode::is_video(&head) => Some(VIDEO),
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
        && head_of(listing, item)?.is_ok_and(|head| decode::is_video(&head));
    Ok(if is_video {
        VIDEO
    } else {
        MediaOutcome::Failed(failure)
    })
}

/// The outcome for a file that is here as a whole, if it is not an image but a video.
pub(super) fn judge_bytes(bytes: &[u8]) -> Option<MediaOutcome> {
    decode::is_video(bytes).then_some(VIDEO)
}

/// Whether a file begins as an image. Of a TIFF no more is looked at than tells it from others: a
/// camera RAW file is one to be told of, which reading it does.
fn begins_as_image(head: &[u8]) -> bool {
    decode::looks_like_image(head.get(..IMAGE_HEAD_BYTES).unwrap_or(head))
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
