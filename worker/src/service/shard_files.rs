//! The files of a shard while it is worked at: copies, the journal of its records, and the pictures
//! of the gallery.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};

use common::{MediaOutcome, MediaRecord, media::PicturePlace};

use super::{error::TaskError, saved_shard::SavedRecord};
use crate::{
    annotate::gallery_pictures::GalleryPictures,
    job::JobError,
    journal::{Journal, JournalHeader, JournalRecords},
    package::Package,
    pipeline::{dedup::Dedup, picture_pack::PicturePack},
    report::RecordSource as _,
};

/// Name of the packed shard in the scratch folder.
pub(super) const PACKED: &str = "shard.zip";
/// Name of its pictures in the scratch folder.
pub(super) const PICTURES: &str = "pictures.jpgs";

/// The files of a shard.
pub(super) struct ShardFiles {
    pub(super) package: Package,
    pub(super) journal: Journal,
    pub(super) pictures: PicturePack,
    /// The contents that were looked at.
    pub(super) dedup: Mutex<Dedup>,
    /// The number of the shard's first file.
    first: usize,
}

impl ShardFiles {
    /// Begins them in a scratch folder, for a shard with this number, whose first file has that one.
    pub(super) fn begin(
        scratch: &Path,
        (shard, first): (u32, usize),
        header: &JournalHeader,
    ) -> Result<Self, TaskError> {
        let package = Package::begin(&scratch.join("package"), false).map_err(JobError::from)?;
        let journal = Journal::create(&package.journal(), header).map_err(JobError::from)?;
        let pictures = PicturePack::create(&scratch.join(PICTURES), shard);
        Ok(Self {
            package,
            journal,
            pictures: pictures.map_err(JobError::from)?,
            dedup: Mutex::default(),
            first,
        })
    }

    /// Takes over what was saved of the next file.
    pub(super) fn add(&mut self, saved: SavedRecord) -> Result<MediaRecord, TaskError> {
        let SavedRecord {
            mut record,
            copies,
            pictures,
        } = saved;
        for (path, bytes) in copies {
            self.package.write(&path, &bytes).map_err(JobError::from)?;
        }
        let earlier = self.claim(&record);
        if let MediaOutcome::Processed(media) = &mut record.outcome {
            media.picture = match (pictures, earlier) {
                (Some(pictures), _) => Some(self.add_pictures(&pictures)?),
                // The same bytes as an earlier file, and so the same pictures.
                (None, Some(earlier)) if media.picture.is_some() => {
                    let earlier = self.journal.read(earlier).map_err(JobError::from)?;
                    earlier.picture()
                }
                (None, _) => None,
            };
        }
        self.journal.append(&record).map_err(JobError::from)?;
        Ok(record)
    }

    fn add_pictures(&self, pictures: &GalleryPictures) -> Result<PicturePlace, TaskError> {
        Ok(self.pictures.add(pictures).map_err(JobError::from)?)
    }

    /// Claims the content of the next record; the number of an earlier one with the same, counted
    /// from the shard's first.
    fn claim(&mut self, record: &MediaRecord) -> Option<usize> {
        let hash = record.content_hash.as_deref()?;
        let hash = blake3::Hash::from_hex(hash).ok()?;
        let dedup = self.dedup.get_mut().unwrap_or_else(PoisonError::into_inner);
        let earlier = dedup.claim(&hash, self.first + self.journal.len())?;
        earlier.checked_sub(self.first)
    }

    /// Packs the finished shard.
    pub(super) fn pack(&self, zip: &Path) -> Result<(), TaskError> {
        self.pictures.finish().map_err(JobError::from)?;
        let records = JournalRecords::at(&self.package.journal());
        Ok(self
            .package
            .pack_shard(zip, records.records()?)
            .map_err(JobError::from)?)
    }
}
