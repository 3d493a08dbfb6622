//! Making the copies and pictures of one file.

use common::{
    Detection,
    media::{OriginalCopy, ProcessedMedia},
};

use super::Inspector;
use crate::{
    annotate::{self, gallery_pictures::GalleryPictures},
    input::InputItem,
    media::{decode::DecodedMedia, frame::Frame, orientation::Orientation},
    pipeline::{PipelineError, copies::CopyPaths, copying, stage::Stage},
};

impl Inspector<'_> {
    pub(super) fn wants_copy(&self, media: &ProcessedMedia) -> bool {
        let options = self.context.options;
        copying::wants_annotated(media, options.annotate, options.threshold)
    }

    pub(super) fn write_annotated(
        &self,
        item: &InputItem,
        frame: Frame,
        detections: &[Detection],
        structures: &[Vec<u8>],
    ) -> Result<Option<String>, PipelineError> {
        let clock = self.context.clock;
        let jpeg = clock.time(Stage::Annotate, || {
            annotate::annotate(frame, detections, structures, &self.rule)
        });
        let Ok(jpeg) = jpeg else {
            // A picture that cannot be drawn on still has its detections.
            return Ok(None);
        };
        let path = CopyPaths::of(self.context.listing).annotated(&item.path);
        clock.time(Stage::Write, || self.context.package.write(&path, &jpeg))?;
        Ok(Some(path))
    }

    pub(super) fn frame_for_copy(&self, decoded: DecodedMedia, orientation: Orientation) -> Frame {
        copying::frame_for_copy(decoded, |scale| {
            let clock = self.context.clock;
            clock.time(Stage::Decode, || self.decode(orientation, scale))
        })
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
        if let Some(reason) = copying::reason_to_withhold(media, &self.rule, &self.bytes) {
            return Ok(OriginalCopy::Withheld(reason));
        }
        let path = CopyPaths::of(self.context.listing).original(&item.path);
        self.context.clock.time(Stage::Write, || {
            self.context.package.write(&path, &self.bytes)
        })?;
        Ok(OriginalCopy::At(path))
    }
}
