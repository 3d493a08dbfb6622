//! YOLOv8, 9 and 11: `[n, 4 + c, a]`, one anchor in each column, no objectness.

use super::best_class;
use crate::{
    detector::candidate::{Candidate, reaches_floor},
    letterbox::CanvasBox,
};

/// Reads one image: `4 + c` rows of `a` values. The first four rows are centre x, y, width and
/// height (canvas pixels), then one row of scores for each class.
pub(super) fn decode(values: &[f32], classes: usize) -> Vec<Candidate> {
    let anchors = values.len() / (4 + classes);
    if anchors == 0 {
        return Vec::new();
    }
    let rows: Vec<&[f32]> = values.chunks_exact(anchors).collect();
    let Some((&[x, y, width, height], class_rows)) = rows.split_first_chunk::<4>() else {
        return Vec::new();
    };
    let candidate = |i: usize| {
        let (class, score) = best_class(class_rows.iter().map(|row| row[i]))?;
        let canvas_box = CanvasBox::from_centre(x[i], y[i], width[i], height[i]);
        let is_kept = reaches_floor(score) && canvas_box.is_finite();
        is_kept.then_some(Candidate {
            class,
            score,
            canvas_box,
        })
    };
    (0..anchors).filter_map(candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_columns() {
        let values = [
            50.0,
            20.0,
            f32::NAN, // cx
            40.0,
            30.0,
            0.0, // cy
            20.0,
            4.0,
            1.0, // w
            10.0,
            6.0,
            1.0, // h
            0.3,
            0.001,
            0.9, // class 0
            0.7,
            0.004,
            0.9, // class 1
        ];
        let canvas_box = CanvasBox {
            x1: 40.0,
            y1: 35.0,
            x2: 60.0,
            y2: 45.0,
        };
        assert_eq!(
            decode(&values, 2),
            [Candidate {
                class: 1,
                score: 0.7,
                canvas_box
            }]
        );
        assert_eq!(decode(&[], 2), []);
    }
}
