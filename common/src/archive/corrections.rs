//! What to add to the offsets and sizes that the directory of an archive states.

use rawzip::{ZipArchive, ZipFileHeaderRecord};

use super::{
    archive_bytes::ArchiveBytes, directory::for_each_record, error::ArchiveError,
    extent::EntryExtent, limits::ArchiveLimits,
};

/// What to add to the offsets and sizes that the directory of an archive states.
#[derive(Debug, Default)]
pub(super) struct Corrections {
    /// Taken from every offset first; rawzip adds it to those of archives with bytes in front.
    pub(super) surplus: u64,
    /// Record numbers from which on so much is added to offsets, rising.
    pub(super) steps: Vec<Step>,
    /// Record numbers of entries above 4 GiB, rising, and what their packed sizes lack.
    pub(super) large: Vec<Step>,
    /// Whether anything was lost at all: else every record is right as it is.
    pub(super) is_wrapped: bool,
}

/// A record of the directory, by its number, and bytes to be added from it on, or for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) record: u64,
    pub(super) bytes: u64,
}

impl Corrections {
    /// Puts the entries of the directory where they are, when shown its records in their order.
    pub(super) fn placer(&self) -> Placer<'_> {
        Placer {
            corrections: self,
            steps: self.steps.iter().peekable(),
            large: self.large.iter().peekable(),
            added: 0,
            record: 0,
        }
    }
}

/// Says where the entries of a directory are, one after the other.
pub(super) struct Placer<'a> {
    corrections: &'a Corrections,
    steps: std::iter::Peekable<std::slice::Iter<'a, Step>>,
    large: std::iter::Peekable<std::slice::Iter<'a, Step>>,
    added: u64,
    record: u64,
}

impl Placer<'_> {
    /// Where the entry of the next record is.
    pub(super) fn place(&mut self, record: &ZipFileHeaderRecord<'_>) -> EntryExtent {
        let stated = EntryExtent::stated(record);
        if !self.corrections.is_wrapped {
            return stated;
        }
        let number = self.record;
        self.record += 1;
        if let Some(step) = self.steps.next_if(|step| step.record == number) {
            self.added = step.bytes;
        }
        let large = self.large.next_if(|large| large.record == number);
        EntryExtent {
            header_offset: stated
                .header_offset
                .saturating_sub(self.corrections.surplus)
                .saturating_add(self.added),
            ..stated.widened(large.map_or(0, |large| large.bytes))
        }
    }
}

/// Shows every record with its place.
pub(super) fn for_each_placed(
    directory: &ZipArchive<ArchiveBytes>,
    limits: &ArchiveLimits,
    corrections: &Corrections,
    mut visit: impl FnMut(&ZipFileHeaderRecord<'_>, EntryExtent) -> Result<(), ArchiveError>,
) -> Result<u64, ArchiveError> {
    let mut placer = corrections.placer();
    for_each_record(directory, limits, |record| {
        let extent = placer.place(record);
        visit(record, extent)
    })
}
