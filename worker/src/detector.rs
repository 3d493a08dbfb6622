//! Running a model: pictures on canvases in, detections out.

pub mod candidate;
pub mod device;
pub mod heads;
pub mod nvidia;
pub mod pool;
pub mod runtime;
pub mod selector;
pub mod session;

use common::Detection;

use crate::letterbox::Canvas;

/// Why the model could not be run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DetectError {
    /// The batch did not fit into the device's memory.
    #[error("the device ran out of memory")]
    OutOfMemory,
    /// ONNX Runtime refused this batch; another one may work.
    #[error("ONNX Runtime: {0}")]
    Run(String),
    /// The model's output does not have the shape that its manifest promises.
    #[error("the model's output has the shape {found:?}, but its manifest promises {expected}")]
    UnexpectedOutput {
        /// The shape that came.
        found: Vec<i64>,
        /// The layout the manifest names.
        expected: String,
    },
    /// The model reports a class that its labels do not name.
    #[error(
        "the model reports class {class}, but its labels name only {known} classes, counted from 0"
    )]
    UnknownClass {
        /// The class index, as the model wrote it.
        class: f64,
        /// How many classes the labels name.
        known: usize,
    },
    /// The detector panicked on this batch.
    #[error("the detector failed by a fault of its own: {0}")]
    Panicked(String),
    /// The thread that runs the model is gone.
    #[error("the thread that runs the model has stopped")]
    Stopped,
}

/// Something that finds animals, people and vehicles on canvases.
pub trait Detector: Send {
    /// Finds everything at or above [`common::Confidence::FLOOR`] on each canvas, in
    /// [`Detection::output_order`]. All canvases of a batch have the same size. The result has
    /// one list for each canvas, in their order.
    ///
    /// # Errors
    /// When the batch as a whole could not be run.
    fn detect(&mut self, batch: &[Canvas]) -> Result<Vec<Vec<Detection>>, DetectError>;

    /// Most canvases that [`Detector::detect`] takes at once; 1 for a model with a fixed batch.
    fn batch_limit(&self) -> usize;
}
