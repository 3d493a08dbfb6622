//! What a file's name and first bytes say already.

use common::{Failure, FailureCode, MediaOutcome, SkipReason, media_kind::MediaKind};

use super::Inspector;
use crate::{
    input::InputItem,
    media::decode,
    pipeline::{PipelineError, blame},
};

/// Bytes that tell the format of a file of unknown kind.
const HEAD_BYTES: usize = 64;

impl Inspector<'_> {
    /// The outcome for a file that need not be read, going by its name and first bytes.
    ///
    /// # Errors
    /// When the input as a whole can no longer be read.
    pub(super) fn judge_unread(
        &self,
        item: &InputItem,
    ) -> Result<Option<MediaOutcome>, PipelineError> {
        Ok(match item.kind {
            MediaKind::Image => None,
            MediaKind::Skip(reason) => Some(MediaOutcome::Skipped(reason)),
            MediaKind::UnsupportedImage => {
                let detail = match item.path.extension() {
                    Some(extension) => format!(
                        "{} images are not supported",
                        extension.to_ascii_uppercase()
                    ),
                    None => "this kind of image is not supported".to_owned(),
                };
                Some(MediaOutcome::Failed(Failure::new(
                    FailureCode::Unsupported,
                    detail,
                )))
            }
            MediaKind::Unknown => {
                let mut head = Vec::new();
                match self.context.listing.read_head(item, HEAD_BYTES, &mut head) {
                    Ok(()) if decode::looks_like_image(&head) => None,
                    // What nobody can look into may well be an image.
                    Err(failure) if failure.code == FailureCode::AccessFailed => {
                        let failure = blame::of_failed_read(self.context.listing, item, failure)?;
                        Some(MediaOutcome::Failed(failure))
                    }
                    _ => Some(MediaOutcome::Skipped(SkipReason::NotAnImage)),
                }
            }
        })
    }
}
