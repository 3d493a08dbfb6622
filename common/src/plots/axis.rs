//! Scales from numbers to places on a drawing.

use super::drawing::{Anchor, Drawing};

/// A vertical scale for counts: 0 at the bottom, a round number at the top.
#[derive(Clone, Copy, Debug)]
pub(super) struct CountScale {
    top: f64,
    bottom: f64,
    most: u64,
}

impl CountScale {
    /// A scale between two heights that reaches at least `most`.
    pub(super) fn new(top: f64, bottom: f64, most: u64) -> Self {
        Self {
            top,
            bottom,
            most: round_up(most),
        }
    }

    /// How high a bar for a count is.
    #[expect(clippy::cast_precision_loss, reason = "for drawing")]
    pub(super) fn height(&self, count: u64) -> f64 {
        (self.bottom - self.top) * count as f64 / self.most as f64
    }

    /// Draws lines and numbers from `left` to `right`.
    pub(super) fn draw(&self, drawing: &mut Drawing, left: f64, right: f64) {
        let middle = (self.most.is_multiple_of(2)).then_some(self.most / 2);
        for count in [Some(0), middle, Some(self.most)].into_iter().flatten() {
            let y = self.bottom - self.height(count);
            drawing.line((left, y), (right, y), "grid");
            drawing.text((left - 6.0, y + 4.0), Anchor::End, count.to_string());
        }
    }
}

/// The next number of the kind 1, 2, 4, 5, 6, 8 with zeros.
fn round_up(most: u64) -> u64 {
    let mut unit = 1;
    while most > unit * 10 {
        unit *= 10;
    }
    let steps = [1, 2, 4, 5, 6, 8, 10];
    let step = steps.into_iter().find(|step| step * unit >= most);
    step.unwrap_or(10) * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_of_a_scale_is_round_and_not_too_high() {
        for (most, top) in [
            (0, 1),
            (1, 1),
            (3, 4),
            (9, 10),
            (11, 20),
            (401, 500),
            (1000, 1000),
        ] {
            assert_eq!(round_up(most), top, "{most}");
        }
    }

    #[test]
    fn a_scale_reaches_from_bottom_to_top() {
        let scale = CountScale::new(10.0, 110.0, 37);
        assert_eq!(scale.height(0), 0.0);
        assert_eq!(scale.height(40), 100.0);
    }
}
