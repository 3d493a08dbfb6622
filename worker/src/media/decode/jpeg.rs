//! JPEG: scaled by its DCT, and as far as a damaged file goes.

mod blocks;
mod entropy;
mod geometry;
mod hole;
mod pass;
mod scan_walk;

use std::borrow::Cow;

use common::{Failure, file_signature::PictureFormat};
use libjpeg_turbo_rs::{
    self as turbo, DecodeWarning, Decoder, JpegError, PixelFormat, ScalingFactor,
};

use super::{
    DecodeLimits, DecodeScale, StoredMedia,
    jpeg_coverage::known_share,
    jpeg_layout::{Ending, Follow, JpegLayout, MOST_SCANS},
    panic_boundary, raster,
    share::{LEAST_SHARE, in_ten_thousandths},
    unreadable, unsupported,
};
use crate::media::frame::Frame;
use hole::Hole;

/// The eighths of its size at which a JPEG is decoded. The others that the format allows are
/// not quicker than the next larger one of these.
const EIGHTHS: [u32; 3] = [1, 3, 5];
/// A side that every scale divides.
const EIGHTH_UNIT: usize = 8;

/// Decodes a JPEG, turned as it is stored.
pub(super) fn decode(
    bytes: &[u8],
    scale: DecodeScale,
    limits: DecodeLimits,
) -> Result<StoredMedia, Failure> {
    let mut layout = JpegLayout::read(bytes, Follow::Needed).map_err(|error| damaged(&error))?;
    if layout.is_arithmetic() {
        // Its decoder does not say where data end.
        layout = JpegLayout::read(bytes, Follow::Everything).map_err(|error| damaged(&error))?;
    }
    check_process(&layout)?;
    limits.check(layout.width, layout.height)?;
    let hole = hole::find(bytes, &layout);
    if let Some(hole) = hole {
        end_at(hole, &mut layout);
    }
    let attempt = panic_boundary::contain(|| decode_fast(bytes, &layout, hole, scale, limits));
    let is_damaged = match attempt {
        Some(Ok(stored)) if stored.decoded_share == Some(0.0) => {
            return Err(damaged(&"nothing is left of the picture but its header"));
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
    decode_slowly(bytes, hole, is_damaged, limits)
}

/// What lies behind a hole is left out, as if the file ended there: it would be shown in the
/// wrong place and in wrong colours. Only restart markers bring it back into its place.
fn end_at(hole: Hole, layout: &mut JpegLayout) {
    if !hole.is_bridged {
        layout.scans.truncate(hole.scan + 1);
        layout.ending = Ending::Cut(hole.at);
    }
}

/// The bytes that decoding takes at its peak: the frame, the turned one or the planes it is made
/// of, and for a file of several scans all its coefficients.
pub(super) fn memory_needed(bytes: &[u8], scale: DecodeScale) -> u64 {
    let Ok(layout) = JpegLayout::read(bytes, Follow::Needed) else {
        return 0;
    };
    let pixels = u64::from(layout.width) * u64::from(layout.height);
    let factor = scaling_factor(layout.width.max(layout.height), scale);
    let side = factor.scale_dim(EIGHTH_UNIT) as u64;
    let scaled = pixels.saturating_mul(side * side) / (EIGHTH_UNIT * EIGHTH_UNIT) as u64;
    let coefficients = if layout.scans.len() > 1 {
        pixels.saturating_mul(2 * layout.components.len() as u64)
    } else {
        0
    };
    scaled.saturating_mul(6).saturating_add(coefficients)
}

/// Refuses the coding processes that no camera uses and that our decoders read wrongly or not
/// at all.
fn check_process(layout: &JpegLayout) -> Result<(), Failure> {
    let unsupported = |kind: &str| Err(unsupported(kind));
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
    hole: Option<Hole>,
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
        decoded_share: decoded_share(layout, hole, &image.warnings),
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

/// What is certainly right: what comes before a hole and before the decoder's first complaint.
fn decoded_share(
    layout: &JpegLayout,
    hole: Option<Hole>,
    warnings: &[DecodeWarning],
) -> Option<f64> {
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
        .chain(hole.map(|hole| hole.share))
        .min_by(f64::total_cmp);
    let share = match layout.ending {
        Ending::Cut(_) if layout.is_arithmetic() => {
            known_share(layout, of_scan.unwrap_or(LEAST_SHARE))
        }
        Ending::Cut(_) => known_share(layout, of_scan.unwrap_or(1.0)),
        // What comes behind a bridged hole is there, even if nothing is before it.
        _ if hole.is_some() => of_scan?.max(LEAST_SHARE),
        Ending::NotSought | Ending::Whole => of_scan?,
    };
    // A file that only lacks its end marker is a whole picture.
    (share < 1.0).then(|| in_ten_thousandths(share))
}

fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// A second decoder for what the fast one refuses. It does not say how far it came, so only the
/// scans that are followed by another count as decoded.
fn decode_slowly(
    bytes: &[u8],
    hole: Option<Hole>,
    is_damaged: bool,
    limits: DecodeLimits,
) -> Result<StoredMedia, Failure> {
    let mut layout =
        JpegLayout::read(bytes, Follow::Everything).map_err(|error| damaged(&error))?;
    if let Some(hole) = hole {
        end_at(hole, &mut layout);
    }
    let known_of_last = hole.map_or(0.0, |hole| hole.share);
    let bytes = with_an_end(bytes, layout.ending);
    let mut stored = raster::decode(&bytes, PictureFormat::Jpeg, limits)?;
    stored.decoded_share = match layout.ending {
        Ending::Cut(_) => Some(in_ten_thousandths(known_share(&layout, known_of_last))),
        Ending::NotSought | Ending::Whole => {
            (is_damaged || hole.is_some()).then_some(in_ten_thousandths(known_of_last))
        }
    };
    Ok(stored)
}

fn damaged(what: &dyn std::fmt::Display) -> Failure {
    unreadable(format!("damaged JPEG: {what}"))
}

#[cfg(test)]
mod tests;
