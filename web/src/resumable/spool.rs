//! The folder of uploads that are no job yet, and what this process knows of them.

mod files;
mod registry;
mod sweep;
mod unanswered;

use std::{
    io,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use prometheus::IntCounter;

use super::{Hold, ResumableError, UploadId, hold::Slot, sheet::Sheet};
use crate::{
    config::WebConfig,
    space::{NoSpace, Reservation, Space},
};
use files::Files;
use registry::{Limit, Limits, Registry};

/// The uploads that are no job yet.
pub(crate) struct Spool {
    files: Files,
    registry: Registry,
    space: Space,
    limits: Limits,
    retention: Duration,
    /// Bytes that have come, of all uploads.
    received_bytes: IntCounter,
}

impl Spool {
    /// Opens the folder, which is made if it is not there, and looks what is in it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn open(
        config: &WebConfig,
        store: &Space,
        received_bytes: IntCounter,
    ) -> io::Result<Self> {
        let folder = &config.upload_dir;
        let files = Files::open(folder)?;
        let spool = Self {
            space: store.beside(folder),
            files,
            registry: Registry::default(),
            received_bytes,
            limits: Limits {
                set: Limit {
                    files: config.max_upload_files,
                    bytes: config.max_upload_bytes,
                },
                client: Limit {
                    files: config.unfinished_files_per_client(),
                    bytes: config.unfinished_bytes_per_client(),
                },
            },
            retention: Duration::from_secs(86_400 * u64::from(config.upload_retention_days)),
        };
        for id in spool.files.uploads()? {
            if let Err(error) = spool.load(id) {
                tracing::warn!(upload = id.tag(), %error, "an upload cannot be gone on with");
            }
        }
        Ok(spool)
    }

    /// Begins an upload.
    ///
    /// # Errors
    /// When it is past a limit, there is no room for it, or the disk refuses.
    pub(crate) async fn begin(&self, sheet: Sheet) -> Result<Hold, ResumableError> {
        let limit = self.limits.set.bytes;
        if sheet.length > limit {
            return Err(ResumableError::TooLarge { limit });
        }
        if self.registry.check(&sheet, &self.limits).is_err() {
            self.forget_unanswered(&sheet).await?;
        }
        self.space.check(sheet.length)?;
        let id = UploadId::random()?;
        let slot = self.registry.add(Slot::new(id, sheet, 0), &self.limits)?;
        let hold = Arc::clone(&slot).hold().await;
        if let Err(error) = self.files.create(id, &slot.sheet).await {
            self.registry.remove(id);
            self.files.remove(id).await?;
            return Err(error.into());
        }
        Ok(hold)
    }

    /// Whether uploads of this set have come before.
    pub(crate) fn knows_set(&self, set: Option<&str>) -> bool {
        set.is_some_and(|set| self.registry.knows_set(set))
    }

    /// Takes an upload out of the hands of whoever has it.
    ///
    /// # Errors
    /// [`ResumableError::Gone`] when there is none.
    pub(crate) async fn hold(&self, id: UploadId) -> Result<Hold, ResumableError> {
        let slot = match self.registry.find(id) {
            Some(slot) => slot,
            // Another process may have begun it.
            None => self.load(id)?,
        };
        let hold = slot.hold().await;
        // While this one waited it may have been removed.
        if self.registry.find(id).is_none() {
            return Err(ResumableError::Gone);
        }
        Ok(hold)
    }

    /// How many bytes of an upload are on the disk, whatever happens to this machine now.
    ///
    /// # Errors
    /// [`ResumableError::Gone`] when its bytes are not here any more; when the disk refuses.
    pub(crate) async fn offset(&self, hold: &Hold) -> Result<u64, ResumableError> {
        let offset = self.files.durable_bytes(hold.slot.id).await;
        let offset = offset?.ok_or(ResumableError::Gone)?;
        if offset < hold.slot.sheet.length && self.is_expired(&hold.slot)? {
            return Err(ResumableError::Gone);
        }
        Ok(offset)
    }

    /// Room for what a request brings of an upload, at most so much.
    ///
    /// # Errors
    /// When there is not so much.
    pub(super) fn room(&self, bytes: u64) -> Result<Reservation, NoSpace> {
        self.space.reserve(Some(bytes))
    }

    /// Notes how many bytes of an upload have come. Whether its client may have so many here.
    pub(super) fn arrived(&self, slot: &Slot, bytes: u64) -> bool {
        self.registry.arrived(slot, bytes, &self.limits)
    }

    /// Counts bytes that have come, of whichever upload.
    pub(super) fn count_received(&self, bytes: u64) {
        self.received_bytes.inc_by(bytes);
    }

    /// Most files of one set.
    pub(super) fn most_files(&self) -> usize {
        self.limits.set.files
    }

    /// Most bytes that the files of one set may have together.
    pub(super) fn most_bytes(&self) -> u64 {
        self.limits.set.bytes
    }

    /// Until when an upload is kept if nothing comes any more.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn expires(&self, hold: &Hold) -> Result<SystemTime, ResumableError> {
        let touched = self.files.touched(hold.slot.id)?;
        let touched = touched.ok_or(ResumableError::Gone)?;
        Ok(touched.checked_add(self.retention).unwrap_or(touched))
    }

    /// Removes an upload.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn remove(&self, hold: &Hold) -> Result<(), ResumableError> {
        self.files.remove(hold.slot.id).await?;
        self.registry.remove(hold.slot.id);
        Ok(())
    }

    /// How the uploads lie on the disk.
    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    /// The file with the bytes of an upload.
    pub(crate) fn path(&self, id: UploadId) -> PathBuf {
        self.files.bytes(id)
    }

    /// Whether this folder is on the disk of the store, so that a file need only be renamed.
    pub(crate) fn is_beside(&self, store: &Space) -> bool {
        store.is_disk_of(self.files.folder())
    }

    /// What the disk knows of an upload.
    fn load(&self, id: UploadId) -> Result<Arc<Slot>, ResumableError> {
        let sheet = self.files.load(id)?.ok_or(ResumableError::Gone)?;
        let arrived = self.files.arrived(id)?;
        Ok(self.registry.put(Slot::new(id, sheet, arrived)))
    }
}
