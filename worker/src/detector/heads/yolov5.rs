//! YOLOv5: `[n, a, 5 + c]`, one anchor in each row.

use super::best_class;
use crate::{
    detector::candidate::{Candidate, reaches_floor},
    letterbox::CanvasBox,
};

/// Reads one image, `a` rows of centre x, y, width, height (canvas pixels), objectness, class
/// scores. The score is objectness × the best class; one anchor gives one class at most.
pub(super) fn decode(values: &[f32], classes: usize) -> Vec<Candidate> {
    let rows = values.chunks_exact(5 + classes);
    rows.filter_map(|row| {
        let (&[x, y, width, height, objectness], class_scores) = row.split_first_chunk::<5>()?;
        weighted(objectness, class_scores, || {
            CanvasBox::from_centre(x, y, width, height)
        })
    })
    .collect()
}

/// A candidate from an anchor with an objectness of its own.
pub(super) fn weighted(
    objectness: f32,
    class_scores: &[f32],
    canvas_box: impl FnOnce() -> CanvasBox,
) -> Option<Candidate> {
    // Nearly every anchor ends here: the product is never above the objectness.
    if !reaches_floor(objectness) {
        return None;
    }
    let (class, class_score) = best_class(class_scores.iter().copied())?;
    let score = objectness * class_score;
    let canvas_box = canvas_box();
    let is_kept = reaches_floor(score) && canvas_box.is_finite();
    is_kept.then_some(Candidate {
        class,
        score,
        canvas_box,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_is_objectness_times_the_best_class() {
        // Centre x and y, width, height, objectness, scores of three classes.
        let anchors = [
            [50.0, 40.0, 20.0, 10.0, 0.8, 0.1, 0.5, 0.2],
            // Objectness below the floor.
            [50.0, 40.0, 20.0, 10.0, 0.004, 1.0, 1.0, 1.0],
            // A score of 0.0025.
            [50.0, 40.0, 20.0, 10.0, 0.05, 0.05, 0.0, 0.0],
            [50.0, f32::NAN, 20.0, 10.0, 0.9, 0.9, 0.0, 0.0],
            [50.0, 40.0, 20.0, 10.0, f32::NAN, 0.9, 0.0, 0.0],
            [50.0, 40.0, f32::INFINITY, 10.0, 0.9, 0.9, 0.0, 0.0],
        ];
        let canvas_box = CanvasBox {
            x1: 40.0,
            y1: 35.0,
            x2: 60.0,
            y2: 45.0,
        };
        assert_eq!(
            decode(anchors.as_flattened(), 3),
            [Candidate {
                class: 1,
                score: 0.4,
                canvas_box
            }]
        );
    }
}
