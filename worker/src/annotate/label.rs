//! Labels of boxes: "animal 93%".

use common::Detection;
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

use super::{colour, draw::fill, pixel_rect::PixelRect};
use crate::media::frame::Frame;

/// The height of the text for pictures whose longer side has at least this many pixels.
const TEXT_HEIGHTS: [(u32, RasterHeight); 3] = [
    (1400, RasterHeight::Size32),
    (1000, RasterHeight::Size24),
    (700, RasterHeight::Size20),
];

/// A label and its place in a picture.
pub(super) struct Label {
    text: String,
    size: RasterHeight,
    rect: PixelRect,
    background: [u8; 3],
}

impl Label {
    /// The label of a detection: above its box, or inside it where there is no room above, and
    /// moved so far that it does not leave the picture. In a picture that is too small for it,
    /// it is cut.
    pub(super) fn of(detection: &Detection, frame: &Frame) -> Self {
        let text = format!(
            "{} {}%",
            detection.category.name(),
            percent(detection.confidence.value())
        );
        let long_side = frame.long_side();
        let size = TEXT_HEIGHTS
            .into_iter()
            .find(|(least, _)| long_side >= *least)
            .map_or(RasterHeight::Size16, |(_, size)| size);
        let margin = margin(size);
        let width = (get_raster_width(FontWeight::Bold, size) * text.len()) as u32 + 2 * margin;
        let height = size.val() as u32;
        let above = PixelRect::touched_by(detection.bbox, frame.width, frame.height);
        let x0 = above.x0.min(frame.width.saturating_sub(width));
        let y0 = above
            .y0
            .checked_sub(height)
            .unwrap_or(above.y0)
            .min(frame.height.saturating_sub(height));
        let rect = PixelRect {
            x0,
            y0,
            x1: (x0 + width).min(frame.width),
            y1: (y0 + height).min(frame.height),
        };
        Self {
            text,
            size,
            rect,
            background: colour(detection.category),
        }
    }

    /// The pixels that the label covers.
    #[cfg(test)]
    pub(super) fn rect(&self) -> PixelRect {
        self.rect
    }

    /// Draws the label on its background.
    pub(super) fn draw(&self, frame: &mut Frame, text_colour: [u8; 3]) {
        fill(frame, self.rect, self.background);
        let mut x = self.rect.x0 + margin(self.size);
        for character in self.text.chars() {
            let Some(glyph) = get_raster(character, FontWeight::Bold, self.size) else {
                continue;
            };
            for (y, cover) in (self.rect.y0..self.rect.y1).zip(glyph.rows()) {
                let end = (x + glyph.width() as u32).min(self.rect.x1);
                let pixels = frame.row_mut(y, x.min(end), end).as_chunks_mut::<3>().0;
                for (pixel, cover) in pixels.iter_mut().zip(cover) {
                    *pixel = blend(self.background, text_colour, *cover);
                }
            }
            x += glyph.width() as u32;
        }
    }
}

/// Left and right of the text, in pixels.
fn margin(size: RasterHeight) -> u32 {
    size.val() as u32 / 4
}

/// Whole percent, cut off like confidences everywhere: 0.939 is 93 %.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a confidence is 0..=1"
)]
fn percent(confidence: f64) -> u32 {
    // 0.29 × 100 is a hair below 29 in binary.
    (confidence * 100.0 + 1e-6).floor() as u32
}

/// Mixes two colours; `cover` is how much of the pixel the text covers, 0..=255.
fn blend(under: [u8; 3], over: [u8; 3], cover: u8) -> [u8; 3] {
    let cover = u16::from(cover);
    let mix = |under: u8, over: u8| {
        let sum = u16::from(under) * (255 - cover) + u16::from(over) * cover;
        u8::try_from(sum / 255).unwrap_or(u8::MAX)
    };
    let [r, g, b] = under;
    let [r2, g2, b2] = over;
    [mix(r, r2), mix(g, g2), mix(b, b2)]
}

#[cfg(test)]
mod tests {
    use common::{BBox, Category, Confidence};

    use super::*;

    fn label(corners: [f64; 4], score: f32, width: u32, height: u32) -> Label {
        let [x1, y1, x2, y2] = corners;
        let detection = Detection {
            category: Category::Animal,
            // A hair more, so that single precision does not fall below the decimal.
            confidence: Confidence::from_score(score + 1e-6).unwrap(),
            bbox: BBox::from_corners(x1, y1, x2, y2).unwrap(),
            class: None,
        };
        Label::of(
            &detection,
            &Frame {
                width,
                height,
                rgb: Vec::new(),
            },
        )
    }

    #[test]
    fn confidence_is_cut_off_to_whole_percent() {
        let text = |score| label([0.0; 4], score, 800, 600).text;
        assert_eq!(text(0.939), "animal 93%");
        assert_eq!(text(0.29), "animal 29%");
        assert_eq!(text(1.0), "animal 100%");
        assert_eq!(text(0.005), "animal 0%");
        for thousandths in 0u16..=1000 {
            let value = f64::from(thousandths) / 1000.0;
            assert_eq!(percent(value), u32::from(thousandths / 10));
        }
    }

    #[test]
    fn a_label_stands_on_its_box() {
        let rect = label([0.5, 0.5, 0.6, 0.6], 0.5, 1600, 1200).rect;
        assert_eq!((rect.x0, rect.y0, rect.y1), (800, 568, 600));
    }

    #[test]
    fn a_label_without_room_above_goes_inside() {
        let rect = label([0.5, 0.0, 0.6, 0.6], 0.5, 1600, 1200).rect;
        assert_eq!((rect.y0, rect.y1), (0, 32));
    }

    #[test]
    fn a_label_stays_in_the_picture() {
        let rect = label([0.99, 0.99, 1.0, 1.0], 0.5, 1600, 1200).rect;
        assert_eq!(rect.x1, 1600);
        assert!(rect.width() > 100);
        let tiny = label([0.0, 0.0, 1.0, 1.0], 0.5, 20, 10).rect;
        assert_eq!(
            tiny,
            PixelRect {
                x0: 0,
                y0: 0,
                x1: 20,
                y1: 10
            }
        );
    }

    #[test]
    fn every_character_of_a_label_has_a_glyph() {
        for character in "animal person vehicle 0123456789%".chars() {
            assert!(
                get_raster(character, FontWeight::Bold, RasterHeight::Size16).is_some(),
                "{character}"
            );
        }
    }
}
