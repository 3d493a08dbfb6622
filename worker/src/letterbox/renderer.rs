//! Draws frames onto canvases.

use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8x3,
};

use crate::{
    letterbox::{Canvas, Letterbox, opencv_bilinear, palette::Palette},
    media::frame::Frame,
    model::contract::{InputRule, Interpolation},
};

/// Renders frames onto canvases; keeps its buffers from one image to the next.
pub struct CanvasRenderer {
    rule: InputRule,
    palette: Palette,
    resizer: Resizer,
    /// The frame at the size that it has on the canvas, RGB.
    scaled: Vec<u8>,
    /// The frame at the width that it has on the canvas, RGB.
    narrowed: Vec<u8>,
}

impl CanvasRenderer {
    /// A renderer for models of this input rule.
    #[must_use]
    pub fn new(rule: InputRule) -> Self {
        let palette = Palette::new(&rule);
        Self {
            rule,
            palette,
            resizer: Resizer::new(),
            scaled: Vec::new(),
            narrowed: Vec::new(),
        }
    }

    /// Renders a frame, which may be a scaled-down decode of a source image of
    /// `source_width` × `source_height` pixels. `recycled` gives its memory to the new tensor.
    ///
    /// # Panics
    /// When the frame does not hold `width * height * 3` bytes.
    #[must_use]
    pub fn render(
        &mut self,
        frame: &Frame,
        source_width: u32,
        source_height: u32,
        recycled: Option<Canvas>,
    ) -> Canvas {
        let letterbox = Letterbox::fit(source_width, source_height, &self.rule);
        let mut tensor = recycled.map(|canvas| canvas.tensor).unwrap_or_default();
        tensor.resize(letterbox.plane_len() * 3, 0.0);
        if frame.width == letterbox.scaled_width && frame.height == letterbox.scaled_height {
            self.draw(&frame.rgb, &letterbox, &mut tensor);
        } else {
            let scaled = self.resize(frame, &letterbox);
            self.draw(&scaled, &letterbox, &mut tensor);
            self.scaled = scaled;
        }
        Canvas { letterbox, tensor }
    }

    fn resize(&mut self, frame: &Frame, letterbox: &Letterbox) -> Vec<u8> {
        let from = (frame.width, frame.height);
        let to = (letterbox.scaled_width, letterbox.scaled_height);
        let mut scaled = std::mem::take(&mut self.scaled);
        scaled.resize(rgb_len(to), 0);
        let Some(filter) = filter(self.rule.interpolation) else {
            opencv_bilinear::resize(&frame.rgb, from, to, &mut scaled);
            return scaled;
        };
        // Across, rounded to bytes, and then down, as Pillow does. The library by itself goes
        // down first, which makes every eighth byte another one.
        let between = (to.0, from.1);
        let mut narrowed = std::mem::take(&mut self.narrowed);
        narrowed.resize(rgb_len(between), 0);
        self.convolve(filter, (&frame.rgb, from), (&mut narrowed, between));
        self.convolve(filter, (&narrowed, between), (&mut scaled, to));
        self.narrowed = narrowed;
        scaled
    }

    #[expect(
        clippy::expect_used,
        reason = "a frame holds width * height * 3 bytes, the buffers are sized for what they \
                  hold, and all are RGB: the library refuses nothing else"
    )]
    fn convolve(
        &mut self,
        filter: FilterType,
        (rgb, from): (&[u8], (u32, u32)),
        (target, to): (&mut [u8], (u32, u32)),
    ) {
        // Typed views: the resizer is compiled for this kind of pixel only, which saves minutes.
        let source =
            TypedImageRef::<U8x3>::from_buffer(from.0, from.1, rgb).expect("a frame is complete");
        let mut target = TypedImage::<U8x3>::from_buffer(to.0, to.1, target)
            .expect("the buffer has the target's size");
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
        self.resizer
            .resize_typed(&source, &mut target, &options)
            .expect("both images have their size");
    }

    /// Writes the scaled RGB image into the three planes, and padding around it. Every value of
    /// the tensor is written, so that nothing of a recycled one shows through.
    fn draw(&self, rgb: &[u8], letterbox: &Letterbox, tensor: &mut [f32]) {
        let canvas_width = letterbox.canvas_width as usize;
        let (left, top) = (letterbox.left as usize, letterbox.top as usize);
        let (width, height) = (
            letterbox.scaled_width as usize,
            letterbox.scaled_height as usize,
        );
        let pad = self.rule.pad_value;
        let planes = tensor.chunks_exact_mut(letterbox.plane_len());
        for (plane, (channel, values)) in planes.zip(self.palette.planes()) {
            let (above, rest) = plane.split_at_mut(top * canvas_width);
            let (rows, below) = rest.split_at_mut(height * canvas_width);
            above.fill(pad);
            below.fill(pad);
            let pixel_rows = rgb.chunks_exact(width * 3);
            for (row, pixels) in rows.chunks_exact_mut(canvas_width).zip(pixel_rows) {
                let (before, rest) = row.split_at_mut(left);
                let (image, after) = rest.split_at_mut(width);
                before.fill(pad);
                after.fill(pad);
                for (value, pixel) in image.iter_mut().zip(pixels.chunks_exact(3)) {
                    *value = values[usize::from(pixel[*channel])];
                }
            }
        }
    }
}

/// Bytes of an RGB image of this width and height.
fn rgb_len((width, height): (u32, u32)) -> usize {
    width as usize * height as usize * 3
}

/// The filter of an antialiased interpolation.
fn filter(interpolation: Interpolation) -> Option<FilterType> {
    match interpolation {
        Interpolation::Bilinear => Some(FilterType::Bilinear),
        Interpolation::Cv2Bilinear => None,
        Interpolation::Bicubic => Some(FilterType::CatmullRom),
        Interpolation::Lanczos => Some(FilterType::Lanczos3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::contract::{CanvasShape, ChannelOrder, Fit, Normalization, Placement};

    const CENTRED: Fit = Fit::Letterbox(Placement::Centred, CanvasShape::Fixed);

    fn rule(fit: Fit) -> InputRule {
        InputRule {
            width: 8,
            height: 8,
            fit,
            channels: ChannelOrder::Rgb,
            normalization: Normalization::None,
            pad_value: 114.0,
            interpolation: Interpolation::Cv2Bilinear,
        }
    }

    fn plain(width: u32, height: u32, colour: [u8; 3]) -> Frame {
        Frame {
            width,
            height,
            rgb: colour.repeat((width * height) as usize),
        }
    }

    fn at(canvas: &Canvas, plane: usize, x: usize, y: usize) -> f32 {
        let width = canvas.letterbox.canvas_width as usize;
        canvas.tensor[plane * canvas.letterbox.plane_len() + y * width + x]
    }

    #[test]
    fn colours_land_in_the_planes_and_padding_around_them() {
        let canvas =
            CanvasRenderer::new(rule(CENTRED)).render(&plain(16, 8, [10, 20, 30]), 16, 8, None);
        for y in 0..8 {
            let expected = if (2..6).contains(&y) {
                [10.0, 20.0, 30.0]
            } else {
                [114.0; 3]
            };
            for x in 0..8 {
                assert_eq!([0, 1, 2].map(|plane| at(&canvas, plane, x, y)), expected);
            }
        }
    }

    #[test]
    fn the_top_left_placement_pads_behind_only() {
        let fit = Fit::Letterbox(Placement::TopLeft, CanvasShape::Fixed);
        let canvas = CanvasRenderer::new(rule(fit)).render(&plain(4, 8, [1, 2, 3]), 4, 8, None);
        assert_eq!(at(&canvas, 2, 3, 7), 3.0);
        assert_eq!(at(&canvas, 2, 4, 7), 114.0);
    }

    #[test]
    fn bgr_swaps_the_planes() {
        let rule = InputRule {
            channels: ChannelOrder::Bgr,
            ..rule(Fit::Stretch)
        };
        let canvas = CanvasRenderer::new(rule).render(&plain(8, 8, [10, 20, 30]), 8, 8, None);
        assert_eq!(
            [0, 1, 2].map(|plane| at(&canvas, plane, 0, 0)),
            [30.0, 20.0, 10.0]
        );
    }

    #[test]
    fn normalizations_give_the_numbers_on_paper() {
        let value = |normalization, channels| {
            let rule = InputRule {
                normalization,
                channels,
                ..rule(Fit::Stretch)
            };
            let canvas = CanvasRenderer::new(rule).render(&plain(8, 8, [255, 0, 51]), 8, 8, None);
            [0, 1, 2].map(|plane| at(&canvas, plane, 4, 4))
        };
        assert_eq!(
            value(Normalization::Unit, ChannelOrder::Rgb),
            [1.0, 0.0, 0.2]
        );
        let rgb = [0.515 / 0.229, -0.456 / 0.224, (0.2 - 0.406) / 0.225];
        let found = value(Normalization::Imagenet, ChannelOrder::Rgb);
        assert!(
            found.iter().zip(rgb).all(|(a, b)| (a - b).abs() < 1e-6),
            "{found:?}"
        );
        let swapped = value(Normalization::Imagenet, ChannelOrder::Bgr);
        assert!((swapped[0] - rgb[2]).abs() < 1e-6 && (swapped[2] - rgb[0]).abs() < 1e-6);
    }

    #[test]
    fn a_recycled_canvas_leaves_no_trace() {
        let mut renderer = CanvasRenderer::new(rule(CENTRED));
        let fresh = renderer.render(&plain(8, 16, [9, 9, 9]), 8, 16, None);
        let wide = renderer.render(&plain(16, 8, [200, 200, 200]), 16, 8, None);
        let reused = renderer.render(&plain(8, 16, [9, 9, 9]), 8, 16, Some(wide));
        assert_eq!(reused.tensor, fresh.tensor);
        assert_eq!(reused.letterbox, fresh.letterbox);
    }

    #[test]
    fn a_scaled_down_decode_lies_where_the_full_one_would() {
        let mut renderer = CanvasRenderer::new(rule(CENTRED));
        let full = renderer.render(&plain(1601, 801, [5, 6, 7]), 1601, 801, None);
        let part = renderer.render(&plain(601, 301, [5, 6, 7]), 1601, 801, None);
        assert_eq!(part.letterbox, full.letterbox);
        assert_eq!(part.tensor, full.tensor);
    }

    #[test]
    fn opencv_bilinear_takes_the_four_nearest_pixels_only() {
        // 4 pixels to 1: OpenCV samples between the two in the middle, an antialiased filter
        // sees all four.
        let frame = Frame {
            width: 4,
            height: 1,
            rgb: vec![255, 255, 255, 0, 0, 0, 0, 0, 0, 255, 255, 255],
        };
        let value = |interpolation| {
            let rule = InputRule {
                width: 1,
                height: 1,
                interpolation,
                ..rule(Fit::Stretch)
            };
            CanvasRenderer::new(rule).render(&frame, 4, 1, None).tensor[0]
        };
        assert_eq!(value(Interpolation::Cv2Bilinear), 0.0);
        for antialiased in [
            Interpolation::Bilinear,
            Interpolation::Bicubic,
            Interpolation::Lanczos,
        ] {
            assert!(value(antialiased) > 10.0, "{antialiased:?}");
        }
    }

    #[test]
    fn antialiased_pixels_are_those_of_pillow() {
        // Noise, the bytes 16 to 23 of a linear congruential generator, and the fourth row of
        // greens that Pillow 12.3 makes of it.
        let next = |state: &u64| Some((state * 1_103_515_245 + 12_345) % (1 << 31));
        let states = std::iter::successors(Some(7), next).skip(1);
        let rgb = states.take(37 * 29 * 3).map(|state| (state >> 16) as u8);
        let frame = Frame {
            width: 37,
            height: 29,
            rgb: rgb.collect(),
        };
        let expected = [
            (
                Interpolation::Bilinear,
                [131, 124, 136, 143, 130, 141, 147, 165],
            ),
            (
                Interpolation::Bicubic,
                [133, 121, 139, 147, 130, 141, 148, 169],
            ),
            (
                Interpolation::Lanczos,
                [133, 118, 142, 149, 132, 144, 145, 174],
            ),
        ];
        for (interpolation, greens) in expected {
            let rule = InputRule {
                interpolation,
                ..rule(Fit::Stretch)
            };
            let canvas = CanvasRenderer::new(rule).render(&frame, 37, 29, None);
            let found: [u8; 8] = std::array::from_fn(|x| at(&canvas, 1, x, 3) as u8);
            assert_eq!(found, greens, "{interpolation:?}");
        }
    }
}
