//! WebP, BMP, GIF, and the JPEGs that the fast decoder refuses.

mod cut_bmp;
mod cut_gif;

use std::io::Cursor;

use common::{Failure, FailureCode, file_signature::PictureFormat};
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::{DecodeLimits, StoredMedia, panic_boundary, unreadable, unsupported};
use crate::media::frame::Frame;

/// Decodes the first picture of a file at full scale; of a BMP or GIF that is cut, what is there.
pub(super) fn decode(
    bytes: &[u8],
    format: PictureFormat,
    limits: DecodeLimits,
) -> Result<StoredMedia, Failure> {
    let whole = decode_whole(bytes, format, limits);
    let is_damaged = |failure: &Failure| failure.code == FailureCode::Unreadable;
    whole.or_else(|failure| {
        let part = match format {
            PictureFormat::Bmp if is_damaged(&failure) => cut_bmp::decode(bytes, limits),
            PictureFormat::Gif if is_damaged(&failure) => {
                panic_boundary::contain(|| cut_gif::decode(bytes, limits)).flatten()
            }
            _ => None,
        };
        part.ok_or_else(|| match format {
            PictureFormat::WebP if is_cut_riff(bytes) => unreadable(
                "damaged WebP: the file ends too early, and no part of a WebP can be read",
            ),
            _ => failure,
        })
    })
}

/// Whether a RIFF file is shorter than its header says.
fn is_cut_riff(bytes: &[u8]) -> bool {
    let length = bytes.get(4..).and_then(|rest| rest.first_chunk().copied());
    length.is_some_and(|length| (bytes.len() as u64) < 8 + u64::from(u32::from_le_bytes(length)))
}

fn decode_whole(
    bytes: &[u8],
    format: PictureFormat,
    limits: DecodeLimits,
) -> Result<StoredMedia, Failure> {
    panic_boundary::contain(|| decode_unguarded(bytes, format, limits)).unwrap_or_else(|| {
        Err(unreadable(format!(
            "damaged {}: its decoder gave up",
            name(format)
        )))
    })
}

fn decode_unguarded(
    bytes: &[u8],
    format: PictureFormat,
    limits: DecodeLimits,
) -> Result<StoredMedia, Failure> {
    let damaged = |error| match error {
        ImageError::Unsupported(error) => {
            unsupported(&format!("this kind of {} ({error})", name(format)))
        }
        error => unreadable(format!("damaged {}: {error}", name(format))),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), image_format(format));
    reader.limits(allocation_limits(limits));
    let decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    limits.check(width, height)?;
    let rgb = DynamicImage::from_decoder(decoder)
        .map_err(damaged)?
        .into_rgb8();
    Ok(StoredMedia {
        frame: Frame {
            width: rgb.width(),
            height: rgb.height(),
            rgb: rgb.into_raw(),
        },
        full_width: width,
        full_height: height,
        decoded_share: None,
    })
}

/// The pixel limit is what bounds a picture's memory. This only stops a decoder that wants more
/// than any pixel can need: four channels of 32 bits, and some for tables.
fn allocation_limits(limits: DecodeLimits) -> Limits {
    const BYTES_PER_PIXEL: u64 = 16;
    const TABLES: u64 = 64 << 20;
    let mut allocation = Limits::no_limits();
    allocation.max_alloc = Some(
        limits
            .pixels
            .saturating_mul(BYTES_PER_PIXEL)
            .saturating_add(TABLES),
    );
    allocation
}

/// The same format as its decoder knows it.
pub(super) fn image_format(format: PictureFormat) -> ImageFormat {
    match format {
        PictureFormat::Jpeg => ImageFormat::Jpeg,
        PictureFormat::Png => ImageFormat::Png,
        PictureFormat::Gif => ImageFormat::Gif,
        PictureFormat::WebP => ImageFormat::WebP,
        PictureFormat::Tiff => ImageFormat::Tiff,
        PictureFormat::Bmp => ImageFormat::Bmp,
    }
}

fn name(format: PictureFormat) -> &'static str {
    match format {
        PictureFormat::Jpeg => "JPEG",
        PictureFormat::Png => "PNG",
        PictureFormat::Tiff => "TIFF",
        PictureFormat::WebP => "WebP",
        PictureFormat::Bmp => "BMP",
        PictureFormat::Gif => "GIF",
    }
}

#[cfg(test)]
mod tests;
