//! Heads: how each layout of output tensors is read. They give candidates in canvas pixels and
//! neither suppress overlaps nor know categories.

mod rows;
mod rtdetr;
pub mod shape;
mod yolov5;
mod yolov8;
mod yolox;

pub use rows::{RowFormat, UnusableColumns};

use crate::{
    detector::{DetectError, candidate::Candidate},
    model::contract::OutputLayout,
};
use shape::{ShapePattern, TensorView};

/// A model's output tensors.
#[derive(Clone, Copy, Debug)]
pub enum Outputs<'a> {
    /// Everything in one tensor.
    Single(TensorView<'a, f32>),
    /// Three tensors (the original RT-DETR export).
    Triple {
        /// Class indexes `[n, q]`.
        labels: TensorView<'a, i64>,
        /// Corners `[n, q, 4]`.
        boxes: TensorView<'a, f32>,
        /// Scores `[n, q]`.
        scores: TensorView<'a, f32>,
    },
}

/// How many images of which size went in. All canvases of a batch have one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchShape {
    /// Images in the batch.
    pub images: usize,
    /// Canvas width in canvas pixels.
    pub width: u32,
    /// Canvas height in canvas pixels.
    pub height: u32,
}

/// Reads the outputs of one model.
#[derive(Clone, Debug)]
pub struct Head {
    layout: Layout,
    /// How many classes the model's labels name.
    classes: usize,
}

#[derive(Clone, Copy, Debug)]
enum Layout {
    Yolov5,
    Yolov8,
    YoloxRaw,
    Rows(RowFormat),
    RtdetrTriple,
}

impl Head {
    /// A head for a layout and a number of classes.
    ///
    /// # Errors
    /// When the columns of a row layout do not make a box, a score and a class.
    pub fn new(layout: &OutputLayout, classes: usize) -> Result<Self, UnusableColumns> {
        let layout = match layout {
            OutputLayout::Yolov5 => Layout::Yolov5,
            OutputLayout::Yolov8 => Layout::Yolov8,
            OutputLayout::YoloxRaw => Layout::YoloxRaw,
            OutputLayout::Rows { columns, unit } => Layout::Rows(RowFormat::new(*columns, *unit)?),
            OutputLayout::RtdetrTriple => Layout::RtdetrTriple,
        };
        Ok(Self { layout, classes })
    }

    /// Reads the candidates of each image of a batch. Scores below the floor are left out, and
    /// so are boxes and scores that are no numbers.
    ///
    /// # Errors
    /// When a tensor has another shape than the layout promises, or a class has no label.
    pub fn decode(
        &self,
        outputs: &Outputs<'_>,
        batch: BatchShape,
    ) -> Result<Vec<Vec<Candidate>>, DetectError> {
        match (self.layout, outputs) {
            (
                Layout::RtdetrTriple,
                Outputs::Triple {
                    labels,
                    boxes,
                    scores,
                },
            ) => rtdetr::decode(*labels, *boxes, *scores, batch.images, self.classes),
            (_, Outputs::Single(tensor)) => {
                let patterns = self.patterns(Some(batch.images), Some((batch.width, batch.height)));
                let images = tensor.split(batch.images, &patterns)?;
                images
                    .into_iter()
                    .map(|image| self.decode_image(image, batch))
                    .collect()
            }
            (_, Outputs::Triple { boxes, .. }) => {
                Err(shape::unexpected(boxes.shape, "a single tensor"))
            }
        }
    }

    fn decode_image(
        &self,
        values: &[f32],
        batch: BatchShape,
    ) -> Result<Vec<Candidate>, DetectError> {
        match self.layout {
            Layout::Yolov5 => Ok(yolov5::decode(values, self.classes)),
            Layout::Yolov8 => Ok(yolov8::decode(values, self.classes)),
            Layout::YoloxRaw => Ok(yolox::decode(values, self.classes, batch)),
            Layout::Rows(format) => format.decode(values, self.classes, batch),
            Layout::RtdetrTriple => Err(shape::unexpected(&[], "three tensors")),
        }
    }

    /// The shapes that the single output may have, given how many images and which canvas
    /// (`None`: not known yet). Blank for a head of three outputs.
    #[must_use]
    pub fn patterns(&self, images: Option<usize>, canvas: Option<(u32, u32)>) -> Vec<ShapePattern> {
        let pattern = |name, rows, columns| ShapePattern::new(name, [images, rows, columns]);
        match self.layout {
            Layout::Yolov5 => vec![pattern("yolov5", None, Some(5 + self.classes))],
            Layout::Yolov8 => vec![pattern("yolov8", Some(4 + self.classes), None)],
            Layout::YoloxRaw => {
                let anchors = canvas.map(|(width, height)| yolox::anchors(width, height));
                vec![pattern("yolox", anchors, Some(5 + self.classes))]
            }
            Layout::Rows(_) => {
                let mut patterns = vec![pattern("rows", None, Some(6))];
                if images.is_none_or(|images| images == 1) {
                    patterns.push(ShapePattern::new("rows", [None, Some(6)]));
                }
                patterns
            }
            Layout::RtdetrTriple => Vec::new(),
        }
    }

    /// Whether the model has the three outputs of the original RT-DETR export.
    #[must_use]
    pub fn is_triple(&self) -> bool {
        matches!(self.layout, Layout::RtdetrTriple)
    }
}

/// The class with the highest score, and that score; the first of equals. `None` if there is no
/// number among them.
fn best_class(scores: impl Iterator<Item = f32>) -> Option<(u16, f32)> {
    let mut best: Option<(u16, f32)> = None;
    for (class, score) in (0..=u16::MAX).zip(scores) {
        let is_better = best.map_or(!score.is_nan(), |(_, highest)| score > highest);
        if is_better {
            best = Some((class, score));
        }
    }
    best
}

/// A class index as the model wrote it, if the labels know it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0..classes, whole"
)]
fn known_class(class: f64, classes: usize) -> Result<u16, DetectError> {
    let known = classes.min(usize::from(u16::MAX) + 1);
    let is_known = class >= 0.0 && class < known as f64 && class.fract() == 0.0;
    if is_known {
        Ok(class as u16)
    } else {
        Err(DetectError::UnknownClass {
            class,
            known: classes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::contract::{BoxUnit, RowColumn};

    const BATCH: BatchShape = BatchShape {
        images: 1,
        width: 64,
        height: 64,
    };

    fn refusal(layout: &OutputLayout, shape: &[i64], values: &[f32]) -> DetectError {
        let head = Head::new(layout, 3).unwrap();
        let outputs = Outputs::Single(TensorView { shape, values });
        head.decode(&outputs, BATCH).unwrap_err()
    }

    #[test]
    fn shapes_that_break_the_contract_are_refused_with_what_came_and_what_was_promised() {
        let refused = refusal(&OutputLayout::Yolov5, &[1, 2, 7], &[0.0; 14]);
        assert_eq!(
            refused.to_string(),
            "the model's output has the shape [1, 2, 7], but its manifest promises \
             yolov5 [1, any, 8]"
        );
        let wrong: [(&OutputLayout, &[i64]); 6] = [
            (&OutputLayout::Yolov5, &[2, 2, 8]),
            (&OutputLayout::Yolov5, &[2, 8]),
            (&OutputLayout::Yolov8, &[1, 2, 7]),
            (&OutputLayout::Yolov8, &[1, 8, 2]),
            (&OutputLayout::YoloxRaw, &[1, 85, 8]), // 84 anchors at 64 × 64
            (&OutputLayout::RtdetrTriple, &[1, 2, 6]),
        ];
        for (layout, shape) in wrong {
            let values = vec![0.0; shape.iter().product::<i64>() as usize];
            let refused = refusal(layout, shape, &values);
            assert!(
                matches!(refused, DetectError::UnexpectedOutput { .. }),
                "{layout:?} {shape:?}"
            );
        }
    }

    #[test]
    fn a_tensor_shorter_than_its_shape_is_refused() {
        let refused = refusal(&OutputLayout::Yolov5, &[1, 2, 8], &[0.0; 8]);
        assert!(matches!(refused, DetectError::UnexpectedOutput { .. }));
    }

    #[test]
    fn rows_without_a_batch_axis_are_for_one_image_only() {
        use RowColumn::{Class, Score, X1, X2, Y1, Y2};
        let columns = [X1, Y1, X2, Y2, Score, Class];
        let layout = OutputLayout::Rows {
            columns,
            unit: BoxUnit::CanvasPixels,
        };
        let head = Head::new(&layout, 3).unwrap();
        let row = [1.0, 2.0, 3.0, 4.0, 0.5, 2.0];
        let outputs = Outputs::Single(TensorView {
            shape: &[1, 6],
            values: &row,
        });
        assert_eq!(head.decode(&outputs, BATCH).unwrap()[0][0].class, 2);
        let two = BatchShape { images: 2, ..BATCH };
        assert!(head.decode(&outputs, two).is_err());
        let nothing = Outputs::Single(TensorView {
            shape: &[1, 0, 6],
            values: &[],
        });
        assert_eq!(head.decode(&nothing, BATCH).unwrap(), [[]]);
    }

    #[test]
    fn the_best_class_is_the_first_of_the_highest_numbers() {
        assert_eq!(best_class([0.1, 0.7, 0.7].into_iter()), Some((1, 0.7)));
        assert_eq!(
            best_class([f32::NAN, 0.2, f32::NAN].into_iter()),
            Some((1, 0.2))
        );
        assert_eq!(best_class([f32::NAN].into_iter()), None);
        assert_eq!(best_class([].into_iter()), None);
    }

    #[test]
    fn a_class_without_a_label_is_an_error() {
        assert_eq!(known_class(2.0, 3).unwrap(), 2);
        for class in [3.0, -1.0, 0.5, f64::NAN, 1e9] {
            assert!(matches!(
                known_class(class, 3),
                Err(DetectError::UnknownClass { known: 3, .. })
            ));
        }
    }
}
