//! The records and copies of the new package, made of the old ones.

use std::{
    panic::resume_unwind,
    sync::{Mutex, PoisonError},
    thread,
};

use common::{
    MediaOutcome, MediaRecord,
    media::{OriginalCopy, ProcessedMedia},
};

use super::{
    super::{error::TaskError, lease::HeldLease},
    change::{Change, Source},
    error::RebuildError,
};
use crate::{
    annotate,
    input::{InputItem, InputListing},
    job::JobError,
    media::{
        decode::{self, DecodeLimits, DecodeScale},
        exif,
    },
    package::Package,
    pipeline::{blame, copies::CopyPaths, copying, decode_memory::DecodeMemory},
};

/// What is needed to make records and copies anew.
pub(super) struct Rendering<'a> {
    pub(super) held: &'a HeldLease,
    pub(super) change: &'a Change,
    /// The uploaded pictures, where any is needed.
    pub(super) listing: Option<&'a InputListing>,
    /// Where new copies go.
    pub(super) package: &'a Package,
    /// The scale at which pictures are decoded for the model.
    pub(super) scale: DecodeScale,
    pub(super) limits: DecodeLimits,
    pub(super) memory: &'a DecodeMemory,
    pub(super) threads: usize,
}

impl Rendering<'_> {
    /// Makes records of the new package of consecutive records of the job, the first of which has
    /// number `first`. Duplicates stay as they are.
    pub(super) fn render(
        &self,
        first: usize,
        records: &mut [MediaRecord],
    ) -> Result<(), RebuildError> {
        let queue = Mutex::new((first..).zip(records.iter_mut()));
        thread::scope(|scope| {
            let work = || {
                let mut bytes = Vec::new();
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                    match next {
                        Some((number, record)) => self.remake_one(number, record, &mut bytes)?,
                        None => return Ok(()),
                    }
                }
            };
            let threads: Vec<_> = (0..self.threads).map(|_| scope.spawn(work)).collect();
            let mut ends = threads.into_iter().map(thread::ScopedJoinHandle::join);
            ends.try_for_each(|end| end.unwrap_or_else(|panic| resume_unwind(panic)))
        })
    }

    fn remake_one(
        &self,
        number: usize,
        record: &mut MediaRecord,
        bytes: &mut Vec<u8>,
    ) -> Result<(), RebuildError> {
        if self.held.is_stopped() {
            return Err(TaskError::Stopped.into());
        }
        let uploaded = if self.change.needs_upload(record) {
            Some(self.read(number, record, bytes)?)
        } else {
            None
        };
        let MediaOutcome::Processed(media) = &record.outcome else {
            return Ok(());
        };
        if media.duplicate_of.is_some() {
            return Ok(());
        }
        let [annotated, original] = self.change.sources(record, media);
        let is_reported = self.change.is_reported(record);
        let MediaOutcome::Processed(media) = &mut record.outcome else {
            return Ok(());
        };
        media.original = match (original, uploaded) {
            (Source::Upload, Some(item)) => Some(self.copy_original(item, media, bytes)?),
            (Source::OldPackage, _) => media.original.take(),
            _ => self.change.without_original(media, is_reported),
        };
        media.annotated = match (annotated, uploaded) {
            (Source::Upload, Some(item)) => self.draw(item, media, bytes)?,
            (Source::OldPackage, _) => media.annotated.take(),
            _ => None,
        };
        Ok(())
    }

    /// Reads the uploaded picture of a record.
    fn read(
        &self,
        number: usize,
        record: &MediaRecord,
        bytes: &mut Vec<u8>,
    ) -> Result<&InputItem, RebuildError> {
        let found = self
            .listing
            .and_then(|listing| Some((listing, listing.items().get(number)?)));
        let (listing, item) = found.ok_or(TaskError::fault("the upload is not listed"))?;
        if let Err(error) = listing.read(item, bytes) {
            let failure = blame::of_failed_read(listing, item, error)?;
            return Err(RebuildError::Impossible(format!(
                "An uploaded picture cannot be read any more: {}.",
                failure.detail
            )));
        }
        let hash = blake3::hash(bytes).to_hex();
        if record.path != item.path || record.content_hash.as_deref() != Some(hash.as_str()) {
            return Err(RebuildError::impossible(
                "An uploaded picture is not the one that was looked at.",
            ));
        }
        Ok(item)
    }

    /// The annotated copy, drawn as the pipeline draws it.
    fn draw(
        &self,
        item: &InputItem,
        media: &ProcessedMedia,
        bytes: &[u8],
    ) -> Result<Option<String>, RebuildError> {
        let needed = decode::memory_needed(bytes, self.scale);
        let _reservation = self.memory.reserve(needed);
        let metadata = exif::read(bytes);
        let decode = |scale| decode::decode(bytes, metadata.orientation, scale, self.limits);
        let jpeg = decode(self.scale).and_then(|decoded| {
            let frame = copying::frame_for_copy(decoded, decode);
            let kept = &metadata.structures;
            annotate::annotate(frame, &media.detections, kept, &self.change.new)
        });
        // What cannot be drawn on has no copy, as in the pipeline.
        let (Ok(jpeg), Some(listing)) = (jpeg, self.listing) else {
            return Ok(None);
        };
        let path = CopyPaths::of(listing).annotated(&item.path);
        self.package.write(&path, &jpeg).map_err(JobError::from)?;
        Ok(Some(path))
    }

    fn copy_original(
        &self,
        item: &InputItem,
        media: &ProcessedMedia,
        bytes: &[u8],
    ) -> Result<OriginalCopy, RebuildError> {
        if let Some(reason) = copying::reason_to_withhold(media, &self.change.new, bytes) {
            return Ok(OriginalCopy::Withheld(reason));
        }
        let listing = self
            .listing
            .ok_or(TaskError::fault("the upload is not listed"))?;
        let path = CopyPaths::of(listing).original(&item.path);
        self.package.write(&path, bytes).map_err(JobError::from)?;
        Ok(OriginalCopy::At(path))
    }
}
