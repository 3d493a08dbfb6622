//! What a model proposes, before overlaps are removed.

use std::cmp::Ordering;

use common::Confidence;

use crate::letterbox::CanvasBox;

/// One proposal of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Index of the class in the model's labels.
    pub class: u16,
    /// How sure the model is, 0..=1.
    pub score: f32,
    /// Where it is.
    pub canvas_box: CanvasBox,
}

impl Candidate {
    /// Best first; between equal scores by class and place, so that the order never depends on
    /// the order in which the model listed them.
    #[must_use]
    pub fn rank(&self, other: &Self) -> Ordering {
        let edges = |c: &Self| {
            [
                c.canvas_box.x1,
                c.canvas_box.y1,
                c.canvas_box.x2,
                c.canvas_box.y2,
            ]
        };
        let by_place = || {
            let pairs = edges(self).into_iter().zip(edges(other));
            pairs
                .map(|(a, b)| a.total_cmp(&b))
                .find(|order| order.is_ne())
        };
        other
            .score
            .total_cmp(&self.score)
            .then_with(|| self.class.cmp(&other.class))
            .then_with(|| by_place().unwrap_or(Ordering::Equal))
    }
}

/// Whether a score is high enough to be kept at all. NaN is not.
#[must_use]
pub fn reaches_floor(score: f32) -> bool {
    Confidence::from_score(score).is_some_and(|confidence| confidence >= Confidence::FLOOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_is_five_thousandths_and_no_number_is_below_it() {
        assert!(reaches_floor(0.005_001));
        assert!(reaches_floor(1.0));
        assert!(!reaches_floor(0.004_99));
        assert!(!reaches_floor(0.0));
        assert!(!reaches_floor(f32::NAN));
        assert!(!reaches_floor(f32::INFINITY));
    }
}
