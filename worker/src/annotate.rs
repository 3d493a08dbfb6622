//! Annotated copies: people made unrecognisable, boxes drawn, the camera's metadata kept.

pub mod kept_exif;

use common::{Category, Detection, Failure, Threshold};

use crate::media::frame::Frame;

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

/// Makes an annotated copy as a JPEG: shrinks the upright frame to [`LONGEST_SIDE`] if it is
/// larger, makes every detection of a blurred category unrecognisable, draws boxes and labels,
/// encodes, and puts the camera's metadata (a raw TIFF structure) back in.
///
/// # Errors
/// When the picture cannot be encoded.
pub fn annotate(
    _frame: Frame,
    _detections: &[Detection],
    _tiff: Option<&[u8]>,
    _rule: &AnnotateRule,
) -> Result<Vec<u8>, Failure> {
    todo!()
}
