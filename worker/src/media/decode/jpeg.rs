//! JPEG: scaled by its DCT, and as far as a damaged file goes.

use std::borrow::Cow;

use common::{Failure, FailureCode};
use image::ImageFormat;
use libjpeg_turbo_rs::{
    self as turbo, DecodeWarning, Decoder, JpegError, PixelFormat, ScalingFactor,
};

use super::{
    DecodeLimits, DecodeScale, StoredMedia,
    jpeg_coverage::known_share,
    jpeg_layout::{Ending, Follow, JpegLayout, MOST_SCANS},
    panic_boundary, raster, unreadable,
};
use crate::media::frame::Frame;

/// The eighths of its size at which a JPEG is decoded. The others that the format allows are
/// not quicker than the next larger one of these.
const EIGHTHS: [u32; 3] = [1, 3, 5];

/// Decodes a JPEG, turned as it is stored.
pub(super) fn decode(
    bytes: &[u8],
    scale: DecodeScale,
    limits: DecodeLimits,
) -> Result<StoredMedia, Failure> {
    let layout = JpegLayout::read(bytes, Follow::Needed).map_err(|error| damaged(&error))?;
    check_process(&layout)?;
    limits.check(layout.width, layout.height)?;
    let attempt = panic_boundary::contain(|| decode_fast(bytes, &layout, scale, limits));
    let is_damaged = match attempt {
        Some(Ok(stored)) if stored.decoded_share == Some(0.0) => {
            return Err(damaged(&"the file ends where the picture begins"));
        }
        Some(Ok(stored)) => return Ok(stored),
        Some(Err(
            error @ (JpegError::LimitExceeded { .. } | JpegError::AllocationFailed { .. }),
        )) => {
            return Err(damaged(&error));
        }
        Some(Err(JpegError::Unsupported(_))) => false,
        Some(Err(_)) | None => true,
    };
    decode_slowly(bytes, is_damaged, limits)
}

/// Refuses the coding processes that no camera uses and that our decoders read wrongly or not
/// at all.
fn check_process(layout: &JpegLayout) -> Result<(), Failure> {
    let unsupported = |kind: &str| {
        Err(Failure::new(
            FailureCode::Unsupported,
            format!("{kind} is not supported"),
        ))
    };
    match layout.process {
        0xC0..=0xC2 | 0xC9 | 0xCA => {}
        0xC3 | 0xCB => return unsupported("lossless JPEG"),
        _ => return unsupported("hierarchical JPEG"),
    }
    if layout.precision != 8 {
        return unsupported(&format!("JPEG with {} bits a channel", layout.precision));
    }
    Ok(())
}

fn decode_fast(
    bytes: &[u8],
    layout: &JpegLayout,
    scale: DecodeScale,
    limits: DecodeLimits,
) -> turbo::Result<StoredMedia> {
    let bytes = with_an_end(bytes, layout.ending);
    let bounds = turbo::DecodeLimits {
        max_pixels: limits.pixels,
        max_scans: MOST_SCANS,
        ..turbo::DecodeLimits::default()
    };
    let mut decoder = Decoder::new_with_limits(&bytes, bounds)?;
    decoder.set_output_format(PixelFormat::Rgb);
    decoder.set_lenient(true);
    decoder.set_scale(scaling_factor(layout.width.max(layout.height), scale));
    let image = decoder.decode_image()?;
    let corrupt = |_| JpegError::CorruptData("a size out of range".to_owned());
    Ok(StoredMedia {
        frame: Frame {
            width: u32::try_from(image.width).map_err(corrupt)?,
            height: u32::try_from(image.height).map_err(corrupt)?,
            rgb: image.data,
        },
        full_width: layout.width,
        full_height: layout.height,
        decoded_share: decoded_share(layout, &image.warnings),
    })
}

/// The decoder looks for every scan of a file before it decodes the first, and refuses a file in
/// which it then finds no end. So a cut file gets one behind its last whole part.
fn with_an_end(bytes: &[u8], ending: Ending) -> Cow<'_, [u8]> {
    match ending {
        Ending::NotSought | Ending::Whole => Cow::Borrowed(bytes),
        Ending::Cut(at) => {
            let mut ended = bytes.get(..at).unwrap_or(bytes).to_vec();
            ended.extend([0xFF, 0xD9]);
            Cow::Owned(ended)
        }
    }
}

/// The smallest allowed scale at which the longer side has the pixels asked for.
fn scaling_factor(long_side: u32, scale: DecodeScale) -> ScalingFactor {
    let DecodeScale::LongSideAtLeast(least) = scale else {
        return ScalingFactor::default();
    };
    let eighths = EIGHTHS.into_iter().find(|eighths| {
        (u64::from(long_side) * u64::from(*eighths)).div_ceil(8) >= u64::from(least)
    });
    eighths
        .and_then(|eighths| ScalingFactor::try_new(eighths, 8).ok())
        .unwrap_or_default()
}

/// What is certainly right, from where the decoder first complained.
fn decoded_share(layout: &JpegLayout, warnings: &[DecodeWarning]) -> Option<f64> {
    let (across, total) = layout.mcus();
    let of_scan = warnings
        .iter()
        .filter_map(|warning| match warning {
            DecodeWarning::TruncatedData {
                decoded_mcus,
                total_mcus,
            } => Some(ratio(*decoded_mcus, *total_mcus)),
            DecodeWarning::HuffmanError { mcu_x, mcu_y, .. } => {
                Some(ratio(mcu_y * across + mcu_x, total))
            }
            _ => None,
        })
        .min_by(f64::total_cmp);
    let share = match layout.ending {
        Ending::Cut(_) => known_share(layout, of_scan.unwrap_or(1.0)),
        Ending::NotSought | Ending::Whole => of_scan?,
    };
    // A file that only lacks its end marker is a whole picture.
    (share < 1.0).then(|| in_ten_thousandths(share))
}

fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Cut off, so that a picture with any damage never counts as whole, but not down to nothing.
fn in_ten_thousandths(share: f64) -> f64 {
    let floor = (share * 10_000.0).floor();
    if share > 0.0 {
        floor.max(1.0) / 10_000.0
    } else {
        0.0
    }
}

/// A second decoder for what the fast one refuses. It does not say how far it came, so only the
/// scans that are followed by another count as decoded.
fn decode_slowly(
    bytes: &[u8],
    is_damaged: bool,
    limits: DecodeLimits,
) -> Result<StoredMedia, Failure> {
    let layout = JpegLayout::read(bytes, Follow::Everything).map_err(|error| damaged(&error))?;
    let mut stored = raster::decode(bytes, ImageFormat::Jpeg, limits)?;
    stored.decoded_share = match layout.ending {
        Ending::Cut(_) => Some(in_ten_thousandths(known_share(&layout, 0.0))),
        Ending::NotSought | Ending::Whole => is_damaged.then_some(0.0),
    };
    Ok(stored)
}

fn damaged(what: &dyn std::fmt::Display) -> Failure {
    unreadable(format!("damaged JPEG: {what}"))
}

#[cfg(test)]
mod tests;
