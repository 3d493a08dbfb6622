//! What this process knows of the uploads in the spool: which there are, and what their sets add
//! up to.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::resumable::{ResumableError, UploadId, hold::Slot, sheet::Sheet};

/// How long a set is known whose uploads are all gone: the first one of it may have broken off.
const SET_TIME: Duration = Duration::from_secs(3600);

/// The uploads in the spool.
#[derive(Default)]
pub(super) struct Registry(Mutex<Known>);

#[derive(Default)]
struct Known {
    slots: HashMap<UploadId, Arc<Slot>>,
    sets: HashMap<String, Total>,
}

/// What the uploads of a set add up to.
struct Total {
    files: usize,
    bytes: u64,
    used: Instant,
}

impl Registry {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is room in its set for an upload.
    pub(super) fn check(
        &self,
        sheet: &Sheet,
        max_files: usize,
        max_bytes: u64,
    ) -> Result<(), ResumableError> {
        self.known().check(sheet, max_files, max_bytes)
    }

    /// Adds a new upload, unless its set is past a limit then.
    pub(super) fn add(
        &self,
        slot: Slot,
        max_files: usize,
        max_bytes: u64,
    ) -> Result<Arc<Slot>, ResumableError> {
        let mut known = self.known();
        known.check(&slot.sheet, max_files, max_bytes)?;
        Ok(known.put(slot))
    }

    /// Adds an upload that was here before. One that is known already stays as it is.
    pub(super) fn put(&self, slot: Slot) -> Arc<Slot> {
        let mut known = self.known();
        match known.slots.get(&slot.id) {
            Some(slot) => Arc::clone(slot),
            None => known.put(slot),
        }
    }

    /// An upload.
    pub(super) fn find(&self, id: UploadId) -> Option<Arc<Slot>> {
        self.known().slots.get(&id).cloned()
    }

    /// All uploads.
    pub(super) fn all(&self) -> Vec<Arc<Slot>> {
        self.known().slots.values().cloned().collect()
    }

    /// The uploads of a set.
    pub(super) fn of_set(&self, set: &str) -> Vec<Arc<Slot>> {
        let known = self.known();
        let slots = known.slots.values();
        let is_of_set = |slot: &&Arc<Slot>| slot.sheet.set.as_deref() == Some(set);
        slots.filter(is_of_set).cloned().collect()
    }

    /// Whether uploads of this set have come before.
    pub(super) fn knows_set(&self, set: &str) -> bool {
        self.known().sets.contains_key(set)
    }

    /// Forgets an upload.
    pub(super) fn remove(&self, id: UploadId) {
        let mut known = self.known();
        let Some(slot) = known.slots.remove(&id) else {
            return;
        };
        let set = slot.sheet.set.as_ref();
        if let Some(total) = set.and_then(|set| known.sets.get_mut(set)) {
            total.files = total.files.saturating_sub(1);
            total.bytes = total.bytes.saturating_sub(slot.sheet.length);
            total.used = Instant::now();
        }
    }

    /// Forgets sets without uploads.
    pub(super) fn forget_old_sets(&self) {
        let is_used = |total: &Total| total.files > 0 || total.used.elapsed() < SET_TIME;
        self.known().sets.retain(|_, total| is_used(total));
    }
}

impl Known {
    fn check(&self, sheet: &Sheet, max_files: usize, max_bytes: u64) -> Result<(), ResumableError> {
        let total = sheet.set.as_ref().and_then(|set| self.sets.get(set));
        let (files, bytes) = total.map_or((0, 0), |total| (total.files, total.bytes));
        if files >= max_files {
            return Err(ResumableError::TooManyFiles { limit: max_files });
        }
        if bytes.saturating_add(sheet.length) > max_bytes {
            return Err(ResumableError::TooLarge { limit: max_bytes });
        }
        Ok(())
    }

    fn put(&mut self, slot: Slot) -> Arc<Slot> {
        if let Some(set) = slot.sheet.set.clone() {
            let total = self.sets.entry(set).or_insert(Total {
                files: 0,
                bytes: 0,
                used: Instant::now(),
            });
            total.files += 1;
            total.bytes = total.bytes.saturating_add(slot.sheet.length);
            total.used = Instant::now();
        }
        let slot = Arc::new(slot);
        self.slots.insert(slot.id, Arc::clone(&slot));
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(length: u64, set: &str) -> Slot {
        let set = data_encoding::BASE64.encode(set.as_bytes());
        let metadata = format!("set {set}").parse().unwrap();
        Slot::new(
            UploadId::random().unwrap(),
            Sheet::new(length, &metadata),
            None,
        )
    }

    #[test]
    fn the_limits_hold_for_each_set_as_a_whole() {
        let registry = Registry::default();
        let add = |length, set| registry.add(slot(length, set), 2, 100);
        let first = add(60, "a").unwrap();
        assert!(matches!(
            add(41, "a"),
            Err(ResumableError::TooLarge { limit: 100 })
        ));
        assert!(add(40, "a").is_ok());
        assert!(matches!(
            add(0, "a"),
            Err(ResumableError::TooManyFiles { limit: 2 })
        ));
        assert!(add(100, "b").is_ok());
        registry.remove(first.id);
        assert!(registry.find(first.id).is_none());
        assert!(add(60, "a").is_ok());
    }

    #[test]
    fn uploads_without_a_set_are_each_their_own() {
        let registry = Registry::default();
        for _ in 0..3 {
            assert!(registry.add(slot(100, ""), 1, 100).is_ok());
        }
    }

    #[test]
    fn a_set_stays_known_for_a_while_when_its_uploads_are_gone() {
        let registry = Registry::default();
        let only = registry.add(slot(1, "a"), 9, 9).unwrap();
        registry.remove(only.id);
        registry.forget_old_sets();
        assert!(registry.knows_set("a") && !registry.knows_set("b"));
    }
}
