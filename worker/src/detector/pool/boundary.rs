//! Where a panic of a detector ends.

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::Detection;

use crate::{
    detector::{DetectError, Detector},
    letterbox::Canvas,
};

/// Runs a batch. A panic fails the batch and nothing else: an inference thread that died of it
/// would fail every image that is still to come.
///
/// The detector is used again afterwards. It keeps no state from one batch to the next but
/// memory that it overwrites.
pub(super) fn detect(
    detector: &mut dyn Detector,
    batch: &[Canvas],
) -> Result<Vec<Vec<Detection>>, DetectError> {
    catch_unwind(AssertUnwindSafe(|| detector.detect(batch))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(DetectError::Panicked(text.unwrap_or_default()))
    })
}
