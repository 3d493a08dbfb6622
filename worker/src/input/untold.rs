//! Telling by their first bytes what files are whose names do not say it, or say it wrongly.
//!
//! A card can hold a picture under any name, so none of these is passed over unseen. They are
//! looked at when the input is listed, so that what is no image is counted as none from the
//! start, and costs the pipeline nothing.

use common::{
    SkipReason,
    file_signature::{self, VIDEO_HEAD_BYTES},
    media_kind::MediaKind,
};

use super::{InputError, InputListing, ReadError};

/// What the files are whose names do not tell, by their numbers. What cannot be read is left out:
/// whether the file or its disk is to blame is for those to say who read it as a whole.
///
/// # Errors
/// When the store fails, which says nothing about a file: the same listing must come of it later.
pub(super) fn told(listing: &InputListing) -> Result<Vec<(usize, MediaKind)>, InputError> {
    let mut head = Vec::new();
    let mut told = Vec::new();
    for (number, item) in listing.items().iter().enumerate() {
        if !may_be_misnamed(item.kind) {
            continue;
        }
        match listing.read_head(item, VIDEO_HEAD_BYTES, &mut head) {
            Ok(()) => told.push((number, kind_of(&head, item.kind))),
            Err(ReadError::File(_)) => {}
            Err(ReadError::Store(error)) => return Err(InputError::Store(error)),
        }
    }
    Ok(told)
}

/// What a file is by its first bytes, or by its name where they do not say it.
fn kind_of(head: &[u8], by_name: MediaKind) -> MediaKind {
    if file_signature::is_picture(head) {
        MediaKind::Image
    } else if by_name != MediaKind::Unknown {
        by_name
    } else if file_signature::is_video(head) {
        MediaKind::Skip(SkipReason::Video)
    } else {
        MediaKind::Skip(SkipReason::NotAnImage)
    }
}

/// Whether the name tells nothing, or that of a video or archive may be given to an image.
fn may_be_misnamed(kind: MediaKind) -> bool {
    kind == MediaKind::Unknown || (matches!(kind, MediaKind::Skip(_)) && kind.may_be_image())
}
