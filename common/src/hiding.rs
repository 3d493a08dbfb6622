//! Who is made unrecognisable in pictures: the same rule for those that blur and those that say so.

use crate::{Category, Confidence, Threshold};

/// Which detections of a job's pictures are made unrecognisable.
#[derive(Clone, Copy, Debug)]
pub struct Hiding<'a> {
    blurred: &'a [Category],
    floor: Threshold,
}

impl<'a> Hiding<'a> {
    /// The confidence from which a detection of a blurred category is hidden, even where the
    /// threshold is higher: lower than any usual threshold, so that somebody whom the model only
    /// suspects is hidden too. A lower threshold lowers it. Not lower by itself: at
    /// 0.05 general models suspect somebody in a cup, and what people look for would be hidden.
    pub const FLOOR: Threshold = Threshold::from_thousandths(100);

    /// The rule of a job that blurs these categories and counts at this threshold.
    #[must_use]
    pub fn new(blurred: &'a [Category], threshold: Threshold) -> Self {
        Self {
            blurred,
            floor: Self::FLOOR.min(threshold),
        }
    }

    /// Whether a detection is hidden.
    #[must_use]
    pub fn covers(&self, category: Category, confidence: Confidence) -> bool {
        self.blurred.contains(&category) && self.floor.admits(confidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_follows_a_lower_threshold_and_no_higher_one() {
        let covers = |blurred: &[Category], threshold, category, score: f32| {
            let threshold = Threshold::new(threshold).unwrap();
            let confidence = Confidence::from_score(score).unwrap();
            Hiding::new(blurred, threshold).covers(category, confidence)
        };
        let people = &[Category::Person][..];
        assert!(!covers(people, 0.5, Category::Person, 0.0999));
        assert!(covers(people, 0.5, Category::Person, 0.1001));
        assert!(covers(people, 0.05, Category::Person, 0.0501));
        assert!(!covers(people, 0.5, Category::Vehicle, 0.9));
        assert!(!covers(&[], 0.5, Category::Person, 0.9));
    }
}
