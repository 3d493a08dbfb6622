//! TIFF: strip by strip or tile by tile, as far as the file goes.
//!
//! The decoder underneath knows the ways of storing and compressing, and mixes up samples where
//! there are more than the colours need. So it is told that all are grey, gives them all, and
//! what they mean is decided here.

mod directory;
mod pixels;
mod rows;

use std::io::Cursor;

use common::Failure;
use tiff::{
    TiffError, TiffResult,
    decoder::{Decoder, DecodingResult, Limits},
};

use super::{
    DecodeLimits, StoredMedia, panic_boundary,
    share::{MID_GREY, in_ten_thousandths},
    unreadable, unsupported,
};
use crate::media::frame::Frame;
use directory::{AsGrey, Layout};
use pixels::{Pixels, Samples};

type Reader<'a> = Decoder<AsGrey<Cursor<&'a [u8]>>>;

/// Decodes the first picture of a file.
pub(super) fn decode(bytes: &[u8], limits: DecodeLimits) -> Result<StoredMedia, Failure> {
    panic_boundary::contain(|| decode_unguarded(bytes, limits))
        .unwrap_or_else(|| Err(unreadable("damaged TIFF: its decoder gave up")))
}

fn decode_unguarded(bytes: &[u8], limits: DecodeLimits) -> Result<StoredMedia, Failure> {
    let mut plain = Decoder::new(Cursor::new(bytes)).map_err(failure_of_directory)?;
    let (width, height) = plain.dimensions().map_err(failure)?;
    limits.check(width, height)?;
    let layout = Layout::read(&mut plain).map_err(failure)??;
    let mut pixels = Pixels::new(&mut plain, &layout).map_err(failure)?;
    let reader =
        AsGrey::new(bytes).ok_or_else(|| unreadable("damaged TIFF: no colours are named"))?;
    let mut decoder = Decoder::new(reader)
        .map_err(failure)?
        .with_limits(buffer_limits(limits));
    let mut canvas = Canvas::new(width, height);
    let mut first_error = None;
    for chunk in 0..layout.chunks {
        let place = layout.place(chunk, decoder.chunk_data_dimensions(chunk));
        let found = panic_boundary::contain(|| read(&mut decoder, bytes, &layout, chunk));
        match found {
            Some(Ok(rows)) => {
                canvas.known += pixels.write(&rows, place, &mut canvas.frame);
            }
            Some(Err(error @ TiffError::UnsupportedError(_))) => return Err(failure(error)),
            Some(Err(error)) => {
                first_error.get_or_insert(failure(error));
            }
            None => {
                first_error.get_or_insert(unreadable("damaged TIFF: its decoder gave up"));
            }
        }
    }
    canvas.finish(layout.planes, first_error)
}

/// Samples of a chunk, from its first row on.
struct Rows {
    samples: Samples,
    /// How many rows are there; none: all.
    count: Option<usize>,
}

/// Reads a chunk; if it is cut, the rows that are there.
fn read(decoder: &mut Reader<'_>, bytes: &[u8], layout: &Layout, chunk: u32) -> TiffResult<Rows> {
    let is_cut = !layout.is_inside(chunk, bytes.len());
    // These decoders make up what is missing.
    let hides_cuts = layout.is_jpeg();
    if !(is_cut && hides_cuts) {
        match decoder.read_chunk(chunk) {
            Ok(DecodingResult::U8(samples)) => {
                return Ok(Rows {
                    samples: Samples::Bytes(samples),
                    count: None,
                });
            }
            Ok(DecodingResult::U16(samples)) => {
                return Ok(Rows {
                    samples: Samples::Words(samples),
                    count: None,
                });
            }
            Ok(_) => {
                let kind = tiff::TiffUnsupportedError::UnsupportedDataType;
                return Err(kind.into());
            }
            Err(error) if hides_cuts || layout.is_tiled() => return Err(error),
            Err(error @ TiffError::UnsupportedError(_)) => return Err(error),
            Err(_) => {}
        }
    } else {
        return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
    }
    rows::first_of_strip(decoder, layout, chunk)
}

/// The picture as far as it is known.
struct Canvas {
    frame: Frame,
    /// Samples of it that are known, planes counted on their own.
    known: u64,
}

impl Canvas {
    fn new(width: u32, height: u32) -> Self {
        Self {
            frame: Frame {
                width,
                height,
                rgb: vec![MID_GREY; width as usize * height as usize * 3],
            },
            known: 0,
        }
    }

    fn finish(self, planes: u32, first_error: Option<Failure>) -> Result<StoredMedia, Failure> {
        let Frame { width, height, .. } = self.frame;
        let all = u64::from(width) * u64::from(height) * u64::from(planes);
        if let (0, Some(error)) = (self.known, first_error) {
            return Err(error);
        }
        let share = self.known as f64 / all.max(1) as f64;
        Ok(StoredMedia {
            frame: self.frame,
            full_width: width,
            full_height: height,
            decoded_share: (share < 1.0).then(|| in_ten_thousandths(share)),
        })
    }
}

/// The pixel limit bounds what a strip can need: four channels of 16 bits.
fn buffer_limits(limits: DecodeLimits) -> Limits {
    const BYTES_PER_PIXEL: u64 = 8;
    let most = usize::try_from(limits.pixels.saturating_mul(BYTES_PER_PIXEL)).unwrap_or(usize::MAX);
    let mut bounds = Limits::default();
    bounds.decoding_buffer_size = most;
    bounds.intermediate_buffer_size = most;
    bounds.ifd_value_size = 64 << 20;
    bounds
}

/// Many writers put the directory behind the pixels, and without it nothing is known of them.
fn failure_of_directory(error: TiffError) -> Failure {
    match error {
        TiffError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            unreadable(
                "damaged TIFF: the file ends before the directory that says where its pixels are",
            )
        }
        error => failure(error),
    }
}

fn failure(error: TiffError) -> Failure {
    match error {
        TiffError::UnsupportedError(error) => unsupported(&format!("this kind of TIFF ({error})")),
        error => unreadable(format!("damaged TIFF: {error}")),
    }
}

#[cfg(test)]
mod tests;
