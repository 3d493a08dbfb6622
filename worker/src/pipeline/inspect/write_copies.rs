//! The copies and pictures of one file: which it gets, and making them.

use common::{
    Detection,
    media::{OriginalCopy, ProcessedMedia, WithheldReason},
};

use super::Inspector;
use crate::{
    annotate::{self, gallery_pictures::GalleryPictures},
    input::InputItem,
    media::{
        decode::{self, DecodeScale, DecodedMedia},
        frame::Frame,
        orientation::Orientation,
    },
    pipeline::{PipelineError, copies::CopyPaths, stage::Stage},
    run_facts::AnnotateChoice,
};

/// An annotated copy is made from a decode of at least this size, where the original has it.
const COPY_LONG_SIDE: u32 = 1024;

impl Inspector<'_> {
    pub(super) fn wants_copy(&self, media: &ProcessedMedia) -> bool {
        match self.context.options.annotate {
            AnnotateChoice::All => true,
            AnnotateChoice::Detections => {
                media.category_at(self.context.options.threshold).is_some()
            }
            AnnotateChoice::None => false,
        }
    }

    pub(super) fn write_annotated(
        &self,
        item: &InputItem,
        frame: Frame,
        detections: &[Detection],
        tiff: Option<&[u8]>,
    ) -> Result<Option<String>, PipelineError> {
        let clock = self.context.clock;
        let jpeg = clock.time(Stage::Annotate, || {
            annotate::annotate(frame, detections, tiff, &self.rule)
        });
        let Ok(jpeg) = jpeg else {
            // A picture that cannot be drawn on still has its detections.
            return Ok(None);
        };
        let path = CopyPaths::of(self.context.listing).annotated(&item.path);
        clock.time(Stage::Write, || self.context.package.write(&path, &jpeg))?;
        Ok(Some(path))
    }

    /// The decode for detection, if it is large enough to look at; a larger one otherwise.
    pub(super) fn frame_for_copy(&self, decoded: DecodedMedia, orientation: Orientation) -> Frame {
        let long_side = |width: u32, height: u32| width.max(height);
        let enough = COPY_LONG_SIDE.min(long_side(decoded.source_width, decoded.source_height));
        if long_side(decoded.frame.width, decoded.frame.height) >= enough {
            return decoded.frame;
        }
        let larger = self.context.clock.time(Stage::Decode, || {
            self.decode(orientation, DecodeScale::LongSideAtLeast(COPY_LONG_SIDE))
        });
        larger.map_or(decoded.frame, |larger| larger.frame)
    }

    /// What a gallery shows of the image, made of the pixels that are at hand.
    pub(super) fn gallery_pictures(
        &self,
        frame: &Frame,
        detections: &[Detection],
    ) -> Option<GalleryPictures> {
        self.context.pictures?;
        let clock = self.context.clock;
        let pictures = clock.time(Stage::Gallery, || {
            GalleryPictures::of(frame, detections, &self.rule)
        });
        // A picture that cannot be shown still has its detections.
        pictures.ok()
    }

    pub(super) fn write_original(
        &self,
        item: &InputItem,
        media: &ProcessedMedia,
    ) -> Result<OriginalCopy, PipelineError> {
        if let Some(reason) = self.reason_to_withhold(media) {
            return Ok(OriginalCopy::Withheld(reason));
        }
        let path = CopyPaths::of(self.context.listing).original(&item.path);
        self.context.clock.time(Stage::Write, || {
            self.context.package.write(&path, &self.bytes)
        })?;
        Ok(OriginalCopy::At(path))
    }

    /// An original may leave only if everything in it that shows a picture was looked at, and
    /// nothing was seen that is blurred elsewhere.
    fn reason_to_withhold(&self, media: &ProcessedMedia) -> Option<WithheldReason> {
        if self.rule.blurred.is_empty() {
            None
        } else if annotate::blurs(&media.detections, &self.rule) {
            Some(WithheldReason::ShowsBlurred)
        } else if media.decoded_share.is_some() {
            Some(WithheldReason::Damaged)
        } else if decode::may_hold_other_pictures(&self.bytes) {
            Some(WithheldReason::HoldsMorePictures)
        } else {
            None
        }
    }
}
