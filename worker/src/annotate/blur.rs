//! Making people unrecognisable, for good.
//!
//! A Gaussian blur can be undone to a degree. Here every hidden pixel is a mix of averages over
//! cells of at least [`SMALLEST_CELL`] × [`SMALLEST_CELL`] pixels; what was inside a cell is gone.

use common::BBox;

use super::pixel_rect::PixelRect;
use crate::media::frame::Frame;

/// The least side of a cell, and of a hidden region, in pixels.
const SMALLEST_CELL: u32 = 16;

/// Cells along the longer side of a hidden region, at most: a standing person's head is about
/// one cell, whatever the size of the picture.
const CELLS: u32 = 8;

/// How far a hidden region reaches past its box, as a share of the box's sides.
const PADDING: f64 = 0.05;

/// Hides what is in a box and a little around it.
pub(super) fn hide(frame: &mut Frame, bbox: BBox) {
    let region = hidden_region(bbox, frame.width, frame.height);
    let mosaic = Mosaic::of(frame, region);
    mosaic.paint(frame);
}

/// The pixels that are hidden for a box: padded, and never less than a cell where the picture
/// has room for one.
pub(super) fn hidden_region(bbox: BBox, width: u32, height: u32) -> PixelRect {
    let rect = PixelRect::touched_by(bbox, width, height);
    let (x0, x1) = padded(rect.x0, rect.x1, width);
    let (y0, y1) = padded(rect.y0, rect.y1, height);
    PixelRect { x0, y0, x1, y1 }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small share of a u32"
)]
fn padded(start: u32, end: u32, side: u32) -> (u32, u32) {
    let length = end.saturating_sub(start);
    // One pixel more, because the decimals of a box are cut off.
    let padding = (f64::from(length) * PADDING).ceil() as u32 + 1;
    let padding = padding.max(SMALLEST_CELL.saturating_sub(length).div_ceil(2));
    let mut start = start.saturating_sub(padding);
    let mut end = end.saturating_add(padding).min(side);
    // At the rim of the picture there is room on one side only.
    if end - start < SMALLEST_CELL {
        end = (start + SMALLEST_CELL).min(side);
        start = end.saturating_sub(SMALLEST_CELL).min(start);
    }
    (start, end)
}

/// The averages of a region's cells.
struct Mosaic {
    columns: Vec<u32>,
    rows: Vec<u32>,
    /// Row by row, one for each cell.
    averages: Vec<[f32; 3]>,
}

impl Mosaic {
    fn of(frame: &Frame, region: PixelRect) -> Self {
        let cell = region
            .width()
            .max(region.height())
            .div_ceil(CELLS)
            .max(SMALLEST_CELL);
        let columns = borders(region.x0, region.x1, cell);
        let rows = borders(region.y0, region.y1, cell);
        let averages = spans(&rows)
            .flat_map(|(y0, y1)| spans(&columns).map(move |(x0, x1)| PixelRect { x0, y0, x1, y1 }))
            .map(|cell| average(frame, cell))
            .collect();
        Self {
            columns,
            rows,
            averages,
        }
    }

    /// Fills the region with a smooth passage from the middle of each cell to the next, which
    /// is less harsh to look at than squares and shows no more.
    fn paint(&self, frame: &mut Frame) {
        let across = passages(&self.columns);
        let down = passages(&self.rows);
        let (Some(&x0), Some(&x1), Some(&y0)) =
            (self.columns.first(), self.columns.last(), self.rows.first())
        else {
            return;
        };
        let cells = self.columns.len() - 1;
        for (y, from_above) in (y0..).zip(&down) {
            let row = self.blended_row(from_above, cells);
            let pixels = frame.row_mut(y, x0, x1).as_chunks_mut::<3>().0;
            for (pixel, from_left) in pixels.iter_mut().zip(&across) {
                *pixel = from_left.mix(&row).map(to_byte);
            }
        }
    }

    /// The averages of the cells above and below a row of pixels, mixed.
    fn blended_row(&self, from_above: &Passage, cells: usize) -> Vec<[f32; 3]> {
        let row = |index: usize| {
            self.averages
                .chunks_exact(cells)
                .nth(index)
                .unwrap_or_default()
        };
        let (above, below) = (row(from_above.cell), row(from_above.next));
        above
            .iter()
            .zip(below)
            .map(|(a, b)| from_above.between(*a, *b))
            .collect()
    }
}

/// Where a pixel lies between the middles of two cells.
struct Passage {
    cell: usize,
    next: usize,
    /// 0 in the middle of `cell`, 1 in the middle of `next`.
    share: f32,
}

impl Passage {
    fn between(&self, from: [f32; 3], to: [f32; 3]) -> [f32; 3] {
        let [a, b, c] = from;
        let [d, e, f] = to;
        [
            a + (d - a) * self.share,
            b + (e - b) * self.share,
            c + (f - c) * self.share,
        ]
    }

    fn mix(&self, row: &[[f32; 3]]) -> [f32; 3] {
        let of = |cell: usize| row.get(cell).copied().unwrap_or_default();
        self.between(of(self.cell), of(self.next))
    }
}

/// For each pixel of an axis, where it lies between the cells.
fn passages(borders: &[u32]) -> Vec<Passage> {
    let middles: Vec<f32> = spans(borders)
        .map(|(start, end)| (start + end) as f32 / 2.0)
        .collect();
    let last = middles.len().saturating_sub(1);
    let mut cell = 0;
    let (start, end) = (
        borders.first().copied().unwrap_or(0),
        borders.last().copied().unwrap_or(0),
    );
    (start..end)
        .map(|at| {
            let at = at as f32 + 0.5;
            while cell < last && middles.get(cell + 1).is_some_and(|middle| *middle <= at) {
                cell += 1;
            }
            let next = (cell + 1).min(last);
            let from = middles.get(cell).copied().unwrap_or(at);
            let to = middles.get(next).copied().unwrap_or(at);
            let share = if to > from {
                ((at - from) / (to - from)).clamp(0.0, 1.0)
            } else {
                0.0
            };
            Passage { cell, next, share }
        })
        .collect()
}

/// Cuts `start..end` into as many equal parts of at least `cell` pixels as it holds, at least one.
fn borders(start: u32, end: u32, cell: u32) -> Vec<u32> {
    let length = end.saturating_sub(start);
    let parts = (length / cell).max(1);
    (0..=parts)
        .map(|part| start + length * part / parts)
        .collect()
}

fn spans(borders: &[u32]) -> impl Iterator<Item = (u32, u32)> + Clone + '_ {
    borders.iter().copied().zip(borders.iter().copied().skip(1))
}

fn average(frame: &Frame, cell: PixelRect) -> [f32; 3] {
    let mut sums = [0u64; 3];
    for y in cell.y0..cell.y1 {
        for [r, g, b] in frame.row(y, cell.x0, cell.x1).as_chunks::<3>().0 {
            sums[0] += u64::from(*r);
            sums[1] += u64::from(*g);
            sums[2] += u64::from(*b);
        }
    }
    let pixels = u64::from(cell.width()) * u64::from(cell.height());
    sums.map(|sum| (sum as f64 / pixels.max(1) as f64) as f32)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a mix of averages of bytes"
)]
fn to_byte(value: f32) -> u8 {
    (value + 0.5) as u8
}

#[cfg(test)]
mod tests;
