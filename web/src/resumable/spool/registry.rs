//! What this process knows of the uploads in the spool: which there are, and what their sets add
//! up to.

use std::{
    collections::HashMap,
    net::IpAddr,
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
    clients: HashMap<IpAddr, Total>,
}

/// What the uploads of a set add up to when they are here as a whole, or how much of those of a client
/// has come.
struct Total {
    files: usize,
    bytes: u64,
    used: Instant,
}

/// How much there may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Of one set.
    pub(super) set: Limit,
    /// Of one client, all its sets together.
    pub(super) client: Limit,
}

/// How many files there may be, and how many bytes they may have together: those of a set when they
/// are here as a whole, those of a client so far. What is only announced takes nothing from anybody.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) files: usize,
    pub(super) bytes: u64,
}

impl Registry {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether its set and its client may have an upload.
    pub(super) fn check(&self, sheet: &Sheet, limits: &Limits) -> Result<(), ResumableError> {
        self.known().check(sheet, limits)
    }

    /// Adds a new upload, unless its set or its client is past a limit then.
    pub(super) fn add(&self, slot: Slot, limits: &Limits) -> Result<Arc<Slot>, ResumableError> {
        let mut known = self.known();
        known.check(&slot.sheet, limits)?;
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

    /// Notes how many bytes of an upload have come. Whether its client may have so many here.
    pub(super) fn arrived(&self, slot: &Slot, bytes: u64, limits: &Limits) -> bool {
        let mut known = self.known();
        let before = slot.note_arrived(bytes);
        let client = slot.sheet.client;
        let Some(total) = client.and_then(|client| known.clients.get_mut(&client)) else {
            return true;
        };
        total.bytes = total.bytes.saturating_sub(before).saturating_add(bytes);
        total.bytes <= limits.client.bytes
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
        let length = slot.sheet.length;
        let set = slot.sheet.set.as_ref();
        if let Some(total) = set.and_then(|set| known.sets.get_mut(set)) {
            total.subtract(length);
        }
        if let Some(client) = slot.sheet.client
            && let Some(total) = known.clients.get_mut(&client)
        {
            total.subtract(slot.arrived());
            if total.files == 0 {
                known.clients.remove(&client);
            }
        }
    }

    /// Forgets sets without uploads.
    pub(super) fn forget_old_sets(&self) {
        let is_used = |total: &Total| total.files > 0 || total.used.elapsed() < SET_TIME;
        self.known().sets.retain(|_, total| is_used(total));
    }
}

impl Known {
    fn check(&self, sheet: &Sheet, limits: &Limits) -> Result<(), ResumableError> {
        let set = sheet.set.as_ref().and_then(|set| self.sets.get(set));
        let (files, bytes) = (limits.set.files, limits.set.bytes);
        if Total::files_with_one(set) > files {
            return Err(ResumableError::TooManyFiles { limit: files });
        }
        if Total::bytes_with(set, sheet.length) > bytes {
            return Err(ResumableError::TooLarge { limit: bytes });
        }
        let client = sheet.client.and_then(|client| self.clients.get(&client));
        let is_too_much = Total::files_with_one(client) > limits.client.files
            || client.is_some_and(|total| total.bytes >= limits.client.bytes);
        if is_too_much {
            return Err(ResumableError::TooManyUnfinished);
        }
        Ok(())
    }

    fn put(&mut self, slot: Slot) -> Arc<Slot> {
        let length = slot.sheet.length;
        if let Some(set) = slot.sheet.set.clone() {
            self.sets
                .entry(set)
                .or_insert_with(Total::nothing)
                .add(length);
        }
        if let Some(client) = slot.sheet.client {
            let total = self.clients.entry(client);
            total.or_insert_with(Total::nothing).add(slot.arrived());
        }
        let slot = Arc::new(slot);
        self.slots.insert(slot.id, Arc::clone(&slot));
        slot
    }
}

impl Total {
    fn nothing() -> Self {
        Self {
            files: 0,
            bytes: 0,
            used: Instant::now(),
        }
    }

    fn files_with_one(total: Option<&Self>) -> usize {
        total.map_or(0, |total| total.files).saturating_add(1)
    }

    fn bytes_with(total: Option<&Self>, bytes: u64) -> u64 {
        total.map_or(0, |total| total.bytes).saturating_add(bytes)
    }

    fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        self.used = Instant::now();
    }

    fn subtract(&mut self, bytes: u64) {
        self.files = self.files.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
        self.used = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        set: Limit {
            files: 2,
            bytes: 100,
        },
        client: Limit {
            files: 3,
            bytes: 150,
        },
    };

    fn slot_of(client: Option<&str>, length: u64, set: &str) -> Slot {
        let set = data_encoding::BASE64.encode(set.as_bytes());
        let metadata = format!("set {set}").parse().unwrap();
        let client = client.map(|client| client.parse().unwrap());
        let sheet = Sheet::new(length, &metadata, client);
        Slot::new(UploadId::random().unwrap(), sheet, 0)
    }

    fn slot(length: u64, set: &str) -> Slot {
        slot_of(None, length, set)
    }

    #[test]
    fn the_limits_hold_for_each_set_as_a_whole() {
        let registry = Registry::default();
        let add = |length, set| registry.add(slot(length, set), &LIMITS);
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
            assert!(registry.add(slot(100, ""), &LIMITS).is_ok());
        }
    }

    #[test]
    fn a_client_has_so_many_files_and_bytes_whatever_sets_they_are_of() {
        let registry = Registry::default();
        let add = |client, length, set| registry.add(slot_of(Some(client), length, set), &LIMITS);
        let is_refused = |added| matches!(added, Err(ResumableError::TooManyUnfinished));
        let large = add("203.0.113.1", 90, "a").unwrap();
        let other = add("203.0.113.1", 100, "b").unwrap();
        assert!(
            registry.arrived(&large, 90, &LIMITS),
            "announced is not come"
        );
        assert!(registry.arrived(&other, 60, &LIMITS));
        assert!(is_refused(add("203.0.113.1", 1, "c")), "no byte more");
        assert!(!registry.arrived(&other, 61, &LIMITS));
        assert!(add("203.0.113.2", 61, "d").is_ok());
        // What is thrown away counts no more.
        assert!(registry.arrived(&other, 10, &LIMITS));
        assert!(add("203.0.113.1", 100, "").is_ok());
        assert!(is_refused(add("203.0.113.1", 0, "c")), "no file more");
        registry.remove(large.id);
        assert!(add("203.0.113.1", 90, "c").is_ok());
        registry
            .all()
            .iter()
            .for_each(|slot| registry.remove(slot.id));
        assert!(registry.known().clients.is_empty());
    }

    #[test]
    fn a_set_stays_known_for_a_while_when_its_uploads_are_gone() {
        let registry = Registry::default();
        let only = registry.add(slot(1, "a"), &LIMITS).unwrap();
        registry.remove(only.id);
        registry.forget_old_sets();
        assert!(registry.knows_set("a") && !registry.knows_set("b"));
    }
}
