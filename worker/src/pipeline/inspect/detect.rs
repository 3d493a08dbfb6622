//! The model's look at one picture.

use common::{Detection, Failure, FailureCode};

use super::Inspector;
use crate::{
    media::{decode::DecodedMedia, frame::Frame},
    pipeline::{PipelineError, stage::Stage},
};

impl Inspector<'_> {
    /// What the model sees on a decoded picture.
    ///
    /// # Errors
    /// When the model does not work any more.
    pub(super) fn detect(
        &mut self,
        decoded: &DecodedMedia,
    ) -> Result<Result<Vec<Detection>, Failure>, PipelineError> {
        let clock = self.context.clock;
        let spare = self.spare_canvas.take();
        let canvas = clock.time(Stage::Letterbox, || {
            self.renderer.render(
                &decoded.frame,
                decoded.source_width,
                decoded.source_height,
                spare,
            )
        });
        let (canvas, result) = clock.time(Stage::Detect, || self.detector.detect_one(canvas));
        self.spare_canvas = Some(canvas);
        match result {
            Ok(detections) => Ok(Ok(detections)),
            Err(error) => {
                self.test_detector()?;
                Ok(Err(Failure::new(
                    FailureCode::InferenceFailed,
                    error.to_string(),
                )))
            }
        }
    }

    /// After a failed inference: was it the picture, or does nothing work any more?
    fn test_detector(&mut self) -> Result<(), PipelineError> {
        let (width, height) = (
            self.context.input_rule.width,
            self.context.input_rule.height,
        );
        let grey = Frame {
            width,
            height,
            rgb: vec![114; width as usize * height as usize * 3],
        };
        let canvas = self.renderer.render(&grey, width, height, None);
        let (_, result) = self.detector.detect_one(canvas);
        result
            .map(drop)
            .map_err(|error| PipelineError::BrokenDetector(error.to_string()))
    }
}
