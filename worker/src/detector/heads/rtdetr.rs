//! RT-DETR's original export: labels, boxes and scores in three tensors.

use super::{
    known_class,
    shape::{ShapePattern, TensorView},
};
use crate::{
    detector::{
        DetectError,
        candidate::{Candidate, reaches_floor},
    },
    letterbox::CanvasBox,
};

/// Reads a batch. Boxes are corners in the size that the graph was given, for which the session
/// gives it the canvas size.
pub(super) fn decode(
    labels: TensorView<'_, i64>,
    boxes: TensorView<'_, f32>,
    scores: TensorView<'_, f32>,
    images: usize,
    classes: usize,
) -> Result<Vec<Vec<Candidate>>, DetectError> {
    let queries = scores
        .shape
        .get(1)
        .and_then(|queries| usize::try_from(*queries).ok());
    let flat = |name| ShapePattern::new(name, [Some(images), queries]);
    let corners = ShapePattern::new("boxes", [Some(images), queries, Some(4)]);
    let scores = scores.split(images, &[flat("scores")])?;
    let labels = labels.split(images, &[flat("labels")])?;
    let boxes = boxes.split(images, &[corners])?;
    let images = scores.into_iter().zip(labels).zip(boxes);
    images
        .map(|((scores, labels), boxes)| decode_image(scores, labels, boxes, classes))
        .collect()
}

fn decode_image(
    scores: &[f32],
    labels: &[i64],
    boxes: &[f32],
    classes: usize,
) -> Result<Vec<Candidate>, DetectError> {
    let (boxes, _) = boxes.as_chunks::<4>();
    let mut candidates = Vec::new();
    for ((score, label), [x1, y1, x2, y2]) in scores.iter().zip(labels).zip(boxes) {
        if !reaches_floor(*score) {
            continue;
        }
        let class = known_class(*label as f64, classes)?;
        let canvas_box = CanvasBox {
            x1: *x1,
            y1: *y1,
            x2: *x2,
            y2: *y2,
        };
        if canvas_box.is_finite() {
            candidates.push(Candidate {
                class,
                score: *score,
                canvas_box,
            });
        }
    }
    Ok(candidates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_tensors_belong_together_row_by_row() {
        let labels = TensorView {
            shape: &[2, 2],
            values: &[0, 1, 2, -1],
        };
        let boxes = [
            1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 0.0, 0.0, 0.0, 0.0,
        ];
        let boxes = TensorView {
            shape: &[2, 2, 4],
            values: &boxes,
        };
        let scores = TensorView {
            shape: &[2, 2],
            values: &[0.9, 0.1, 0.5, 0.0],
        };
        let found = decode(labels, boxes, scores, 2, 3).unwrap();
        let summary: Vec<Vec<(u16, f32, f32)>> = found
            .iter()
            .map(|image| {
                image
                    .iter()
                    .map(|c| (c.class, c.score, c.canvas_box.x1))
                    .collect()
            })
            .collect();
        assert_eq!(
            summary,
            [vec![(0, 0.9, 1.0), (1, 0.1, 5.0)], vec![(2, 0.5, 9.0)]]
        );
    }

    #[test]
    fn tensors_that_do_not_belong_together_are_refused() {
        let labels = TensorView {
            shape: &[1, 1],
            values: &[0],
        };
        let boxes = TensorView {
            shape: &[1, 2, 4],
            values: &[0.0; 8],
        };
        let scores = TensorView {
            shape: &[1, 2],
            values: &[0.9, 0.1],
        };
        let refused = decode(labels, boxes, scores, 1, 3).unwrap_err();
        assert!(matches!(refused, DetectError::UnexpectedOutput { found, .. } if found == [1, 1]));
    }
}
