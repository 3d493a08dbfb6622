//! Looking into an uploaded file: is it what its name says, and is there anything to do?

use common::{
    MediaPath, SkipReason,
    archive::{Archive, ArchiveEntry, ArchiveError, ArchiveLimits, EntryKind},
    job::Upload,
    media_kind::MediaKind,
    store::Store,
};
use object_store::path::Path as Key;

use super::{SubmissionError, local_archive::LocalArchive, magic};

/// Files without a telling name that are looked at in an archive, and how large each may be.
const LOOKED_AT: usize = 50;
const LOOKED_AT_BYTES: u64 = 64 << 20;

/// What there is in a file for the model to look at, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Held {
    /// Nothing.
    Nothing,
    /// Pictures that cannot be read.
    UnsupportedImages,
    /// Pictures, or files that may turn out to be some.
    Images,
}

/// Looks into an uploaded file.
pub(super) async fn look(
    store: &Store,
    key: &Key,
    upload: &Upload,
) -> Result<Held, SubmissionError> {
    match MediaKind::of(&MediaPath::from_display_name(&upload.name)) {
        MediaKind::Image => Ok(Held::Images),
        MediaKind::UnsupportedImage => Ok(Held::UnsupportedImages),
        // What is wrong with other kinds of archives is told when they are opened as zips.
        MediaKind::Skip(SkipReason::NestedArchive) => look_into(store, key, upload).await,
        MediaKind::Skip(_) => Ok(Held::Nothing),
        MediaKind::Unknown => {
            let end = upload.size_bytes.min(magic::BYTES);
            let bytes = if end == 0 {
                bytes::Bytes::new()
            } else {
                store.get_range(key, 0..end).await?
            };
            if magic::is_zip(&bytes) {
                look_into(store, key, upload).await
            } else if magic::is_image(&bytes) {
                Ok(Held::Images)
            } else {
                Ok(Held::Nothing)
            }
        }
    }
}

async fn look_into(store: &Store, key: &Key, upload: &Upload) -> Result<Held, SubmissionError> {
    let file = LocalArchive::of(store, key, upload).await?;
    let name = upload.name.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let archive = Archive::open(file.path(), ArchiveLimits::default())?;
        contents(&archive, file.is_whole())
    });
    let held = looked
        .await
        .map_err(|error| SubmissionError::Look(error.into()))?;
    held.map_err(|source| SubmissionError::Archive { name, source })
}

fn contents(archive: &Archive, is_whole: bool) -> Result<Held, ArchiveError> {
    let mut held = Held::Nothing;
    let (mut untold, mut untold_count) = (Vec::new(), 0);
    archive.visit_entries(|entry| {
        if entry.location.kind != EntryKind::File {
            return;
        }
        match MediaKind::of(&entry.path) {
            MediaKind::Image => held = Held::Images,
            MediaKind::UnsupportedImage => held = held.max(Held::UnsupportedImages),
            MediaKind::Skip(_) => {}
            MediaKind::Unknown => {
                untold_count += 1;
                if untold.len() < LOOKED_AT {
                    untold.push(entry);
                }
            }
        }
    })?;
    if held == Held::Images || untold_count == 0 {
        return Ok(held);
    }
    let is_hopeful = !is_whole || untold_count > LOOKED_AT;
    if is_hopeful || untold.iter().any(|entry| may_be_image(archive, entry)) {
        held = Held::Images;
    }
    Ok(held)
}

fn may_be_image(archive: &Archive, entry: &ArchiveEntry) -> bool {
    if entry.size_bytes > LOOKED_AT_BYTES {
        return true;
    }
    let mut bytes = Vec::new();
    archive.read(entry, &mut bytes).is_ok() && magic::is_image(&bytes)
}
