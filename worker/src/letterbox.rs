//! From upright pixels to the model's canvas and back: the only place that scales coordinates.

use crate::{media::frame::Frame, model::contract::InputRule};

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
    // owner: add private fields for scale (x and y), scaled size and padding
}

impl Letterbox {
    /// Fits a source image of this size onto the canvas that the rule asks for.
    #[must_use]
    pub fn fit(_source_width: u32, _source_height: u32, _rule: &InputRule) -> Self {
        todo!()
    }

    /// Canvas pixels to source pixels.
    #[must_use]
    pub fn to_source(&self, _canvas_box: CanvasBox) -> SourceBox {
        todo!()
    }
}

/// One image as the model sees it.
#[derive(Clone, Debug)]
pub struct Canvas {
    /// How the image lies on the canvas.
    pub letterbox: Letterbox,
    /// `[3, canvas_height, canvas_width]`, normalised, in the model's channel order.
    pub tensor: Vec<f32>,
}

/// Renders frames onto canvases; keeps its buffers from one image to the next.
pub struct CanvasRenderer {
    // owner: resizer, buffers, rule
}

impl CanvasRenderer {
    /// A renderer for models of this input rule.
    #[must_use]
    pub fn new(_rule: InputRule) -> Self {
        todo!()
    }

    /// Renders a frame, which may be a scaled-down decode of a source image of
    /// `source_width` × `source_height` pixels. `recycled` gives its memory to the new tensor.
    #[must_use]
    pub fn render(
        &mut self,
        _frame: &Frame,
        _source_width: u32,
        _source_height: u32,
        _recycled: Option<Canvas>,
    ) -> Canvas {
        todo!()
    }
}
