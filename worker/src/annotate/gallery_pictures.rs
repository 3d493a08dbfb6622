//! The two pictures that a gallery shows of an image. Who is hidden in annotated copies is hidden
//! in them too; nothing is drawn, and nothing that the camera wrote is in them.

use std::borrow::Cow;

use common::{Detection, Failure};

use super::{AnnotateRule, blur, hidden};
use crate::media::{decode::encode_jpeg_at, frame::Frame, shrink::shrunk};

/// The longest side of a preview in pixels.
pub const PREVIEW_SIDE: u32 = 1280;
/// The longest side of a thumbnail in pixels.
pub const THUMBNAIL_SIDE: u32 = 400;

/// They are looked at, not kept: at 75 they have about 0.7 of the bytes that they have at 85.
const QUALITY: u8 = 75;

/// The pictures of one image, as JPEGs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GalleryPictures {
    /// To be looked at alone.
    pub preview: Vec<u8>,
    /// One of many on a page.
    pub thumbnail: Vec<u8>,
}

impl GalleryPictures {
    /// Makes both of an upright frame of any size; neither is larger than that.
    ///
    /// # Errors
    /// When the frame has no pixels.
    pub fn of(
        frame: &Frame,
        detections: &[Detection],
        rule: &AnnotateRule,
    ) -> Result<Self, Failure> {
        let mut preview = shrunk(frame, PREVIEW_SIDE)?.map_or(Cow::Borrowed(frame), Cow::Owned);
        for detection in hidden(detections, rule) {
            blur::hide(preview.to_mut(), detection.bbox);
        }
        let thumbnail = shrunk(&preview, THUMBNAIL_SIDE)?;
        Ok(Self {
            thumbnail: encode_jpeg_at(thumbnail.as_ref().unwrap_or(&preview), QUALITY)?,
            preview: encode_jpeg_at(&preview, QUALITY)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use common::Category;

    use super::*;
    use crate::{
        annotate::tests::{detection, is_striped, rule, stripes},
        media::{
            decode::{DecodeLimits, DecodeScale, decode},
            orientation::Orientation,
        },
    };

    fn decoded(jpeg: &[u8]) -> Frame {
        let limits = DecodeLimits::default();
        let decoded = decode(jpeg, Orientation::Upright, DecodeScale::Full, limits).unwrap();
        decoded.frame
    }

    fn sizes(width: u32, height: u32) -> [(u32, u32); 2] {
        let made = GalleryPictures::of(&stripes(width, height), &[], &rule(0.5, &[])).unwrap();
        [made.preview, made.thumbnail].map(|jpeg| {
            let frame = decoded(&jpeg);
            (frame.width, frame.height)
        })
    }

    #[test]
    fn pictures_are_never_enlarged() {
        assert_eq!(sizes(1600, 1200), [(1280, 960), (400, 300)]);
        assert_eq!(sizes(768, 1024), [(768, 1024), (300, 400)]);
        assert_eq!(sizes(64, 48), [(64, 48), (64, 48)]);
    }

    #[test]
    fn people_are_hidden_in_previews_and_nothing_is_drawn() {
        let doubtful = detection(Category::Person, 0.1, [0.1, 0.2, 0.4, 0.8]);
        let animal = detection(Category::Animal, 0.8, [0.6, 0.2, 0.9, 0.8]);
        let people = rule(0.5, &[Category::Person]);
        let frame = stripes(1000, 500);
        let made = GalleryPictures::of(&frame, &[doubtful, animal], &people).unwrap();
        let preview = decoded(&made.preview);
        assert!(!is_striped(&preview, 250, 110, 390));
        assert!(is_striped(&preview, 250, 610, 890));
        let shown = GalleryPictures::of(&frame, &[doubtful, animal], &rule(0.5, &[])).unwrap();
        let plain = GalleryPictures::of(&frame, &[], &rule(0.5, &[])).unwrap();
        assert_eq!(shown, plain);
    }

    #[test]
    fn of_somebody_who_is_hidden_the_thumbnail_shows_no_more_than_the_preview() {
        // One half bright: what an average over the box keeps, and no more, is in the thumbnail.
        let mut frame = stripes(800, 400);
        for y in 0..400 {
            frame.row_mut(y, 0, 400).fill(250);
        }
        let person = [detection(Category::Person, 0.9, [0.0, 0.0, 1.0, 1.0])];
        let people = rule(0.5, &[Category::Person]);
        let hidden = GalleryPictures::of(&frame, &person, &people).unwrap();
        let shown = GalleryPictures::of(&frame, &[], &people).unwrap();
        let step = |jpeg: &[u8]| {
            let frame = decoded(jpeg);
            let (left, right) = (frame.row(100, 195, 198), frame.row(100, 202, 205));
            left[0].abs_diff(right[0])
        };
        assert!(step(&shown.thumbnail) > 60 && step(&hidden.thumbnail) < 30);
    }

    #[test]
    fn a_frame_without_pixels_has_no_pictures() {
        let frame = stripes(0, 0);
        assert!(GalleryPictures::of(&frame, &[], &rule(0.5, &[])).is_err());
    }
}
