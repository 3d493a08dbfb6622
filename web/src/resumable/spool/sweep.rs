//! Removing uploads that nobody goes on with. Jobs are not touched: they are elsewhere.

use std::{
    collections::HashMap,
    io,
    time::{Duration, SystemTime},
};

use crate::resumable::{ResumableError, Spool, UploadId, hold::Slot};

/// How long a file may have no sheet: it is written a moment before.
const SHEETLESS_TIME: Duration = Duration::from_secs(3600);

impl Spool {
    /// Removes what has had its time, and says how many uploads that were.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn sweep(&self) -> Result<usize, ResumableError> {
        self.registry.forget_old_sets();
        let (slots, mut newest) = (self.registry.all(), HashMap::new());
        for slot in &slots {
            if let Some(set) = &slot.sheet.set {
                let touched = self.touched(slot.id)?;
                let newest = newest.entry(set.clone()).or_insert(touched);
                *newest = touched.max(*newest);
            }
        }
        let mut swept = 0;
        for slot in slots {
            // Files of a set wait for each other, however long the last of them takes.
            let of_set = slot.sheet.set.as_ref().and_then(|set| newest.get(set));
            let touched = match of_set {
                Some(touched) => *touched,
                None => self.touched(slot.id)?,
            };
            if !self.is_too_old(touched) {
                continue;
            }
            // Somebody who has it in his hands is going on with it.
            if let Some(hold) = slot.try_hold() {
                self.remove(&hold).await?;
                swept += 1;
            }
        }
        self.sweep_strays().await?;
        Ok(swept)
    }

    /// Whether nothing of an upload or of its set has come for too long.
    pub(super) fn is_expired(&self, slot: &Slot) -> io::Result<bool> {
        if !self.is_too_old(self.touched(slot.id)?) {
            return Ok(false);
        }
        let set = slot.sheet.set.as_ref();
        for other in set.map_or_else(Vec::new, |set| self.registry.of_set(set)) {
            if !self.is_too_old(self.touched(other.id)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// When something of an upload last came.
    fn touched(&self, id: UploadId) -> io::Result<Option<SystemTime>> {
        Ok(match self.files.touched(id)? {
            Some(touched) => Some(touched),
            // Its bytes went into a job; the sheet alone is left.
            None => self.files.begun(id)?,
        })
    }

    fn is_too_old(&self, touched: Option<SystemTime>) -> bool {
        touched.is_none_or(|touched| is_older(touched, self.retention))
    }

    /// Removes what a crash has left: bytes without a sheet, sheets that were never finished.
    async fn sweep_strays(&self) -> io::Result<()> {
        let stem = |name: &str| name.split('.').next()?.parse().ok();
        for id in self.files.ids(stem)? {
            let is_stray = self.registry.find(id).is_none() && self.files.begun(id)?.is_none();
            let touched = self.files.touched(id)?;
            if is_stray && touched.is_none_or(|touched| is_older(touched, SHEETLESS_TIME)) {
                self.files.remove(id).await?;
            }
        }
        Ok(())
    }
}

fn is_older(moment: SystemTime, than: Duration) -> bool {
    moment.elapsed().is_ok_and(|age| age >= than)
}
