//! Telling by their first bytes what files are whose names do not say it, or say it wrongly.
//!
//! A card can hold a picture under any name, so none of these is passed over unseen. They are
//! looked at when the input is listed, so that what is no image is counted as none from the
//! start, and costs the pipeline nothing.

use common::{SkipReason, media_kind::MediaKind};

use super::{InputItem, InputListing};
use crate::media::decode;

/// Bytes that tell the format of a file. Some videos show what they are by a byte that comes again
/// every 188 or 192.
const HEAD_BYTES: usize = 512;
/// Bytes that tell whether it is an image.
const IMAGE_HEAD_BYTES: usize = 64;

/// What the files are whose names do not tell, by their numbers. What cannot be read is left out:
/// whether the file or its disk is to blame is for those to say who read it as a whole.
pub(super) fn told(listing: &InputListing) -> Vec<(usize, MediaKind)> {
    let mut head = Vec::new();
    let untold = listing.items().iter().enumerate();
    let untold = untold.filter(|(_, item)| may_be_misnamed(item.kind));
    let tell = |(number, item): (usize, &InputItem)| {
        listing.read_head(item, HEAD_BYTES, &mut head).ok()?;
        let kind = if decode::looks_like_image(head.get(..IMAGE_HEAD_BYTES).unwrap_or(&head)) {
            MediaKind::Image
        } else if item.kind != MediaKind::Unknown {
            item.kind
        } else if decode::is_video(&head) {
            MediaKind::Skip(SkipReason::Video)
        } else {
            MediaKind::Skip(SkipReason::NotAnImage)
        };
        Some((number, kind))
    };
    untold.filter_map(tell).collect()
}

/// Whether the name tells nothing, or that of a video or archive may be given to an image.
fn may_be_misnamed(kind: MediaKind) -> bool {
    kind == MediaKind::Unknown || (matches!(kind, MediaKind::Skip(_)) && kind.may_be_image())
}
