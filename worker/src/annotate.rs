//! Annotated copies: people made unrecognisable, boxes drawn, the camera's metadata kept. And the
//! pictures of a gallery, with nothing drawn on them.

mod blur;
mod draw;
pub mod gallery_pictures;
pub mod kept_exif;
mod label;
mod pixel_rect;

use common::{Category, Detection, Failure, Threshold, hiding::Hiding};

use crate::media::{decode::encode_jpeg, frame::Frame, shrink::shrunk};
use kept_exif::KeptExif;

/// What is done to a picture before it may leave as an annotated copy.
#[derive(Clone, Debug)]
pub struct AnnotateRule {
    /// Detections at or above are drawn.
    pub threshold: Threshold,
    /// Categories that are made unrecognisable.
    pub blurred: Vec<Category>,
    /// Drop the GPS position from the kept metadata.
    pub strip_gps: bool,
}

/// The longest side of an annotated copy in pixels.
pub const LONGEST_SIDE: u32 = 1600;

/// The colour of a category in pictures and tables, as red, green, blue. Vermillion, blue and
/// yellow of Okabe and Ito's set, which people with any kind of colour vision tell apart.
#[must_use]
pub const fn colour(category: Category) -> [u8; 3] {
    match category {
        Category::Animal => [0xD5, 0x5E, 0x00],
        Category::Person => [0x00, 0x72, 0xB2],
        Category::Vehicle => [0xF0, 0xE4, 0x42],
    }
}

/// Whether anything in a picture is made unrecognisable. Then nothing else may leave that shows
/// it: not the original, and not a preview inside its metadata.
#[must_use]
pub fn blurs(detections: &[Detection], rule: &AnnotateRule) -> bool {
    hidden(detections, rule).next().is_some()
}

/// The detections that are made unrecognisable.
pub(crate) fn hidden<'a>(
    detections: &'a [Detection],
    rule: &'a AnnotateRule,
) -> impl Iterator<Item = &'a Detection> {
    let hiding = Hiding::new(&rule.blurred, rule.threshold);
    detections
        .iter()
        .filter(move |found| hiding.covers(found.category, found.confidence))
}

/// Makes an annotated copy as a JPEG: shrinks the upright frame to [`LONGEST_SIDE`] if it is
/// larger, makes every detection of a blurred category unrecognisable, draws boxes and labels,
/// encodes, and puts the camera's metadata (raw TIFF structures) back in, in its order.
///
/// # Errors
/// When the picture cannot be encoded.
pub fn annotate(
    frame: Frame,
    detections: &[Detection],
    structures: &[Vec<u8>],
    rule: &AnnotateRule,
) -> Result<Vec<u8>, Failure> {
    let frame = render(frame, detections, rule)?;
    let jpeg = encode_jpeg(&frame)?;
    let options = KeptExif {
        strip_gps: rule.strip_gps,
        drop_opaque: blurs(detections, rule),
        width: frame.width,
        height: frame.height,
    };
    let kept = structures
        .iter()
        .filter_map(|tiff| kept_exif::for_copy(tiff, options));
    // Each is put in front of those before it.
    let kept: Vec<Vec<u8>> = kept.collect();
    let insert = |jpeg, tiff: &Vec<u8>| kept_exif::insert_into_jpeg(jpeg, tiff);
    Ok(kept.iter().rev().fold(jpeg, insert))
}

/// The pixels of an annotated copy. Hiding comes before drawing, so that no line or label can
/// leave a gap, and after shrinking, so that the cells are large in the copy that people see.
fn render(frame: Frame, detections: &[Detection], rule: &AnnotateRule) -> Result<Frame, Failure> {
    let mut frame = shrunk(&frame, LONGEST_SIDE)?.unwrap_or(frame);
    for detection in hidden(detections, rule) {
        blur::hide(&mut frame, detection.bbox);
    }
    let drawn: Vec<Detection> = detections
        .iter()
        .filter(|d| rule.threshold.admits(d.confidence))
        .copied()
        .collect();
    draw::draw(&mut frame, &drawn);
    Ok(frame)
}

#[cfg(test)]
mod tests;
