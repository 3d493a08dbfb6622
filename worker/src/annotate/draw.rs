//! Boxes on pictures.

use common::{Category, Detection};

use super::{colour, label::Label, pixel_rect::PixelRect};
use crate::media::frame::Frame;

/// A line is this part of the picture's longer side thick.
const LINES_PER_SIDE: u32 = 300;

/// The thinnest line in pixels.
const THINNEST_LINE: u32 = 2;

/// Draws detections with their labels, the first of the list on top, labels above all boxes.
pub(super) fn draw(frame: &mut Frame, detections: &[Detection]) {
    let line = (frame.long_side() / LINES_PER_SIDE).max(THINNEST_LINE);
    for detection in detections.iter().rev() {
        let rect = PixelRect::touched_by(detection.bbox, frame.width, frame.height);
        outline(frame, rect, line, colour(detection.category));
    }
    for detection in detections.iter().rev() {
        Label::of(detection, frame).draw(frame, text_colour(detection.category));
    }
}

/// Black or white, whichever is easier to read on the colour of a category.
fn text_colour(category: Category) -> [u8; 3] {
    match category {
        Category::Animal | Category::Vehicle => [0; 3],
        Category::Person => [255; 3],
    }
}

/// Draws the four sides of a box along the inside of its edges.
fn outline(frame: &mut Frame, rect: PixelRect, line: u32, colour: [u8; 3]) {
    let PixelRect { x0, y0, x1, y1 } = rect;
    let below_top = (y0 + line).min(y1);
    let above_bottom = y1.saturating_sub(line).max(y0);
    let right_of_left = (x0 + line).min(x1);
    let left_of_right = x1.saturating_sub(line).max(x0);
    fill(
        frame,
        PixelRect {
            y1: below_top,
            ..rect
        },
        colour,
    );
    fill(
        frame,
        PixelRect {
            y0: above_bottom,
            ..rect
        },
        colour,
    );
    fill(
        frame,
        PixelRect {
            x1: right_of_left,
            ..rect
        },
        colour,
    );
    fill(
        frame,
        PixelRect {
            x0: left_of_right,
            ..rect
        },
        colour,
    );
}

/// Paints a rectangle; what is outside the frame is left away.
pub(super) fn fill(frame: &mut Frame, rect: PixelRect, colour: [u8; 3]) {
    let (x0, x1) = (rect.x0.min(frame.width), rect.x1.min(frame.width));
    for y in rect.y0..rect.y1.min(frame.height) {
        frame.row_mut(y, x0, x1).as_chunks_mut::<3>().0.fill(colour);
    }
}

#[cfg(test)]
mod tests {
    use common::{BBox, Confidence};
    use proptest::prelude::*;

    use super::*;

    fn grey(width: u32, height: u32) -> Frame {
        Frame {
            width,
            height,
            rgb: vec![128; width as usize * height as usize * 3],
        }
    }

    fn detection(category: Category, corners: [f64; 4]) -> Detection {
        let [x1, y1, x2, y2] = corners;
        Detection {
            category,
            confidence: Confidence::from_score(0.939).unwrap(),
            bbox: BBox::from_corners(x1, y1, x2, y2).unwrap(),
            class: None,
        }
    }

    fn pixel(frame: &Frame, x: u32, y: u32) -> [u8; 3] {
        frame.row(y, x, x + 1).try_into().unwrap()
    }

    /// WCAG 2.2 contrast ratio.
    fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
        let luminance = |colour: [u8; 3]| {
            let [r, g, b] = colour.map(|c| {
                let c = f64::from(c) / 255.0;
                if c <= 0.040_45 {
                    c / 12.92
                } else {
                    ((c + 0.055) / 1.055).powf(2.4)
                }
            });
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn labels_are_readable_on_every_colour() {
        for category in Category::ALL {
            assert!(
                contrast(colour(category), text_colour(category)) >= 4.5,
                "{category}"
            );
        }
    }

    #[test]
    fn a_box_is_drawn_along_the_inside_of_its_edges() {
        let mut frame = grey(1000, 500);
        draw(
            &mut frame,
            &[detection(Category::Vehicle, [0.25, 0.25, 0.75, 0.75])],
        );
        let yellow = colour(Category::Vehicle);
        for (x, y) in [
            (250, 300),
            (252, 300),
            (749, 300),
            (747, 300),
            (500, 374),
            (500, 372),
            (700, 125),
        ] {
            assert_eq!(pixel(&frame, x, y), yellow, "{x},{y}");
        }
        for (x, y) in [
            (249, 300),
            (253, 300),
            (750, 300),
            (746, 300),
            (500, 375),
            (500, 371),
            (500, 250),
        ] {
            assert_eq!(pixel(&frame, x, y), [128; 3], "{x},{y}");
        }
    }

    #[test]
    fn the_first_detection_is_on_top() {
        let mut frame = grey(1000, 500);
        let corners = [0.1, 0.4, 0.9, 0.9];
        draw(
            &mut frame,
            &[
                detection(Category::Animal, corners),
                detection(Category::Person, corners),
            ],
        );
        assert_eq!(pixel(&frame, 500, 449), colour(Category::Animal));
    }

    proptest! {
        #[test]
        fn any_box_can_be_drawn_on_any_picture(
            x1 in 0.0f64..=1.0, y1 in 0.0f64..=1.0, x2 in 0.0f64..=1.0, y2 in 0.0f64..=1.0,
            width in 0u32..400, height in 0u32..400, category in 0usize..3,
        ) {
            let mut frame = grey(width, height);
            let detection = detection(Category::ALL[category], [x1, y1, x2, y2]);
            let label = Label::of(&detection, &frame).rect();
            draw(&mut frame, &[detection; 3]);
            prop_assert_eq!(frame.rgb.len(), width as usize * height as usize * 3);
            let rect = PixelRect::touched_by(detection.bbox, width, height);
            let covers = |r: PixelRect, x, y| (r.x0..r.x1).contains(&x) && (r.y0..r.y1).contains(&y);
            for (index, found) in frame.rgb.as_chunks::<3>().0.iter().enumerate() {
                let (x, y) = (index as u32 % width, index as u32 / width);
                if !covers(rect, x, y) && !covers(label, x, y) {
                    prop_assert_eq!(*found, [128; 3]);
                }
            }
        }
    }
}
