//! Puts records into path order and writes them to the journal.

use std::collections::BTreeMap;

use common::{MediaOutcome, MediaPath, MediaRecord, media::OriginalCopy};

use crate::{
    journal::Journal,
    pipeline::{
        PipelineError,
        copies::CopyPaths,
        inspect::{Finding, Inspected, PipelineContext},
    },
};

/// Holds findings back until it is their turn. Tickets bound how many can wait here.
pub struct RecordWriter<'a> {
    journal: &'a mut Journal,
    context: &'a PipelineContext<'a>,
    waiting: BTreeMap<usize, Finding>,
    next: usize,
}

impl<'a> RecordWriter<'a> {
    /// A writer whose next record is number `next`.
    #[must_use]
    pub fn new(journal: &'a mut Journal, context: &'a PipelineContext<'a>, next: usize) -> Self {
        Self {
            journal,
            context,
            waiting: BTreeMap::new(),
            next,
        }
    }

    /// Takes a finding, whenever it comes.
    pub fn accept(&mut self, inspected: Inspected) {
        self.waiting.insert(inspected.index, inspected.finding);
    }

    /// Writes the next record, if it is known by now.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write_next(&mut self) -> Result<Option<MediaRecord>, PipelineError> {
        let record = match self.waiting.get(&self.next) {
            None => return Ok(None),
            Some(&Finding::Duplicate { of }) if of > self.next => match self.overtake(of)? {
                Some(record) => record,
                None => return Ok(None),
            },
            Some(&Finding::Duplicate { of }) => {
                let first = self.journal.read(of)?;
                self.copy_of(&first)
            }
            Some(Finding::Record(record)) => MediaRecord::clone(record),
        };
        self.journal.append(&record)?;
        self.waiting.remove(&self.next);
        self.next += 1;
        Ok(Some(record))
    }

    /// A later file claimed this one's content first. Once that file's record is here, this one
    /// takes it over, and the later one becomes the copy, as if they had come in path order.
    fn overtake(&mut self, later: usize) -> Result<Option<MediaRecord>, PipelineError> {
        let Some(Finding::Record(record)) = self.waiting.get(&later) else {
            return Ok(None);
        };
        let mut record = MediaRecord::clone(record);
        record.path = self.path_of(self.next)?;
        if let MediaOutcome::Processed(media) = &mut record.outcome {
            let paths = CopyPaths::of(self.context.listing);
            if let Some(copy) = &mut media.annotated {
                let own = paths.annotated(&record.path);
                self.context.package.rename(copy, &own)?;
                *copy = own;
            }
            if let Some(OriginalCopy::At(copy)) = &mut media.original {
                let own = paths.original(&record.path);
                self.context.package.rename(copy, &own)?;
                *copy = own;
            }
        }
        self.waiting
            .insert(later, Finding::Duplicate { of: self.next });
        Ok(Some(record))
    }

    /// The record of a file with the same bytes as `first`: the same findings under its own path.
    /// It shares the copies of the first.
    fn copy_of(&self, first: &MediaRecord) -> MediaRecord {
        let mut record = first.clone();
        if let Ok(path) = self.path_of(self.next) {
            record.path = path;
        }
        if let MediaOutcome::Processed(media) = &mut record.outcome {
            media.duplicate_of.get_or_insert_with(|| first.path.clone());
        }
        record
    }

    fn path_of(&self, index: usize) -> Result<MediaPath, PipelineError> {
        let item = self.context.listing.items().get(index);
        item.map(|item| item.path.clone())
            .ok_or(PipelineError::WorkerLost)
    }

    /// Hands everything written to the kernel.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn flush(&mut self) -> Result<(), PipelineError> {
        Ok(self.journal.flush()?)
    }
}
