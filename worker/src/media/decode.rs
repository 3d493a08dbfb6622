//! From file bytes to upright pixels.

mod fill;
mod jpeg;
mod jpeg_coverage;
mod jpeg_layout;
mod need;
mod other_pictures;
mod panic_boundary;
mod png;
mod raster;
mod share;
mod tiff;
mod unknown_bytes;

use common::{
    Failure, FailureCode,
    file_signature::{FileSignature, PictureFormat},
};
use libjpeg_turbo_rs::{PixelFormat, Subsampling};

use crate::media::{frame::Frame, orientation::Orientation};
pub use need::memory_needed;
pub use other_pictures::may_hold_other_pictures;

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
        Self {
            pixels: 100_000_000,
        }
    }
}

impl DecodeLimits {
    /// Refuses a picture by the size that its header gives.
    fn check(self, width: u32, height: u32) -> Result<(), Failure> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 {
            return Err(unreadable(format!(
                "the header gives a size of {width}×{height} pixels"
            )));
        }
        if pixels > self.pixels {
            let detail = format!(
                "{pixels} pixels ({width}×{height}); the limit is {}",
                self.pixels
            );
            return Err(Failure::new(FailureCode::TooManyPixels, detail));
        }
        Ok(())
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
    /// For a truncated or damaged file: the share of the picture that is certainly right,
    /// 0.0..1.0 in ten-thousandths, cut off. What is missing is mid-grey.
    ///
    /// In a baseline JPEG this is the share of its area before the cut; in a progressive one,
    /// whose scans each refine the whole area, the share of its DCT coefficients; in all other
    /// formats the share of the pixels. 0.0 means that the picture could be decoded but nothing
    /// is known about where its damage lies.
    pub decoded_share: Option<f64>,
}

/// A picture as the file stores it, before its orientation is applied.
struct StoredMedia {
    frame: Frame,
    full_width: u32,
    full_height: u32,
    decoded_share: Option<f64>,
}

/// Decodes JPEG, PNG, TIFF, WebP, BMP and GIF (first frame), told apart by content, not name.
///
/// A file that ends early is decoded as far as it goes, if anything of its picture is there and
/// its format allows it: JPEG, PNG, TIFF, GIF, and BMP without compression. So is a JPEG with
/// zeros where data were, and a TIFF with damaged strips.
/// Transparency is dropped and 16-bit channels are rounded to 8, as in the reference loader;
/// colour profiles are not applied. A panic in a decoder is that file's failure.
///
/// # Errors
/// A [`Failure`] that says what is wrong with this file.
pub fn decode(
    bytes: &[u8],
    orientation: Orientation,
    scale: DecodeScale,
    limits: DecodeLimits,
) -> Result<DecodedMedia, Failure> {
    let stored = match FileSignature::of(bytes) {
        FileSignature::Picture(format) => decode_as(format, bytes, scale, limits)?,
        FileSignature::Unsupported(kind) => return Err(unsupported(kind)),
        FileSignature::NoBytes => {
            return Err(Failure::new(FailureCode::NoBytes, "the file has 0 bytes"));
        }
        FileSignature::Unknown => return Err(unreadable(unknown_bytes::describe(bytes))),
    };
    let (source_width, source_height) = if orientation.swaps_sides() {
        (stored.full_height, stored.full_width)
    } else {
        (stored.full_width, stored.full_height)
    };
    Ok(DecodedMedia {
        frame: orientation.apply(stored.frame),
        source_width,
        source_height,
        decoded_share: stored.decoded_share,
    })
}

fn decode_as(
    format: PictureFormat,
    bytes: &[u8],
    scale: DecodeScale,
    limits: DecodeLimits,
) -> Result<StoredMedia, Failure> {
    match format {
        PictureFormat::Jpeg => jpeg::decode(bytes, scale, limits),
        PictureFormat::Png => png::decode(bytes, limits),
        PictureFormat::Tiff => tiff::decode(bytes, limits),
        PictureFormat::WebP | PictureFormat::Bmp | PictureFormat::Gif => {
            raster::decode(bytes, format, limits)
        }
    }
}

/// Encodes a frame as a baseline JPEG, 4:2:0, quality 85, without metadata.
///
/// # Errors
/// When the encoder refuses the frame (a side of 0 or above 65,535 pixels).
pub fn encode_jpeg(frame: &Frame) -> Result<Vec<u8>, Failure> {
    encode_jpeg_at(frame, 85)
}

/// The same at another quality, 1..=100.
///
/// # Errors
/// As for [`encode_jpeg`].
pub fn encode_jpeg_at(frame: &Frame, quality: u8) -> Result<Vec<u8>, Failure> {
    let (width, height) = (frame.width as usize, frame.height as usize);
    panic_boundary::contain(|| {
        libjpeg_turbo_rs::compress(
            &frame.rgb,
            width,
            height,
            PixelFormat::Rgb,
            quality,
            Subsampling::S420,
        )
    })
    .and_then(Result::ok)
    .ok_or_else(|| {
        unreadable(format!(
            "no JPEG can hold a picture of {width}×{height} pixels"
        ))
    })
}

/// The failure of a file of a known kind that cannot be read. Its code says what to do.
fn unsupported(kind: &str) -> Failure {
    Failure::new(FailureCode::Unsupported, format!("{kind} is not supported"))
}

fn unreadable(detail: impl Into<String>) -> Failure {
    Failure::new(FailureCode::Unreadable, detail)
}

#[cfg(test)]
mod tests;
