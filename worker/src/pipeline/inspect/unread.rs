//! What can be said about a file by its name and first bytes.

use common::{Failure, FailureCode, MediaOutcome, SkipReason, media_kind::MediaKind};

use crate::{
    input::{InputItem, InputListing},
    media::decode,
};

/// Bytes that tell the format of a file.
const HEAD_BYTES: usize = 64;

/// The outcome for a file that need not be read as a whole.
pub(super) fn judge(listing: &InputListing, item: &InputItem) -> Option<MediaOutcome> {
    let head = || {
        let mut head = Vec::new();
        let read = listing.read_head(item, HEAD_BYTES, &mut head);
        read.is_ok().then_some(head)
    };
    match item.kind {
        MediaKind::Image => None,
        MediaKind::Skip(reason) => Some(MediaOutcome::Skipped(reason)),
        MediaKind::UnsupportedImage => {
            let is_misnamed = head().is_some_and(|head| decode::is_surely_image(&head));
            (!is_misnamed).then(|| MediaOutcome::Failed(unsupported(item.path.extension())))
        }
        MediaKind::Unknown => {
            let is_image = head().is_some_and(|head| decode::looks_like_image(&head));
            (!is_image).then_some(MediaOutcome::Skipped(SkipReason::NotAnImage))
        }
    }
}

fn unsupported(extension: Option<&str>) -> Failure {
    let kind = extension.map_or("this kind of".to_owned(), str::to_ascii_uppercase);
    Failure::new(
        FailureCode::Unsupported,
        format!("{kind} images are not supported"),
    )
}
