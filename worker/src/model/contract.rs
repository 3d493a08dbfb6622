//! A model's contract: how pixels become its input tensor, and how its output tensors become
//! boxes. Read from the manifest once, checked, and then only obeyed.

use common::Category;

/// Everything the detector must know about a model besides its weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// How pixels become the input tensor.
    pub input: InputRule,
    /// How output tensors become boxes.
    pub output: OutputRule,
    /// What each of the model's classes is, in the order of its labels.
    pub classes: Vec<ClassMeaning>,
}

/// How an upright RGB image becomes the input tensor `[n, 3, height, width]`, f32.
#[derive(Clone, Debug, PartialEq)]
pub struct InputRule {
    /// Canvas width in pixels (for [`CanvasShape::Rectangle`]: the longest side).
    pub width: u32,
    /// Canvas height in pixels.
    pub height: u32,
    /// How the image is fitted onto the canvas.
    pub fit: Fit,
    /// Order of the three channels.
    pub channels: ChannelOrder,
    /// What becomes of the 0–255 values.
    pub normalization: Normalization,
    /// Value of padding, after normalization.
    pub pad_value: f32,
    /// How pixels between pixels are made.
    pub interpolation: Interpolation,
}

/// How an image is fitted onto the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Keep the aspect ratio and pad the rest.
    Letterbox(Placement, CanvasShape),
    /// Stretch to the canvas, whatever the aspect ratio.
    Stretch,
}

/// Where a letterboxed image lies on its canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// In the middle.
    Centred,
    /// In the top left corner (YOLOX).
    TopLeft,
}

/// The shape of a letterboxed canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CanvasShape {
    /// Always `width` × `height`.
    Fixed,
    /// The smallest rectangle around the scaled image whose sides are multiples of `stride`
    /// pixels; only for models with dynamic axes.
    Rectangle {
        /// The model's largest stride in pixels.
        stride: u32,
    },
}

/// Order of colour channels in the tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelOrder {
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red.
    Bgr,
}

/// What becomes of a channel value `v` in 0..=255.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalization {
    /// `v / 255`.
    Unit,
    /// `(v / 255 - mean) / deviation` with the ImageNet constants.
    Imagenet,
    /// `v`.
    None,
}

/// How an image is resized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// Bilinear with antialiasing when shrinking, as Pillow's `BILINEAR`.
    Bilinear,
    /// Bilinear between the four nearest pixels, without antialiasing: to the bit OpenCV's
    /// `INTER_LINEAR`.
    Cv2Bilinear,
    /// Bicubic with antialiasing, as Pillow's `BICUBIC`.
    Bicubic,
    /// Lanczos with antialiasing, as Pillow's `LANCZOS`.
    Lanczos,
}

/// How output tensors become boxes.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputRule {
    /// How the tensors are laid out.
    pub layout: OutputLayout,
    /// Overlap suppression, for models that do not do it themselves.
    pub nms: Option<Nms>,
    /// Most detections kept for one image.
    pub max_detections: usize,
    /// Round corners to whole source pixels, as the reference program does for the YOLOv5 and
    /// YOLOv9 MegaDetectors.
    pub whole_pixels: bool,
}

/// Greedy non-maximum suppression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nms {
    /// Boxes that overlap a better one by more than this intersection over union are dropped.
    pub iou_threshold: f32,
    /// Only boxes of the same class suppress each other.
    pub per_class: bool,
}

/// The layout of a model's output. `n` images, `a` anchors, `c` classes.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputLayout {
    /// `[n, a, 5 + c]`: centre x, y, width, height (canvas px), objectness, class scores.
    Yolov5,
    /// `[n, 4 + c, a]`: centre x, y, width, height (canvas px), class scores (YOLOv8/9/11).
    Yolov8,
    /// `[n, a, 5 + c]`, boxes not decoded: the grid offset and stride must be applied.
    /// Strides 8, 16, 32, row-major grids.
    YoloxRaw,
    /// `[n, rows, 6]` (or `[rows, 6]` for one image), one detection in each row.
    Rows {
        /// What each of the six columns holds.
        columns: [RowColumn; 6],
        /// What the box columns are measured in.
        unit: BoxUnit,
    },
    /// Three tensors `labels [n, q]`, `boxes [n, q, 4]` (corners), `scores [n, q]`, from a graph
    /// with a second input `orig_target_sizes` int64 `[n, 2]` = (width, height), which it
    /// scales boxes to (the original RT-DETR export).
    RtdetrTriple,
}

/// What one column of a row output holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowColumn {
    /// Left edge.
    X1,
    /// Top edge.
    Y1,
    /// Right edge.
    X2,
    /// Bottom edge.
    Y2,
    /// Horizontal centre.
    CentreX,
    /// Vertical centre.
    CentreY,
    /// Width.
    Width,
    /// Height.
    Height,
    /// Confidence, 0..=1.
    Score,
    /// Class index, from 0.
    Class,
}

/// What the numbers of a box are measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoxUnit {
    /// Pixels of the canvas.
    CanvasPixels,
    /// 0..=1 of the canvas.
    Normalized,
}

/// What a model's class means to Trapline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassMeaning {
    /// It counts as this category.
    Category(Category),
    /// It counts as this category, and its own label (a species) is reported beside it.
    Species(Category),
    /// It is left out on purpose (a chair, in a general model).
    Ignored,
}
