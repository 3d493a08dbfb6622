//! What a run takes over from an interrupted one.

use std::collections::HashSet;

use common::MediaRecord;

use super::JobError;
use crate::{
    input::InputListing,
    journal::{Journal, JournalHeader},
    package::Package,
    pipeline::{copies::copies_of, dedup::Dedup},
    progress::surprise,
    run_facts::Counts,
};

/// A journal, and what its records add up to.
pub(super) struct Resumed {
    pub(super) journal: Journal,
    /// The contents that were looked at.
    pub(super) dedup: Dedup,
    pub(super) counts: Counts,
    /// By how much they changed the number of images; see [`surprise`].
    pub(super) surprise: i64,
}

impl Resumed {
    /// A journal without records.
    pub(super) fn nothing(journal: Journal) -> Self {
        Self {
            journal,
            dedup: Dedup::default(),
            counts: Counts::default(),
            surprise: 0,
        }
    }
}

/// Takes over the records of a package's journal that still hold, and removes copies that none
/// of them names.
pub(super) fn resume(
    listing: &InputListing,
    package: &Package,
    header: &JournalHeader,
) -> Result<Resumed, JobError> {
    let (mut dedup, mut counts) = (Dedup::default(), Counts::default());
    let mut surprises = 0;
    let mut named = HashSet::new();
    let journal = Journal::resume(&package.journal(), header, |number, record| {
        let is_kept = is_still_whole(listing, package, number, record);
        if is_kept {
            named.extend(copies_of(record).into_iter().flatten().map(str::to_owned));
            counts.add(record, header.options.threshold);
            surprises += surprise(record);
            let hash = record.content_hash.as_deref();
            if let Some(hash) = hash.and_then(|hash| blake3::Hash::from_hex(hash).ok()) {
                dedup.claim(&hash, number);
            }
        }
        is_kept
    })?;
    package.remove_strays(|copy| named.contains(copy))?;
    Ok(Resumed {
        journal,
        dedup,
        counts,
        surprise: surprises,
    })
}

/// Whether a record of an interrupted run still holds: it is that of the same file, and the
/// copies it names are there and whole (a power cut can lose them).
fn is_still_whole(
    listing: &InputListing,
    package: &Package,
    number: usize,
    record: &MediaRecord,
) -> bool {
    let is_same_file = listing
        .items()
        .get(number)
        .is_some_and(|item| item.path == record.path);
    let [annotated, original] = copies_of(record);
    is_same_file
        && annotated.is_none_or(|copy| package.holds_jpeg(copy))
        && original.is_none_or(|copy| package.holds(copy, record.size_bytes))
}
