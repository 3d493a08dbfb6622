//! Merging shards into the package that one run over the whole upload would have made.
//!
//! Only one thing is different from a single run: a shard does not know the files of those before
//! it, so exact copies of their files were looked at again. Here they become what they are.

use std::{
    collections::HashMap,
    io::{self, BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
};

use common::{Counts, MediaRecord, Threshold};
use zip::result::ZipResult;

use super::{
    error::TaskError,
    packed_shards::{PackedShard, PackedShards},
};
use crate::{
    job::JobError,
    journal::{Journal, JournalHeader, JournalRecords},
    package::{
        SHARD_JOURNAL,
        packing::{self, CopiesToPack, FirstFiles, Zip},
    },
    report::{self, CopySource, RecordSource as _},
    run_facts::RunFacts,
};

/// The copies in the shards; a record's is in its own.
struct ShardCopies<'a> {
    shards: &'a PackedShards,
    lengths: &'a [usize],
}

impl ShardCopies<'_> {
    /// The number of the shard that has a record.
    fn shard_of(&self, record: usize) -> io::Result<u32> {
        let ends = self.lengths.iter().scan(0, |end, length| {
            *end += length;
            Some(*end)
        });
        let shard = ends.take_while(|end| *end <= record).count();
        u32::try_from(shard).map_err(io::Error::other)
    }
}

impl CopySource for ShardCopies<'_> {
    fn copy(&self, record: usize, path: &str) -> io::Result<Vec<u8>> {
        let mut zip = self.shards.open(self.shard_of(record)?)?;
        let mut bytes = Vec::new();
        zip.by_name(path)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// The same on their way into the package, as they are: without unpacking.
struct ShardCopiesToPack<'a> {
    copies: ShardCopies<'a>,
    /// The shard that is open, which has the records that come one after the other.
    open: Option<(u32, PackedShard)>,
}

impl CopiesToPack for ShardCopiesToPack<'_> {
    fn add(&mut self, zip: &mut Zip, record: usize, copy: &str) -> ZipResult<()> {
        let number = self.copies.shard_of(record)?;
        let shard = match self.open.take() {
            Some((open, shard)) if open == number => shard,
            _ => self.copies.shards.open(number)?,
        };
        let (_, shard) = self.open.insert((number, shard));
        zip.raw_copy_file(shard.by_name(copy)?)
    }
}

/// The records of all shards in a journal of their own.
pub(super) struct Merged {
    journal: PathBuf,
    pub(super) counts: Counts,
    /// How many records each shard has.
    lengths: Vec<usize>,
}

/// Merges the records of packed shards, in their order. `seen` is told of each.
pub(super) fn merge_records(
    shards: &PackedShards,
    header: &JournalHeader,
    threshold: Threshold,
    journal: &Path,
    mut seen: impl FnMut(&MediaRecord) -> io::Result<()>,
) -> Result<Merged, TaskError> {
    let mut merged = Journal::create(journal, header).map_err(JobError::from)?;
    let mut firsts: HashMap<String, usize> = HashMap::new();
    let (mut counts, mut lengths) = (Counts::default(), Vec::new());
    for shard in shards.open_each() {
        let mut zip = shard?;
        let before = merged.len();
        let entry = zip.by_name(SHARD_JOURNAL).map_err(io::Error::from)?;
        for line in BufReader::new(entry).lines().skip(1) {
            let record: MediaRecord = serde_json::from_str(&line?).map_err(io::Error::from)?;
            let record = with_first(record, &mut firsts, &mut merged)?;
            counts.add(&record, threshold);
            seen(&record)?;
            merged.append(&record).map_err(JobError::from)?;
        }
        lengths.push(merged.len() - before);
    }
    merged.flush().map_err(JobError::from)?;
    Ok(Merged {
        journal: journal.to_owned(),
        counts,
        lengths,
    })
}

/// The record itself, or, if a file with the same bytes came before, that of its copy.
fn with_first(
    record: MediaRecord,
    firsts: &mut HashMap<String, usize>,
    merged: &mut Journal,
) -> Result<MediaRecord, TaskError> {
    let Some(hash) = record.content_hash.clone() else {
        return Ok(record);
    };
    match firsts.get(&hash) {
        Some(&first) => {
            let first = merged.read(first).map_err(JobError::from)?;
            Ok(first.duplicate_at(record.path))
        }
        None => {
            firsts.insert(hash, merged.len());
            Ok(record)
        }
    }
}

/// Writes the reports into `folder`, and packs them with all copies into `zip`. Copies are taken
/// over as they are, without unpacking.
pub(super) fn write_package(
    shards: &PackedShards,
    merged: &Merged,
    facts: &RunFacts,
    folder: &Path,
    zip: &Path,
) -> Result<(), TaskError> {
    let records = JournalRecords::at(&merged.journal);
    let copies = ShardCopies {
        shards,
        lengths: &merged.lengths,
    };
    report::write_all(&records, &copies, facts, folder).map_err(JobError::from)?;
    let first = FirstFiles {
        folder,
        names: report::files(false),
    };
    let mut copies = ShardCopiesToPack { copies, open: None };
    let packed = packing::pack(zip, first, records.records()?, &mut copies);
    Ok(packed.map_err(JobError::from)?)
}
