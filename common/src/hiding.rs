//! Who is made unrecognisable in pictures: the same rule for those that blur and those that say so.

use crate::{Category, Confidence, Threshold, gallery::Gallery};

/// Which detections of a job's pictures are made unrecognisable.
#[derive(Clone, Copy, Debug)]
pub struct Hiding<'a> {
    blurred: &'a [Category],
    floor: Threshold,
}

impl<'a> Hiding<'a> {
    /// The confidence from which a detection of a blurred category is hidden, even where the
    /// threshold is higher: lower than any usual threshold, so that somebody whom the model only
    /// suspects is hidden too. A lower threshold lowers it.
    pub const FLOOR: Threshold = Threshold::from_thousandths(100);

    /// The rule of a job that blurs these categories and counts at this threshold.
    #[must_use]
    pub fn new(blurred: &'a [Category], threshold: Threshold) -> Self {
        Self {
            blurred,
            floor: Self::FLOOR.min(threshold),
        }
    }

    /// The rule of the pictures that results pages show of such a job. They are made once, and are
    /// to show no more than a package does that is made again at the lowest threshold.
    #[must_use]
    pub fn of_gallery(blurred: &'a [Category], threshold: Threshold) -> Self {
        Self::new(blurred, Gallery::FLOOR.min(threshold))
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
    #[test]
    fn a_gallery_hides_whom_a_package_at_any_threshold_of_its_slider_hides() {
        let (people, doubtful) = (
            &[Category::Person][..],
            Confidence::from_score(0.0501).unwrap(),
        );
        for threshold in [0.05, 0.2, 0.9].map(|value| Threshold::new(value).unwrap()) {
            let hiding = Hiding::of_gallery(people, threshold);
            assert!(hiding.covers(Category::Person, doubtful));
            assert!(!hiding.covers(Category::Person, Confidence::from_score(0.0499).unwrap()));
        }
        let low = Hiding::of_gallery(people, Threshold::new(0.01).unwrap());
        assert!(low.covers(Category::Person, Confidence::from_score(0.0101).unwrap()));
    }
}
