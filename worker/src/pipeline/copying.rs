//! Which copies a file gets, and of which pixels: the same when they are made for the first time
//! and when they are made again.

use common::{
    Failure, Threshold,
    media::{ProcessedMedia, WithheldReason},
};

use crate::{
    annotate::{self, AnnotateRule},
    media::{
        decode::{self, DecodeScale, DecodedMedia},
        frame::Frame,
    },
    run_facts::{AnnotateChoice, RunOptions},
};

/// An annotated copy is made from a decode of at least this size, where the original has it.
const COPY_LONG_SIDE: u32 = 1024;

/// Whether an image gets an annotated copy at a threshold.
#[must_use]
pub fn wants_annotated(
    media: &ProcessedMedia,
    choice: AnnotateChoice,
    threshold: Threshold,
) -> bool {
    match choice {
        AnnotateChoice::All => true,
        AnnotateChoice::Detections => media.category_at(threshold).is_some(),
        AnnotateChoice::None => false,
    }
}

/// The pixels of a copy: the decode for detection, if it is large enough to look at; a larger one
/// otherwise, which `decode` makes.
pub fn frame_for_copy(
    decoded: DecodedMedia,
    decode: impl FnOnce(DecodeScale) -> Result<DecodedMedia, Failure>,
) -> Frame {
    let long_side = |width: u32, height: u32| width.max(height);
    let enough = COPY_LONG_SIDE.min(long_side(decoded.source_width, decoded.source_height));
    if long_side(decoded.frame.width, decoded.frame.height) >= enough {
        return decoded.frame;
    }
    let larger = decode(DecodeScale::LongSideAtLeast(COPY_LONG_SIDE));
    larger.map_or(decoded.frame, |larger| larger.frame)
}

/// Why the copy of an original, which is these bytes, must not leave. It may only if everything in
/// it that shows a picture was looked at, and nothing was seen that is blurred elsewhere.
#[must_use]
pub fn reason_to_withhold(
    media: &ProcessedMedia,
    rule: &AnnotateRule,
    bytes: &[u8],
) -> Option<WithheldReason> {
    if rule.blurred.is_empty() {
        None
    } else if annotate::blurs(&media.detections, rule) {
        Some(WithheldReason::ShowsBlurred)
    } else if media.decoded_share.is_some() {
        Some(WithheldReason::Damaged)
    } else if decode::may_hold_other_pictures(bytes) {
        Some(WithheldReason::HoldsMorePictures)
    } else {
        None
    }
}

/// The rule of annotated copies for a run.
#[must_use]
pub fn annotate_rule(options: &RunOptions) -> AnnotateRule {
    AnnotateRule {
        threshold: options.threshold,
        blurred: options.blur.clone(),
        strip_gps: options.strip_gps || options.round_positions,
    }
}
