//! What is finished of a shard, saved in the store while its worker is still at it: if that one
//! dies, whoever comes next, on whichever machine, goes on behind it.
//!
//! It is saved in parts, each with the records of some files that follow each other, their copies
//! and their pictures. Parts of several workers can be mixed: a part says nothing about others.

use std::{
    io::{self, Cursor, Read as _, Write as _},
    ops::Range,
};

use common::{
    MediaOutcome, MediaRecord,
    job::JobId,
    store::{JobFolder, Store, StoreError},
};
use tokio::runtime::Handle;
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{
    environment::Environment, error::TaskError, lease::HeldLease, shard_files::ShardFiles,
};
use crate::{
    annotate::gallery_pictures::GalleryPictures, input::InputItem, package::Package,
    pipeline::picture_pack::PicturePack,
};

/// The records in a part, one JSON object a line.
const RECORDS: &str = "records.jsonl";

/// A part in memory.
type Part = ZipArchive<Cursor<Vec<u8>>>;

/// What was saved of a file.
pub(super) struct SavedRecord {
    pub(super) record: MediaRecord,
    /// The copies that the record names, with their paths.
    pub(super) copies: Vec<(String, Vec<u8>)>,
    pub(super) pictures: Option<GalleryPictures>,
}

/// The saved parts of a shard.
#[derive(Clone)]
pub(super) struct SavedShard {
    store: Store,
    folder: JobFolder,
    shard: u32,
    runtime: Handle,
}

impl SavedShard {
    /// Those of a shard. To be called where the runtime is.
    pub(super) fn of(store: &Store, job: JobId, shard: u32) -> Self {
        Self {
            store: store.clone(),
            folder: JobFolder::of(job),
            shard,
            runtime: Handle::current(),
        }
    }

    /// Takes over what was saved of the files behind those that are there; `items` are all files of
    /// the shard. `seen` is told of each record. Not to be called where the runtime is.
    pub(super) fn take_over(
        &self,
        items: &[InputItem],
        files: &mut ShardFiles,
        mut seen: impl FnMut(&MediaRecord),
    ) -> Result<(), TaskError> {
        let folder = self.folder.saved(self.shard);
        let listed = self.runtime.block_on(self.store.list(&folder))?;
        let parts = listed.into_iter();
        let parts = parts.filter_map(|file| JobFolder::files_of_part(&file.location));
        let parts: Vec<Range<usize>> = parts.collect();
        loop {
            let here = files.journal.len();
            let next = parts.iter().filter(|part| part.start == here);
            let Some(part) = next.max_by_key(|part| part.end) else {
                break;
            };
            let key = self.folder.saved_part(self.shard, part);
            let Some(bytes) = self.runtime.block_on(self.store.get(&key))? else {
                break;
            };
            let items = items.get(here..).unwrap_or_default();
            let Some(records) = read_part(bytes.to_vec(), items) else {
                tracing::warn!("what was saved of a shard cannot be read");
                break;
            };
            for saved in records {
                seen(&files.add(saved)?);
            }
            if files.journal.len() == here {
                break;
            }
        }
        Ok(files.journal.flush().map_err(crate::job::JobError::from)?)
    }

    /// Saves the records of some files, of which the first has this number in the shard.
    pub(super) fn save(
        &self,
        first: usize,
        records: &[MediaRecord],
        (package, pictures): (&Package, &PicturePack),
    ) -> io::Result<()> {
        let part = write_part(records, package, pictures)?;
        let files = first..first + records.len();
        let key = self.folder.saved_part(self.shard, &files);
        let saved = self.runtime.block_on(self.store.put(&key, part.into()));
        saved.map_err(io::Error::other)
    }

    /// Says in the record that the shard came further than earlier workers did: their deaths say
    /// nothing against what is left.
    pub(super) fn tell_progress(&self, (env, held): (&Environment, &HeldLease)) {
        if held.claim.crashes == 0 {
            return;
        }
        let told = env
            .jobs
            .records
            .change(held.claim.job, |record, _| record.came_past(&held.claim));
        if let Err(error) = self.runtime.block_on(told) {
            tracing::warn!(%error, "progress could not be told");
        }
    }

    /// Removes everything that was saved: the shard is finished.
    pub(super) async fn remove(&self) -> Result<(), StoreError> {
        self.store
            .remove_below(&self.folder.saved(self.shard))
            .await
    }
}

/// Whether the pictures of a record are its own, and not those of an earlier file with the same
/// bytes.
fn has_own_pictures(record: &MediaRecord) -> bool {
    matches!(&record.outcome, MediaOutcome::Processed(media)
        if media.duplicate_of.is_none() && media.picture.is_some())
}

fn write_part(
    records: &[MediaRecord],
    package: &Package,
    pictures: &PicturePack,
) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file(RECORDS, options)?;
    for record in records {
        serde_json::to_writer(&mut zip, record)?;
        zip.write_all(b"\n")?;
    }
    for (number, record) in records.iter().enumerate() {
        for copy in record.copies() {
            zip.start_file(copy, options)?;
            zip.write_all(&std::fs::read(package.folder().join(copy))?)?;
        }
        if let Some(place) = record.picture().filter(|_| has_own_pictures(record)) {
            let GalleryPictures { thumbnail, preview } =
                pictures.read(place).map_err(io::Error::other)?;
            zip.start_file(picture_name(number, "thumbnail"), options)?;
            zip.write_all(&thumbnail)?;
            zip.start_file(picture_name(number, "preview"), options)?;
            zip.write_all(&preview)?;
        }
    }
    Ok(zip.finish()?.into_inner())
}

fn picture_name(number: usize, kind: &str) -> String {
    format!("pictures/{number}/{kind}")
}

/// What is in a part that begins with the first of these files; `None` if it cannot be used.
fn read_part(bytes: Vec<u8>, items: &[InputItem]) -> Option<Vec<SavedRecord>> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let text = String::from_utf8(read_entry(&mut zip, RECORDS)?).ok()?;
    let mut records = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let record: MediaRecord = serde_json::from_str(line).ok()?;
        if items.get(number)?.path != record.path {
            return None;
        }
        let copies = record.copies().map(str::to_owned);
        let copies: Vec<String> = copies.collect();
        let copies = copies.into_iter().map(|copy| {
            let bytes = read_entry(&mut zip, &copy)?;
            Some((copy, bytes))
        });
        let copies = copies.collect::<Option<Vec<_>>>()?;
        let pictures = if has_own_pictures(&record) {
            Some(GalleryPictures {
                thumbnail: read_entry(&mut zip, &picture_name(number, "thumbnail"))?,
                preview: read_entry(&mut zip, &picture_name(number, "preview"))?,
            })
        } else {
            None
        };
        records.push(SavedRecord {
            record,
            copies,
            pictures,
        });
    }
    Some(records)
}

fn read_entry(zip: &mut Part, name: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    zip.by_name(name).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
