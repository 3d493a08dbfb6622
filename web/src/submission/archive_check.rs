//! Looking into an uploaded file: is it what its name says, and is there anything to do?

use common::{
    MediaPath, SkipReason,
    archive::{
        Archive, ArchiveEntry, ArchiveError, ArchiveLimits, EntryError, EntryKind, NameEncoding,
    },
    job::Upload,
    media_kind::MediaKind,
    store::Store,
};

use super::{Arrived, SubmissionError, magic};

/// Files without a telling name that are looked at in an archive.
const LOOKED_AT: usize = 50;

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
    file: &Arrived,
    upload: &Upload,
    names: Option<NameEncoding>,
) -> Result<Held, SubmissionError> {
    match MediaKind::of(&MediaPath::from_display_name(&upload.name)) {
        MediaKind::Image => Ok(Held::Images),
        MediaKind::UnsupportedImage => Ok(Held::UnsupportedImages),
        // What is wrong with other kinds of archives is told when they are opened as zips.
        MediaKind::Skip(SkipReason::NestedArchive) => look_into(store, file, upload, names).await,
        MediaKind::Skip(_) => Ok(Held::Nothing),
        MediaKind::Unknown => {
            let head = file.head(store).await?;
            if magic::is_zip(&head) {
                look_into(store, file, upload, names).await
            } else if magic::is_image(&head) {
                Ok(Held::Images)
            } else {
                Ok(Held::Nothing)
            }
        }
    }
}

async fn look_into(
    store: &Store,
    file: &Arrived,
    upload: &Upload,
    names: Option<NameEncoding>,
) -> Result<Held, SubmissionError> {
    let file = file.reader(store).await?;
    let name = upload.name.clone();
    let looked = tokio::task::spawn_blocking(move || {
        contents(&Archive::open_in(file, ArchiveLimits::default(), names)?)
    });
    let held = looked
        .await
        .map_err(|error| SubmissionError::Look(error.into()))?;
    held.map_err(|source| SubmissionError::Archive { name, source })
}

fn contents(archive: &Archive) -> Result<Held, ArchiveError> {
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
    let mut is_hopeful = untold_count > LOOKED_AT;
    for entry in &untold {
        is_hopeful = is_hopeful || may_be_image(archive, entry)?;
    }
    if is_hopeful {
        held = Held::Images;
    }
    Ok(held)
}

fn may_be_image(archive: &Archive, entry: &ArchiveEntry) -> Result<bool, ArchiveError> {
    let mut head = Vec::new();
    match archive.read_head(&entry.location, entry.size_bytes, magic::BYTES, &mut head) {
        Ok(()) => Ok(magic::is_image(&head)),
        Err(EntryError::Unusable(_)) => Ok(false),
        Err(EntryError::Access(error)) => Err(error.into()),
    }
}
