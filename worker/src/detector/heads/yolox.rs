//! YOLOX before its boxes are decoded: `[n, a, 5 + c]`.
//!
//! As in YOLOX's own `demo_postprocess`: centre = (raw + cell) × stride, size = exp(raw) ×
//! stride, anchors in the order of the strides, cells row by row. Objectness and class scores
//! are probabilities already.

use super::{BatchShape, yolov5::weighted};
use crate::{detector::candidate::Candidate, letterbox::CanvasBox};

const STRIDES: [u32; 3] = [8, 16, 32];

/// How many anchors a canvas has.
pub(super) fn anchors(width: u32, height: u32) -> usize {
    STRIDES
        .iter()
        .map(|stride| (width / stride) as usize * (height / stride) as usize)
        .sum()
}

/// Reads one image whose values are as many as [`anchors`] says.
pub(super) fn decode(values: &[f32], classes: usize, batch: BatchShape) -> Vec<Candidate> {
    let rows = values.chunks_exact(5 + classes);
    rows.zip(cells(batch.width, batch.height))
        .filter_map(|(row, cell)| {
            let (&[x, y, width, height, objectness], class_scores) =
                row.split_first_chunk::<5>()?;
            weighted(objectness, class_scores, || {
                CanvasBox::from_centre(
                    (x + cell.column) * cell.stride,
                    (y + cell.row) * cell.stride,
                    width.exp() * cell.stride,
                    height.exp() * cell.stride,
                )
            })
        })
        .collect()
}

struct Cell {
    column: f32,
    row: f32,
    stride: f32,
}

fn cells(width: u32, height: u32) -> impl Iterator<Item = Cell> {
    STRIDES.into_iter().flat_map(move |stride| {
        (0..height / stride).flat_map(move |row| {
            let cell = move |column| Cell {
                column: column as f32,
                row: row as f32,
                stride: stride as f32,
            };
            (0..width / stride).map(cell)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BATCH: BatchShape = BatchShape {
        images: 1,
        width: 64,
        height: 32,
    };

    #[test]
    fn a_canvas_has_a_cell_for_each_stride() {
        assert_eq!(anchors(416, 416), 3549);
        assert_eq!(anchors(640, 640), 8400);
        assert_eq!(anchors(64, 32), 32 + 8 + 2);
        assert_eq!(cells(64, 32).count(), 42);
    }

    #[test]
    fn boxes_grow_from_their_cell() {
        let mut values = vec![0.0; 42 * 6];
        let mut set = |anchor: usize, row: [f32; 6]| {
            values[anchor * 6..(anchor + 1) * 6].copy_from_slice(&row);
        };
        // Stride 8 has 8 × 4 cells: anchor 10 is row 1, column 2.
        set(10, [0.5, 0.25, 0.0, 2f32.ln(), 0.5, 0.5]);
        // Stride 32 has 2 × 1 cells, the last two anchors.
        set(41, [0.0, 0.5, -1f32.ln(), 0.0, 1.0, 0.9]);
        // e^100 is no box.
        set(0, [0.0, 0.0, 100.0, 0.0, 1.0, 1.0]);
        let found = decode(&values, 1, BATCH);
        assert_eq!(found.len(), 2);
        // centre (2.5, 1.25) × 8 = (20, 10), size 8 × 16
        assert_eq!(found[0].score, 0.25);
        assert_eq!(
            found[0].canvas_box,
            CanvasBox {
                x1: 16.0,
                y1: 2.0,
                x2: 24.0,
                y2: 18.0
            }
        );
        // centre (1, 0.5) × 32, size 32 × 32
        assert_eq!(
            found[1].canvas_box,
            CanvasBox {
                x1: 16.0,
                y1: 0.0,
                x2: 48.0,
                y2: 32.0
            }
        );
    }
}
