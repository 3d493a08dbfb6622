//! Looking into an uploaded file: is it what its name says, and is there anything to do?

use common::{
    MediaPath, SkipReason,
    archive::{
        Archive, ArchiveEntry, ArchiveError, ArchiveLimits, EntryError, EntryKind, NameEncoding,
        SplitKind,
    },
    file_signature,
    job::Upload,
    media_kind::MediaKind,
    store::Store,
};

use super::SubmissionError;
use crate::arrived::Arrived;

/// Files without a telling name that are looked at in an archive, and so many of those that are
/// called something else than pictures.
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
        // What is wrong with other kinds of archives is found when they are opened as zips.
        MediaKind::Skip(SkipReason::NestedArchive | SkipReason::ArchivePart) => {
            match look_into(store, file, upload, names).await {
                Err(SubmissionError::Archive { .. })
                    if file_signature::is_picture(&file.head(store).await?) =>
                {
                    Ok(Held::Images)
                }
                looked => looked,
            }
        }
        kind if !kind.may_be_image() => Ok(Held::Nothing),
        kind => {
            let head = file.head(store).await?;
            // A document can be a zip inside, too; its name says that it is none of pictures.
            let is_untold = !matches!(kind, MediaKind::Skip(SkipReason::NotAnImage));
            if is_untold && file_signature::begins_as_zip(&head) {
                look_into(store, file, upload, names).await
            } else if file_signature::is_picture(&head) {
                Ok(Held::Images)
            } else if let Some(kind) = SplitKind::of_remainder(&upload.name, &head) {
                Err(SubmissionError::Archive {
                    name: upload.name.clone(),
                    source: ArchiveError::Split { kind },
                })
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
    held.map_err(|source| SubmissionError::Archive {
        source: source.in_file(&name),
        name,
    })
}

fn contents(archive: &Archive) -> Result<Held, ArchiveError> {
    let mut held = Held::Nothing;
    let (mut untold, mut untold_count) = (Vec::new(), 0);
    // Pictures are called videos now and then; where there are many, the first ones tell.
    let mut misnamed = Vec::new();
    archive.visit_entries(|entry| {
        if entry.location.kind != EntryKind::File {
            return;
        }
        let kind = MediaKind::of(&entry.path);
        match kind {
            MediaKind::Image => held = Held::Images,
            MediaKind::UnsupportedImage => held = held.max(Held::UnsupportedImages),
            MediaKind::Skip(_) => {
                if kind.may_be_image() && misnamed.len() < LOOKED_AT {
                    misnamed.push(entry);
                }
            }
            MediaKind::Unknown => {
                untold_count += 1;
                if untold.len() < LOOKED_AT {
                    untold.push(entry);
                }
            }
        }
    })?;
    if held == Held::Images {
        return Ok(held);
    }
    let mut is_hopeful = untold_count > LOOKED_AT;
    for entry in untold.iter().chain(&misnamed) {
        is_hopeful = is_hopeful || may_be_image(archive, entry)?;
    }
    if is_hopeful {
        held = Held::Images;
    }
    Ok(held)
}

fn may_be_image(archive: &Archive, entry: &ArchiveEntry) -> Result<bool, ArchiveError> {
    let mut head = Vec::new();
    let (location, count) = (&entry.location, file_signature::PICTURE_HEAD_BYTES);
    match archive.read_head(location, entry.size_bytes, count, &mut head) {
        Ok(()) => Ok(file_signature::is_picture(&head)),
        Err(EntryError::Unusable(_)) => Ok(false),
        Err(EntryError::Access(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    /// What is found in an archive that holds one file.
    fn held(name: &str, content: &[u8]) -> Held {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        writer.start_file(name, options).unwrap();
        writer.write_all(content).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.zip");
        std::fs::write(&path, writer.finish().unwrap().into_inner()).unwrap();
        contents(&Archive::open(&path, ArchiveLimits::default(), None).unwrap()).unwrap()
    }

    #[test]
    fn a_file_without_a_telling_name_is_a_picture_if_it_can_be_decoded() {
        let reserved = b"BM\x46\0\0\0\x01\0\x02\0\x36\0\0\0\x28\0\0\0";
        for picture in [&b"\xFF\xD8\xFF\xE0"[..], b"II*\0\x08\0\0\0", reserved] {
            assert_eq!(held("IMG_0001", picture), Held::Images, "{picture:x?}");
            assert_eq!(held("IMG_0001.AVI", picture), Held::Images, "{picture:x?}");
        }
        let raw = b"II*\0\x10\0\0\0CR\x02\0";
        let other_header = b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x10\0\0\0";
        for other in [&b"site,camera"[..], b"BMW is a car", raw, other_header, b""] {
            assert_eq!(held("IMG_0001", other), Held::Nothing, "{other:x?}");
        }
        assert_eq!(held("IMG_0001.CR2", raw), Held::UnsupportedImages);
    }
}
