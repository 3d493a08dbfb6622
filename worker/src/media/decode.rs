//! From file bytes to upright pixels.

use common::Failure;

use crate::media::{frame::Frame, orientation::Orientation};

/// How large a decoded frame must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeScale {
    /// Every pixel of the file.
    Full,
    /// As small as the format lets us decode cheaply, but with a longer side of at least this
    /// many pixels (never upscaled).
    LongSideAtLeast(u32),
}

/// Limits that a picture must keep; checked before its pixels are decoded.
#[derive(Clone, Copy, Debug)]
pub struct DecodeLimits {
    /// Most pixels (width × height).
    pub pixels: u64,
}

impl Default for DecodeLimits {
    fn default() -> Self {
        Self { pixels: 100_000_000 }
    }
}

/// A decoded picture.
#[derive(Clone, Debug)]
pub struct DecodedMedia {
    /// The upright pixels, possibly at a reduced scale.
    pub frame: Frame,
    /// Width of the upright picture at full resolution ("source pixels").
    pub source_width: u32,
    /// Height of the upright picture at full resolution.
    pub source_height: u32,
    /// For a truncated file: the share of the picture that was decoded, 0.0..1.0.
    pub decoded_share: Option<f64>,
}

/// Decodes JPEG, PNG, TIFF, WebP, BMP and GIF (first frame), told apart by content, not name.
///
/// # Errors
/// A [`Failure`] that says what is wrong with this file.
pub fn decode(
    _bytes: &[u8],
    _orientation: Orientation,
    _scale: DecodeScale,
    _limits: DecodeLimits,
) -> Result<DecodedMedia, Failure> {
    todo!()
}

/// Whether the first bytes of a file are those of an image format that [`decode`] reads.
#[must_use]
pub fn looks_like_image(_head: &[u8]) -> bool {
    todo!()
}

/// Encodes a frame as a baseline JPEG, 4:2:0, quality 85, without metadata.
///
/// # Errors
/// When the encoder refuses the frame (a side of 0 or above 65,535 pixels).
pub fn encode_jpeg(_frame: &Frame) -> Result<Vec<u8>, Failure> {
    todo!()
}
