//! Annotated copies: people made unrecognisable, boxes drawn, the camera's metadata kept.

mod blur;
mod draw;
pub mod kept_exif;
mod label;
mod pixel_rect;

use common::{Category, Detection, Failure, FailureCode, Threshold};
use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8x3,
};

use crate::media::{decode::encode_jpeg, frame::Frame};
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

/// The confidence from which a detection of a blurred category is hidden, even where the
/// threshold is higher: lower than any usual threshold, so that somebody whom the model only
/// suspects is hidden too. A lower threshold lowers it.
pub const BLUR_FLOOR: f64 = 0.1;

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

fn hidden<'a>(
    detections: &'a [Detection],
    rule: &'a AnnotateRule,
) -> impl Iterator<Item = &'a Detection> {
    let floor = rule.threshold.value().min(BLUR_FLOOR);
    detections
        .iter()
        .filter(move |d| rule.blurred.contains(&d.category) && d.confidence.value() >= floor)
}

/// Makes an annotated copy as a JPEG: shrinks the upright frame to [`LONGEST_SIDE`] if it is
/// larger, makes every detection of a blurred category unrecognisable, draws boxes and labels,
/// encodes, and puts the camera's metadata (a raw TIFF structure) back in.
///
/// # Errors
/// When the picture cannot be encoded.
pub fn annotate(
    frame: Frame,
    detections: &[Detection],
    tiff: Option<&[u8]>,
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
    Ok(
        match tiff.and_then(|tiff| kept_exif::for_copy(tiff, options)) {
            Some(kept) => kept_exif::insert_into_jpeg(jpeg, &kept),
            None => jpeg,
        },
    )
}

/// The pixels of an annotated copy. Hiding comes before drawing, so that no line or label can
/// leave a gap, and after shrinking, so that the cells are large in the copy that people see.
fn render(frame: Frame, detections: &[Detection], rule: &AnnotateRule) -> Result<Frame, Failure> {
    let mut frame = shrink(frame)?;
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

/// Shrinks a frame to [`LONGEST_SIDE`], averaging over the pixels that become one.
fn shrink(frame: Frame) -> Result<Frame, Failure> {
    let long_side = frame.long_side();
    if long_side <= LONGEST_SIDE {
        return Ok(frame);
    }
    let scaled = |side: u32| {
        let rounded = (u64::from(side) * u64::from(LONGEST_SIDE) + u64::from(long_side) / 2)
            / u64::from(long_side);
        u32::try_from(rounded).unwrap_or(LONGEST_SIDE).max(1)
    };
    let (width, height) = (scaled(frame.width), scaled(frame.height));
    let refused = |error: &dyn std::fmt::Display| {
        Failure::new(
            FailureCode::Unreadable,
            format!("the picture cannot be scaled: {error}"),
        )
    };
    let mut rgb = vec![0; width as usize * height as usize * 3];
    // Typed views: the resizer is compiled for this kind of pixel only, which saves minutes.
    let source = TypedImageRef::<U8x3>::from_buffer(frame.width, frame.height, &frame.rgb)
        .map_err(|error| refused(&error))?;
    let mut target = TypedImage::<U8x3>::from_buffer(width, height, &mut rgb)
        .map_err(|error| refused(&error))?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new()
        .resize_typed(&source, &mut target, &options)
        .map_err(|error| refused(&error))?;
    Ok(Frame { width, height, rgb })
}

#[cfg(test)]
mod tests;
