//! PNG: row by row, as far as the file goes.
//!
//! Rows become 8 bits a channel one by one, so that a picture never lies in memory as 16 bits.

mod intact;

use std::io::Cursor;

use common::Failure;
use png::{BitDepth, ColorType, Decoder, DecodingError, Limits, Reader, Transformations};

use super::{
    DecodeLimits, StoredMedia, panic_boundary,
    share::{MID_GREY, in_ten_thousandths},
    unreadable,
};
use crate::media::frame::Frame;

/// Most bytes for what is no pixel: tables and profiles.
const MOST_OTHER_BYTES: usize = 64 << 20;

/// Decodes the picture of a file; of an animation, what a viewer without animations shows.
pub(super) fn decode(bytes: &[u8], limits: DecodeLimits) -> Result<StoredMedia, Failure> {
    panic_boundary::contain(|| decode_unguarded(bytes, limits))
        .unwrap_or_else(|| Err(unreadable("damaged PNG: its decoder gave up")))
}

fn decode_unguarded(bytes: &[u8], limits: DecodeLimits) -> Result<StoredMedia, Failure> {
    let bounds = Limits {
        bytes: MOST_OTHER_BYTES,
    };
    let intact = intact::before_hole(bytes);
    let mut decoder = Decoder::new_with_limits(Cursor::new(intact), bounds);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(damaged)?;
    let (width, height, is_interlaced) = (header.width, header.height, header.interlaced);
    limits.check(width, height)?;
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(damaged)?;
    let mut canvas = Canvas::new(width, height);
    let passes: &[Pass] = if is_interlaced {
        &ADAM7
    } else {
        &[Pass::WHOLE]
    };
    let ended = passes
        .iter()
        .try_for_each(|pass| canvas.read(&mut reader, *pass));
    match ended {
        Err(error) if canvas.known == 0 => Err(damaged(error)),
        Err(_) | Ok(()) => Ok(canvas.finish()),
    }
}

/// A pass over the picture (PNG specification, 8.2): it brings one pixel of each field of
/// `step_x` × `step_y`. Until the next passes come, that pixel stands for `block_x` × `block_y`.
#[derive(Clone, Copy)]
struct Pass {
    left: u32,
    top: u32,
    step_x: u32,
    step_y: u32,
    block_x: u32,
    block_y: u32,
}

impl Pass {
    const WHOLE: Self = Self::new([0, 0], [1, 1], [1, 1]);

    const fn new([left, top]: [u32; 2], [step_x, step_y]: [u32; 2], block: [u32; 2]) -> Self {
        let [block_x, block_y] = block;
        Self {
            left,
            top,
            step_x,
            step_y,
            block_x,
            block_y,
        }
    }
}

const ADAM7: [Pass; 7] = [
    Pass::new([0, 0], [8, 8], [8, 8]),
    Pass::new([4, 0], [8, 8], [4, 8]),
    Pass::new([0, 4], [4, 8], [4, 4]),
    Pass::new([2, 0], [4, 4], [2, 4]),
    Pass::new([0, 2], [2, 4], [2, 2]),
    Pass::new([1, 0], [2, 2], [1, 2]),
    Pass::new([0, 1], [1, 2], [1, 1]),
];

/// The picture as far as it is known.
struct Canvas {
    frame: Frame,
    /// Pixels that the file brought.
    known: u64,
}

impl Canvas {
    fn new(width: u32, height: u32) -> Self {
        let rgb = vec![MID_GREY; width as usize * height as usize * 3];
        let frame = Frame { width, height, rgb };
        Self { frame, known: 0 }
    }

    fn read(
        &mut self,
        reader: &mut Reader<Cursor<&[u8]>>,
        pass: Pass,
    ) -> Result<(), DecodingError> {
        let Frame { width, height, .. } = self.frame;
        let across = width.saturating_sub(pass.left).div_ceil(pass.step_x);
        let down = height.saturating_sub(pass.top).div_ceil(pass.step_y);
        if across == 0 {
            return Ok(());
        }
        let kind = reader.output_color_type();
        for line in 0..down {
            let Some(row) = reader.next_row()? else {
                return Ok(());
            };
            self.write(row.data(), kind, pass, line);
            self.known += u64::from(across);
        }
        Ok(())
    }

    fn write(&mut self, row: &[u8], kind: (ColorType, BitDepth), pass: Pass, line: u32) {
        let width = self.frame.width as usize;
        let top = (pass.top + line * pass.step_y) as usize;
        let begin = top * width * 3;
        let Some(target) = self.frame.rgb.get_mut(begin..begin + width * 3) else {
            return;
        };
        let pixels = target.as_chunks_mut::<3>().0;
        let (left, step) = (pass.left as usize, pass.step_x as usize);
        for_each_pixel(row, kind, |index, rgb| {
            let at = left + index * step;
            let end = (at + pass.block_x as usize).min(width);
            if let Some(block) = pixels.get_mut(at..end) {
                block.fill(rgb);
            }
        });
        // The rows below, until they come.
        let bottom = (top + pass.block_y as usize).min(self.frame.height as usize);
        for y in top + 1..bottom {
            let (done, rest) = self.frame.rgb.split_at_mut(y * width * 3);
            if let (Some(from), Some(to)) = (
                done.get(begin..begin + width * 3),
                rest.get_mut(..width * 3),
            ) {
                copy_blocks(from, to, pass);
            }
        }
    }

    fn finish(self) -> StoredMedia {
        let Frame { width, height, .. } = self.frame;
        let all = u64::from(width) * u64::from(height);
        let share = self.known as f64 / all as f64;
        StoredMedia {
            frame: self.frame,
            full_width: width,
            full_height: height,
            decoded_share: (self.known < all).then(|| in_ten_thousandths(share)),
        }
    }
}

/// Copies what a pass brought, and nothing of earlier ones.
fn copy_blocks(from: &[u8], to: &mut [u8], pass: Pass) {
    let pixels = from
        .as_chunks::<3>()
        .0
        .iter()
        .zip(to.as_chunks_mut::<3>().0);
    let of_pass = |x: usize| {
        x.checked_sub(pass.left as usize)
            .is_some_and(|x| x % (pass.step_x as usize) < pass.block_x as usize)
    };
    for (x, (from, to)) in pixels.enumerate() {
        if of_pass(x) {
            *to = *from;
        }
    }
}

/// Calls `write` with the place and colours of each pixel of a row. Transparency is dropped, and
/// 16 bits are rounded to 8.
fn for_each_pixel(
    row: &[u8],
    (colours, depth): (ColorType, BitDepth),
    mut write: impl FnMut(usize, [u8; 3]),
) {
    let is_deep = depth == BitDepth::Sixteen;
    match (colours, is_deep) {
        (ColorType::Rgb, false) => each::<3>(row, |at, &rgb| write(at, rgb)),
        (ColorType::Rgba, false) => each::<4>(row, |at, &[r, g, b, _]| write(at, [r, g, b])),
        (ColorType::GrayscaleAlpha, false) => each::<2>(row, |at, &[grey, _]| write(at, [grey; 3])),
        (ColorType::Rgb, true) => each::<6>(row, |at, &[r, s, g, h, b, c]| {
            write(at, [level(r, s), level(g, h), level(b, c)]);
        }),
        (ColorType::Rgba, true) => each::<8>(row, |at, &[r, s, g, h, b, c, ..]| {
            write(at, [level(r, s), level(g, h), level(b, c)]);
        }),
        (ColorType::Grayscale, true) => each::<2>(row, |at, &[a, b]| write(at, [level(a, b); 3])),
        (ColorType::GrayscaleAlpha, true) => {
            each::<4>(row, |at, &[a, b, ..]| write(at, [level(a, b); 3]));
        }
        // Palettes were made colours by the decoder.
        (ColorType::Grayscale | ColorType::Indexed, _) => {
            each::<1>(row, |at, &[grey]| write(at, [grey; 3]));
        }
    }
}

fn each<const N: usize>(row: &[u8], mut write: impl FnMut(usize, &[u8; N])) {
    for (at, pixel) in row.as_chunks::<N>().0.iter().enumerate() {
        write(at, pixel);
    }
}

fn level(high: u8, low: u8) -> u8 {
    let value = u32::from(high) << 8 | u32::from(low);
    u8::try_from((value + 128) / 257).unwrap_or(u8::MAX)
}

fn damaged(error: DecodingError) -> Failure {
    unreadable(format!("damaged PNG: {error}"))
}

#[cfg(test)]
mod tests;
