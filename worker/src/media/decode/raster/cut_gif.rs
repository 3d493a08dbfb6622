//! The first frame of a GIF that is cut: its rows come one after the other, or in four passes.

use std::io::Cursor;

use gif::{ColorOutput, DecodeOptions};

use super::super::{
    DecodeLimits, StoredMedia,
    share::{MID_GREY, in_ten_thousandths},
};
use crate::media::frame::Frame;

/// First row and step of each pass of an interlaced frame (GIF89a, appendix E), and how many
/// rows a row stands for until the next passes come.
const PASSES: [(usize, usize, usize); 4] = [(0, 8, 8), (4, 8, 4), (2, 4, 2), (1, 2, 1)];

/// Decodes the rows that are there; `None` if there is none, or if the frame does not cover the
/// screen.
pub(super) fn decode(bytes: &[u8], limits: DecodeLimits) -> Option<StoredMedia> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    let mut decoder = options.read_info(Cursor::new(bytes)).ok()?;
    let (width, height) = (usize::from(decoder.width()), usize::from(decoder.height()));
    let (wide, high) = (u32::from(decoder.width()), u32::from(decoder.height()));
    limits.check(wide, high).ok()?;
    let frame = decoder.next_frame_info().ok()??;
    if (usize::from(frame.width), usize::from(frame.height)) != (width, height) {
        return None;
    }
    let order = order(height, frame.interlaced);
    let mut rgb = vec![MID_GREY; width * height * 3];
    let mut row = vec![0; width * 4];
    let mut known = 0;
    for (y, stands_for) in &order {
        if !matches!(decoder.fill_buffer(&mut row), Ok(true)) {
            break;
        }
        let rows = rgb.chunks_exact_mut(width * 3).skip(*y).take(*stands_for);
        for target in rows {
            for (to, from) in target
                .as_chunks_mut::<3>()
                .0
                .iter_mut()
                .zip(row.as_chunks::<4>().0)
            {
                let [r, g, b, _] = *from;
                *to = [r, g, b];
            }
        }
        known += 1;
    }
    if known == 0 {
        return None;
    }
    let share = known as f64 / height as f64;
    Some(StoredMedia {
        frame: Frame {
            width: wide,
            height: high,
            rgb,
        },
        full_width: wide,
        full_height: high,
        decoded_share: (known < height).then(|| in_ten_thousandths(share)),
    })
}

/// Rows in the order of the file, each with the number of rows it stands for.
fn order(height: usize, is_interlaced: bool) -> Vec<(usize, usize)> {
    if !is_interlaced {
        return (0..height).map(|y| (y, 1)).collect();
    }
    PASSES
        .into_iter()
        .flat_map(|(first, step, stands_for)| {
            (first..height).step_by(step).map(move |y| (y, stands_for))
        })
        .collect()
}
