//! The tiny models of `fixtures/`, opened with the contracts of their manifests or others, and
//! pictures that they have a known answer to.

use std::path::{Path, PathBuf};

use common::{Category, Detection};
use worker::{
    detector::{
        Detector,
        device::Device,
        runtime::Runtime,
        session::{LoadError, OnnxDetector},
    },
    letterbox::{Canvas, CanvasRenderer},
    media::frame::Frame,
    model::contract::{
        BoxUnit, CanvasShape, ChannelOrder, ClassMeaning, Contract, Fit, InputRule, Interpolation,
        Nms, Normalization, OutputLayout, OutputRule, Placement, RowColumn,
    },
};

pub(crate) const RED: [u8; 3] = [255, 0, 0];
pub(crate) const GREEN: [u8; 3] = [0, 255, 0];
pub(crate) const BLUE: [u8; 3] = [0, 0, 255];
pub(crate) const DARK: [u8; 3] = [30, 30, 30];
pub(crate) const WHITE: [u8; 3] = [255, 255, 255];

pub(crate) const LETTERBOX: Fit = Fit::Letterbox(Placement::Centred, CanvasShape::Fixed);
pub(crate) const RECTANGLE: Fit =
    Fit::Letterbox(Placement::Centred, CanvasShape::Rectangle { stride: 32 });
pub(crate) const PER_CLASS: Option<Nms> = Some(Nms {
    iou_threshold: 0.45,
    per_class: true,
});
pub(crate) const AGNOSTIC: Option<Nms> = Some(Nms {
    iou_threshold: 0.45,
    per_class: false,
});

pub(crate) fn runtime() -> &'static Runtime {
    let base = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../var");
    let explicit = std::env::var_os("TRAPLINE_ONNXRUNTIME").map(PathBuf::from);
    Runtime::load(explicit.as_deref(), &[base]).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn model(id: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(id)
        .join("model.onnx")
}

pub(crate) fn contract(fit: Fit, layout: OutputLayout, nms: Option<Nms>) -> Contract {
    Contract {
        input: InputRule {
            width: 64,
            height: 64,
            fit,
            channels: ChannelOrder::Rgb,
            normalization: Normalization::Unit,
            pad_value: 114.0 / 255.0,
            interpolation: Interpolation::Cv2Bilinear,
        },
        output: OutputRule {
            layout,
            nms,
            max_detections: 300,
            whole_pixels: false,
        },
        classes: Category::ALL.map(ClassMeaning::Category).to_vec(),
    }
}

pub(crate) fn yolox_contract() -> Contract {
    let fit = Fit::Letterbox(Placement::TopLeft, CanvasShape::Fixed);
    let mut contract = contract(fit, OutputLayout::YoloxRaw, PER_CLASS);
    contract.input.channels = ChannelOrder::Bgr;
    contract.input.normalization = Normalization::None;
    contract.input.pad_value = 114.0;
    contract
}

pub(crate) fn corner_rows() -> OutputLayout {
    use RowColumn::{Class, Score, X1, X2, Y1, Y2};
    OutputLayout::Rows {
        columns: [X1, Y1, X2, Y2, Score, Class],
        unit: BoxUnit::CanvasPixels,
    }
}

pub(crate) fn centre_rows() -> OutputLayout {
    use RowColumn::{CentreX, CentreY, Class, Height, Score, Width};
    let columns = [CentreX, CentreY, Width, Height, Score, Class];
    OutputLayout::Rows {
        columns,
        unit: BoxUnit::Normalized,
    }
}

pub(crate) fn class_first_rows() -> OutputLayout {
    use RowColumn::{Class, Score, X1, X2, Y1, Y2};
    OutputLayout::Rows {
        columns: [Class, X1, Y1, X2, Y2, Score],
        unit: BoxUnit::CanvasPixels,
    }
}

/// A model that is ready to run.
pub(crate) struct TinyModel {
    pub(crate) contract: Contract,
    pub(crate) detector: OnnxDetector,
}

impl TinyModel {
    /// Opens a model of `fixtures/` with this contract.
    pub(crate) fn open(id: &str, contract: Contract) -> Self {
        let detector = try_load(id, &contract).unwrap_or_else(|error| panic!("{id}: {error}"));
        Self { contract, detector }
    }

    /// Puts a picture on the model's canvas.
    pub(crate) fn render(&self, frame: &Frame) -> Canvas {
        render(&self.contract, frame)
    }

    /// What the model finds in a picture.
    pub(crate) fn find(&mut self, frame: &Frame) -> Vec<Finding> {
        let canvas = self.render(frame);
        let found = self.detector.detect(&[canvas]);
        let found = found.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(found.len(), 1);
        findings(&found[0], frame)
    }
}

pub(crate) fn try_load(id: &str, contract: &Contract) -> Result<OnnxDetector, LoadError> {
    OnnxDetector::load(runtime(), &model(id), contract, Device::Cpu, 1)
}

/// A picture of one colour with rectangles on it: (left, top, width, height, colour).
pub(crate) fn picture(
    width: usize,
    height: usize,
    background: [u8; 3],
    rectangles: &[(usize, usize, usize, usize, [u8; 3])],
) -> Frame {
    let mut rgb = background.repeat(width * height);
    for &(left, top, w, h, colour) in rectangles {
        for y in top..top + h {
            rgb[(y * width + left) * 3..(y * width + left + w) * 3]
                .copy_from_slice(&colour.repeat(w));
        }
    }
    Frame {
        width: width as u32,
        height: height as u32,
        rgb,
    }
}

pub(crate) fn render(contract: &Contract, frame: &Frame) -> Canvas {
    CanvasRenderer::new(contract.input.clone()).render(frame, frame.width, frame.height, None)
}

/// Category, confidence, and box corners in source pixels.
pub(crate) type Finding = (Category, f64, [f64; 4]);

pub(crate) fn findings(detections: &[Detection], frame: &Frame) -> Vec<Finding> {
    let (width, height) = (f64::from(frame.width), f64::from(frame.height));
    let finding = |detection: &Detection| {
        let [x, y, w, h] = detection.bbox.values();
        let corners = [x * width, y * height, (x + w) * width, (y + h) * height];
        (detection.category, detection.confidence.value(), corners)
    };
    detections.iter().map(finding).collect()
}

/// Confidences are cut to thousandths and boxes to ten-thousandths of a side.
#[track_caller]
pub(crate) fn assert_found(found: &[Finding], expected: &[Finding]) {
    let is_same = |a: &Finding, b: &Finding| {
        let is_near = a.2.iter().zip(b.2).all(|(a, b)| (a - b).abs() < 0.05);
        a.0 == b.0 && (a.1 - b.1).abs() < 0.0015 && is_near
    };
    let all_same =
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| is_same(a, b));
    assert!(all_same, "found {found:#?}, expected {expected:#?}");
}

/// A 64 × 64 picture with one 8 × 8 square that fills a cell.
pub(crate) fn one_square(left: usize, top: usize, colour: [u8; 3]) -> Frame {
    picture(64, 64, DARK, &[(left, top, 8, 8, colour)])
}
