//! Finding the entries above 4 GiB of an archive whose fields have 32 bits.
//!
//! The offsets of the entries behind such a one can rise as if nothing were missing. Each entry
//! is then looked for where it seems to be: those before are there, those behind are not, and
//! halving finds the first that is not with few looks, however many entries there are.

use std::io;

use rawzip::ZipArchive;

use super::{
    archive_bytes::ArchiveBytes,
    corrections::{Corrections, Step, for_each_placed},
    error::ArchiveError,
    extent::WRAP,
    limits::ArchiveLimits,
    local_header::HeaderMark,
};

/// Entries in a row whose headers may be damaged.
const DAMAGED_IN_A_ROW: usize = 8;
/// How often the archive is looked at; a sound one of 100 TB needs fewer.
const MOST_LOOKS: u32 = 200_000;

/// The entries of an archive, each where its offset says at least.
pub(super) struct LostWraps<'a> {
    bytes: &'a ArchiveBytes,
    entries: Vec<Seeming>,
    looks: u32,
}

/// An entry where it seems to be.
#[derive(Clone, Copy)]
struct Seeming {
    offset: u64,
    mark: HeaderMark,
}

impl<'a> LostWraps<'a> {
    /// Takes the entries as `corrections` place them.
    pub(super) fn new(
        directory: &'a ZipArchive<ArchiveBytes>,
        limits: &ArchiveLimits,
        corrections: &Corrections,
    ) -> Result<Self, ArchiveError> {
        let mut entries = Vec::new();
        for_each_placed(directory, limits, corrections, |record, extent| {
            entries.push(Seeming {
                offset: extent.header_offset,
                mark: HeaderMark::of(record),
            });
            Ok(())
        })?;
        Ok(Self {
            bytes: directory.get_ref(),
            entries,
            looks: 0,
        })
    }

    /// Finds where `lost` times 4 GiB are missing and adds them to the corrections. Where damage
    /// hides it, the rest is left as it is.
    pub(super) fn find(mut self, lost: u64, corrections: &mut Corrections) -> io::Result<()> {
        let (mut found, mut checked) = (0, 0);
        while found < lost {
            let first = self.first_missing(checked, found)?;
            if first >= self.entries.len() {
                note_large(corrections, first, lost - found);
                break;
            }
            let Some((there, wraps)) = self.next_there(first, found, lost)? else {
                break;
            };
            if wraps > found {
                let next = self.behind_large(first, there);
                note_large(corrections, next, wraps - found);
                add_step(&mut corrections.steps, next, (wraps - found) * WRAP);
            }
            (found, checked) = (wraps, there + 1);
        }
        Ok(())
    }

    /// The first entry from `checked` on that is not where it seems to be, `wraps` counted in.
    fn first_missing(&mut self, checked: usize, wraps: u64) -> io::Result<usize> {
        let (mut there, mut missing) = (checked, self.entries.len());
        while there < missing {
            let middle = there + (missing - there) / 2;
            if self.is_there(middle, wraps)? {
                there = middle + 1;
            } else {
                missing = middle;
            }
        }
        Ok(missing)
    }

    /// The first entry from `first` on that can be found, and with how many wraps, of `from` to
    /// `to`. Those before it are damaged.
    fn next_there(&mut self, first: usize, from: u64, to: u64) -> io::Result<Option<(usize, u64)>> {
        let last = self.entries.len().min(first + DAMAGED_IN_A_ROW);
        for number in first..last {
            for wraps in from..=to {
                if self.is_there(number, wraps)? {
                    return Ok(Some((number, wraps)));
                }
            }
        }
        Ok(None)
    }

    /// The entry behind the large one, where those from `first` to before `there` are damaged, so
    /// that it can be each of them or the one before: videos are stored, not packed.
    fn behind_large(&self, first: usize, there: usize) -> usize {
        let is_behind_stored = |next: &usize| {
            let before = next.checked_sub(1).and_then(|at| self.entries.get(at));
            before.is_some_and(|entry| entry.mark.is_stored())
        };
        (first..=there)
            .rev()
            .find(is_behind_stored)
            .unwrap_or(first)
    }

    fn is_there(&mut self, number: usize, wraps: u64) -> io::Result<bool> {
        self.looks += 1;
        let Some(entry) = self
            .entries
            .get(number)
            .filter(|_| self.looks <= MOST_LOOKS)
        else {
            return Ok(false);
        };
        let offset = entry.offset.saturating_add(wraps.saturating_mul(WRAP));
        entry.mark.is_at(self.bytes, offset)
    }
}

/// Notes that the entry before the one with this number is larger than it says.
fn note_large(corrections: &mut Corrections, next: usize, wraps: u64) {
    if let Some(record) = (next as u64).checked_sub(1) {
        let bytes = wraps.saturating_mul(WRAP);
        corrections.large.push(Step { record, bytes });
    }
}

/// Adds so many bytes to all offsets from a record on.
fn add_step(steps: &mut Vec<Step>, record: usize, bytes: u64) {
    let record = record as u64;
    let at = steps.partition_point(|step| step.record < record);
    let before = at.checked_sub(1).and_then(|before| steps.get(before));
    let added_before = before.map_or(0, |step| step.bytes);
    if steps.get(at).is_none_or(|step| step.record != record) {
        let step = Step {
            record,
            bytes: added_before,
        };
        steps.insert(at, step);
    }
    for step in steps.iter_mut().skip(at) {
        step.bytes = step.bytes.saturating_add(bytes);
    }
}
