//! Uploads whose clients never heard that they had begun.

use std::collections::HashMap;

use common::MediaPath;

use crate::resumable::{ResumableError, Spool, sheet::Sheet};

impl Spool {
    /// Makes room in the set of a new upload where it is full: when the answer to the beginning of an
    /// upload is lost, its client begins another one for the same file, and nothing ever comes of the
    /// first.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(super) async fn forget_unanswered(&self, sheet: &Sheet) -> Result<(), ResumableError> {
        let Some(set) = &sheet.set else {
            return Ok(());
        };
        let slots = self.registry.of_set(set);
        let mut times: HashMap<(MediaPath, u64), usize> = HashMap::new();
        for sheet in slots.iter().map(|slot| &slot.sheet).chain([sheet]) {
            *times.entry(file_of(sheet)).or_default() += 1;
        }
        for slot in slots {
            let times = times.entry(file_of(&slot.sheet)).or_default();
            if *times < 2 || slot.sheet.length == 0 {
                continue;
            }
            // Somebody who has it in his hands has heard of it.
            if let Some(hold) = slot.try_hold()
                && self.files.durable_bytes(hold.slot.id).await? == Some(0)
            {
                self.remove(&hold).await?;
                *times -= 1;
            }
        }
        Ok(())
    }
}

/// What two uploads of the same file have in common.
fn file_of(sheet: &Sheet) -> (MediaPath, u64) {
    (sheet.path.clone(), sheet.length)
}
