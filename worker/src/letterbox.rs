//! From upright pixels to the model's canvas and back: the only place that scales coordinates.

mod opencv_bilinear;
mod palette;
mod renderer;

pub use renderer::CanvasRenderer;

use crate::model::contract::{CanvasShape, Fit, InputRule, Placement};

/// A box in canvas pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CanvasBox {
    /// Left edge.
    pub x1: f32,
    /// Top edge.
    pub y1: f32,
    /// Right edge.
    pub x2: f32,
    /// Bottom edge.
    pub y2: f32,
}

impl CanvasBox {
    /// The box around a centre.
    #[must_use]
    pub fn from_centre(x: f32, y: f32, width: f32, height: f32) -> Self {
        let (half_width, half_height) = (width / 2.0, height / 2.0);
        Self {
            x1: x - half_width,
            y1: y - half_height,
            x2: x + half_width,
            y2: y + half_height,
        }
    }

    /// Whether all four edges are numbers.
    #[must_use]
    pub fn is_finite(self) -> bool {
        [self.x1, self.y1, self.x2, self.y2]
            .iter()
            .all(|edge| edge.is_finite())
    }
}

/// A box in source pixels (the upright image at full resolution).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourceBox {
    /// Left edge.
    pub x1: f32,
    /// Top edge.
    pub y1: f32,
    /// Right edge.
    pub x2: f32,
    /// Bottom edge.
    pub y2: f32,
}

/// How one image lies on its canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Letterbox {
    /// Width of the source image in source pixels.
    pub source_width: u32,
    /// Height of the source image in source pixels.
    pub source_height: u32,
    /// Width of the canvas in canvas pixels.
    pub canvas_width: u32,
    /// Height of the canvas in canvas pixels.
    pub canvas_height: u32,
    /// Width of the image on the canvas in canvas pixels.
    scaled_width: u32,
    /// Height of the image on the canvas in canvas pixels.
    scaled_height: u32,
    /// Columns of padding to the left of the image.
    left: u32,
    /// Rows of padding above the image.
    top: u32,
    /// Where the image lies; `None` if it is stretched.
    placement: Option<Placement>,
}

impl Letterbox {
    /// Fits a source image of this size onto the canvas that the rule asks for. The geometry
    /// depends on the source size alone, also when the pixels come from a scaled-down decode.
    ///
    /// Small images are enlarged, as the reference programs do. A source side of 0 counts as 1.
    #[must_use]
    pub fn fit(source_width: u32, source_height: u32, rule: &InputRule) -> Self {
        let source = (source_width.max(1), source_height.max(1));
        let canvas = (rule.width.max(1), rule.height.max(1));
        let (canvas, scaled, placement) = match rule.fit {
            Fit::Stretch => (canvas, canvas, None),
            Fit::Letterbox(placement, shape) => {
                let scaled = scaled_size(source, canvas, placement);
                (canvas_size(scaled, canvas, shape), scaled, Some(placement))
            }
        };
        let (left, top) = match placement {
            None | Some(Placement::TopLeft) => (0, 0),
            Some(Placement::Centred) => (
                centring_pad(canvas.0, scaled.0),
                centring_pad(canvas.1, scaled.1),
            ),
        };
        Self {
            source_width: source.0,
            source_height: source.1,
            canvas_width: canvas.0,
            canvas_height: canvas.1,
            scaled_width: scaled.0,
            scaled_height: scaled.1,
            left,
            top,
            placement,
        }
    }

    /// Canvas pixels to source pixels.
    ///
    /// As the reference programs do it: divided by the ratio before it was rounded to whole
    /// pixels, less half the padding, also where that is odd. What really happened to the pixels
    /// differs from this by less than one canvas pixel, and by nothing when the image fits.
    #[must_use]
    pub fn to_source(&self, canvas_box: CanvasBox) -> SourceBox {
        let [across, down] = self.axes();
        SourceBox {
            x1: across.to_source(canvas_box.x1),
            y1: down.to_source(canvas_box.y1),
            x2: across.to_source(canvas_box.x2),
            y2: down.to_source(canvas_box.y2),
        }
    }

    /// Source pixels to canvas pixels: the inverse of [`Letterbox::to_source`].
    #[must_use]
    pub fn to_canvas(&self, source_box: SourceBox) -> CanvasBox {
        let [across, down] = self.axes();
        CanvasBox {
            x1: across.to_canvas(source_box.x1),
            y1: down.to_canvas(source_box.y1),
            x2: across.to_canvas(source_box.x2),
            y2: down.to_canvas(source_box.y2),
        }
    }

    /// How boxes are scaled along x and y.
    fn axes(&self) -> [Axis; 2] {
        let sides = [
            (f64::from(self.source_width), f64::from(self.canvas_width)),
            (f64::from(self.source_height), f64::from(self.canvas_height)),
        ];
        let [across, down] = sides.map(|(source, canvas)| canvas / source);
        let smaller = across.min(down);
        match self.placement {
            None => [across, down].map(|ratio| Axis { ratio, pad: 0.0 }),
            Some(Placement::TopLeft) => {
                [Axis {
                    ratio: smaller,
                    pad: 0.0,
                }; 2]
            }
            Some(Placement::Centred) => sides.map(|(source, canvas)| Axis {
                ratio: smaller,
                pad: (canvas - source * smaller) / 2.0,
            }),
        }
    }

    /// Values in one channel of the canvas.
    #[must_use]
    pub fn plane_len(&self) -> usize {
        self.canvas_width as usize * self.canvas_height as usize
    }
}

/// One axis of a letterbox: canvas pixels for one source pixel, and canvas pixels before it.
#[derive(Clone, Copy, Debug)]
struct Axis {
    ratio: f64,
    pad: f64,
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "f64 only keeps the steps in between exact"
)]
impl Axis {
    fn to_source(self, v: f32) -> f32 {
        ((f64::from(v) - self.pad) / self.ratio) as f32
    }

    fn to_canvas(self, v: f32) -> f32 {
        (f64::from(v) * self.ratio + self.pad) as f32
    }
}

/// The size of the image on the canvas. MegaDetector rounds (halves to even, as Python does),
/// YOLOX cuts off.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "1..=canvas"
)]
fn scaled_size(source: (u32, u32), canvas: (u32, u32), placement: Placement) -> (u32, u32) {
    let (width, height) = (f64::from(source.0), f64::from(source.1));
    let ratio = (f64::from(canvas.0) / width).min(f64::from(canvas.1) / height);
    let whole = |side: f64, most: u32| {
        let side = match placement {
            Placement::Centred => side.round_ties_even(),
            Placement::TopLeft => side.trunc(),
        };
        (side as u32).clamp(1, most)
    };
    (
        whole(width * ratio, canvas.0),
        whole(height * ratio, canvas.1),
    )
}

fn canvas_size(scaled: (u32, u32), largest: (u32, u32), shape: CanvasShape) -> (u32, u32) {
    match shape {
        CanvasShape::Fixed => largest,
        CanvasShape::Rectangle { stride } => {
            let stride = stride.max(1);
            (
                scaled.0.next_multiple_of(stride),
                scaled.1.next_multiple_of(stride),
            )
        }
    }
}

/// Padding before a centred image: `round(d / 2 - 0.1)`, so that an odd pixel goes behind it.
fn centring_pad(canvas: u32, scaled: u32) -> u32 {
    (canvas - scaled) / 2
}

/// One image as the model sees it.
#[derive(Clone, Debug)]
pub struct Canvas {
    /// How the image lies on the canvas.
    pub letterbox: Letterbox,
    /// `[3, canvas_height, canvas_width]`, normalised, in the model's channel order.
    pub tensor: Vec<f32>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::contract::{ChannelOrder, Interpolation, Normalization};

    fn rule(width: u32, height: u32, fit: Fit) -> InputRule {
        InputRule {
            width,
            height,
            fit,
            channels: ChannelOrder::Rgb,
            normalization: Normalization::Unit,
            pad_value: 114.0 / 255.0,
            interpolation: Interpolation::Cv2Bilinear,
        }
    }

    const CENTRED: Fit = Fit::Letterbox(Placement::Centred, CanvasShape::Fixed);
    const TOP_LEFT: Fit = Fit::Letterbox(Placement::TopLeft, CanvasShape::Fixed);

    fn rectangle(stride: u32) -> Fit {
        Fit::Letterbox(Placement::Centred, CanvasShape::Rectangle { stride })
    }

    fn sizes(letterbox: Letterbox) -> [u32; 6] {
        let Letterbox {
            canvas_width,
            canvas_height,
            scaled_width,
            scaled_height,
            left,
            top,
            ..
        } = letterbox;
        [
            canvas_width,
            canvas_height,
            scaled_width,
            scaled_height,
            left,
            top,
        ]
    }

    #[test]
    fn megadetector_rectangles_are_those_of_its_classic_mode() {
        let fit = |w, h| sizes(Letterbox::fit(w, h, &rule(1280, 1280, rectangle(64))));
        assert_eq!(fit(2048, 1536), [1280, 960, 1280, 960, 0, 0]);
        assert_eq!(fit(1920, 1080), [1280, 768, 1280, 720, 0, 24]);
        assert_eq!(fit(1080, 1920), [768, 1280, 720, 1280, 24, 0]);
        // Enlarged: 640 × 427 by 2, 854 = 896 - 42.
        assert_eq!(fit(640, 427), [1280, 896, 1280, 854, 0, 21]);
        // 1000 × 667: 853.76 rounds to 854.
        assert_eq!(fit(1000, 667), [1280, 896, 1280, 854, 0, 21]);
        // An odd pixel of padding goes to the far side: 853 = 896 - 43.
        assert_eq!(fit(1280, 853), [1280, 896, 1280, 853, 0, 21]);
    }

    #[test]
    fn a_fixed_canvas_is_padded_on_both_sides() {
        let letterbox = Letterbox::fit(1920, 1080, &rule(1280, 1280, CENTRED));
        assert_eq!(sizes(letterbox), [1280, 1280, 1280, 720, 0, 280]);
    }

    #[test]
    fn yolox_cuts_off_and_pads_behind() {
        let fit = |w, h| sizes(Letterbox::fit(w, h, &rule(416, 416, TOP_LEFT)));
        assert_eq!(fit(2048, 1536), [416, 416, 416, 312, 0, 0]);
        assert_eq!(fit(1000, 667), [416, 416, 416, 277, 0, 0]); // 277.47
        assert_eq!(fit(500, 334), [416, 416, 416, 277, 0, 0]); // 277.89
    }

    #[test]
    fn stretching_fills_the_canvas_whatever_the_aspect() {
        let letterbox = Letterbox::fit(1920, 1080, &rule(640, 640, Fit::Stretch));
        assert_eq!(sizes(letterbox), [640, 640, 640, 640, 0, 0]);
        let whole = CanvasBox {
            x1: 0.0,
            y1: 0.0,
            x2: 640.0,
            y2: 640.0,
        };
        let source = letterbox.to_source(whole);
        assert_eq!(
            source,
            SourceBox {
                x1: 0.0,
                y1: 0.0,
                x2: 1920.0,
                y2: 1080.0
            }
        );
    }

    #[test]
    fn a_line_of_pixels_still_lies_on_a_canvas() {
        for fit in [CENTRED, TOP_LEFT, rectangle(32), Fit::Stretch] {
            for (w, h) in [(1, 1), (65_535, 1), (1, 65_535), (0, 0)] {
                let [canvas_w, canvas_h, scaled_w, scaled_h, left, top] =
                    sizes(Letterbox::fit(w, h, &rule(640, 640, fit)));
                assert!(scaled_w >= 1 && scaled_h >= 1);
                assert!(left + scaled_w <= canvas_w && top + scaled_h <= canvas_h);
            }
        }
    }

    fn any_fit() -> impl Strategy<Value = Fit> {
        prop_oneof![
            Just(CENTRED),
            Just(TOP_LEFT),
            Just(rectangle(32)),
            Just(rectangle(64)),
            Just(Fit::Stretch)
        ]
    }

    proptest! {
        #[test]
        fn back_from_the_canvas_is_where_it_came_from(
            w in 1u32..20_000, h in 1u32..20_000, fit in any_fit(),
            x in 0.0f32..1.0, y in 0.0f32..1.0, x2 in 0.0f32..1.0, y2 in 0.0f32..1.0,
        ) {
            let letterbox = Letterbox::fit(w, h, &rule(1280, 1280, fit));
            let (w, h) = (w as f32, h as f32);
            let before = SourceBox { x1: x * w, y1: y * h, x2: x2 * w, y2: y2 * h };
            let after = letterbox.to_source(letterbox.to_canvas(before));
            for (a, b, source, scaled) in [
                (before.x1, after.x1, w, letterbox.scaled_width),
                (before.y1, after.y1, h, letterbox.scaled_height),
                (before.x2, after.x2, w, letterbox.scaled_width),
                (before.y2, after.y2, h, letterbox.scaled_height),
            ] {
                // f32 tells canvas pixels up to 1280 apart to 1.2e-4.
                let tolerance = 1.3e-4 * source / scaled as f32 + source * 1e-6;
                prop_assert!((a - b).abs() <= tolerance, "{a} became {b} of {source}");
            }
        }

        #[test]
        fn the_image_lies_inside_a_canvas_that_the_rule_allows(
            w in 1u32..20_000, h in 1u32..20_000, fit in any_fit(),
            canvas_w in 1u32..40, canvas_h in 1u32..40,
        ) {
            let rule = rule(canvas_w * 64, canvas_h * 64, fit);
            let letterbox = Letterbox::fit(w, h, &rule);
            let [cw, ch, sw, sh, left, top] = sizes(letterbox);
            prop_assert!(left + sw <= cw && top + sh <= ch);
            match fit {
                Fit::Letterbox(Placement::Centred, shape) => {
                    // What is left over is shared out, the odd pixel behind the image.
                    prop_assert!(matches!(cw - sw - 2 * left, 0 | 1));
                    prop_assert!(matches!(ch - sh - 2 * top, 0 | 1));
                    if let CanvasShape::Rectangle { stride } = shape {
                        prop_assert!(cw % stride == 0 && ch % stride == 0);
                        prop_assert!(cw <= rule.width && ch <= rule.height);
                        prop_assert!(cw - sw < stride && ch - sh < stride);
                    }
                }
                Fit::Letterbox(Placement::TopLeft, _) | Fit::Stretch => {
                    prop_assert_eq!((left, top), (0, 0));
                }
            }
            if !matches!(fit, Fit::Letterbox(_, CanvasShape::Rectangle { .. })) {
                prop_assert_eq!((cw, ch), (rule.width, rule.height));
            }
        }

        #[test]
        fn letterboxing_keeps_the_aspect_ratio_and_fills_one_side(
            w in 1u32..20_000, h in 1u32..20_000, top_left in any::<bool>(),
        ) {
            let fit = if top_left { TOP_LEFT } else { CENTRED };
            let [_, _, sw, sh, _, _] = sizes(Letterbox::fit(w, h, &rule(640, 480, fit)));
            let ratio = (640.0 / f64::from(w)).min(480.0 / f64::from(h));
            prop_assert!((f64::from(sw) - f64::from(w) * ratio).abs() <= 1.0);
            prop_assert!((f64::from(sh) - f64::from(h) * ratio).abs() <= 1.0);
            prop_assert!(sw + 1 >= 640 || sh + 1 >= 480);
        }
    }
}
