//! A box in the pixels of the picture that is drawn on.

use common::BBox;

/// Pixels `x0..x1` by `y0..y1`, inside its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PixelRect {
    /// Left edge.
    pub(super) x0: u32,
    /// Top edge.
    pub(super) y0: u32,
    /// Behind the right edge.
    pub(super) x1: u32,
    /// Below the bottom edge.
    pub(super) y1: u32,
}

impl PixelRect {
    /// Every pixel that a box touches, in a picture of this size.
    pub(super) fn touched_by(bbox: BBox, width: u32, height: u32) -> Self {
        let [x, y, w, h] = bbox.values();
        let (x0, x1) = touched(x, x + w, width);
        let (y0, y1) = touched(y, y + h, height);
        Self { x0, y0, x1, y1 }
    }

    /// Width in pixels.
    pub(super) fn width(self) -> u32 {
        self.x1.saturating_sub(self.x0)
    }

    /// Height in pixels.
    pub(super) fn height(self) -> u32 {
        self.y1.saturating_sub(self.y0)
    }
}

/// The pixels of one axis that the interval `from..to` (0..=1) touches; at least one if there
/// is any.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float-to-integer cast saturates, and the result is clamped to the side"
)]
fn touched(from: f64, to: f64, side: u32) -> (u32, u32) {
    let start = ((from * f64::from(side)).floor() as u32).min(side.saturating_sub(1));
    let end = ((to * f64::from(side)).ceil() as u32).clamp((start + 1).min(side), side);
    (start, end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_box_has_pixels_inside_its_picture(
            x1 in 0.0f64..=1.0, y1 in 0.0f64..=1.0, x2 in 0.0f64..=1.0, y2 in 0.0f64..=1.0,
            width in 1u32..3000, height in 1u32..3000,
        ) {
            let bbox = BBox::from_corners(x1, y1, x2, y2).unwrap();
            let rect = PixelRect::touched_by(bbox, width, height);
            prop_assert!(rect.x0 < rect.x1 && rect.x1 <= width);
            prop_assert!(rect.y0 < rect.y1 && rect.y1 <= height);
        }
    }

    #[test]
    fn a_picture_without_pixels_has_no_touched_ones() {
        let bbox = BBox::from_corners(0.0, 0.0, 1.0, 1.0).unwrap();
        assert_eq!(
            PixelRect::touched_by(bbox, 0, 0),
            PixelRect {
                x0: 0,
                y0: 0,
                x1: 0,
                y1: 0
            }
        );
    }
}
