//! Zips that lie in the folders of a run: cards that were packed one by one.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use common::{
    Failure, FailureCode, MediaPath, SkipReason,
    archive::{Archive, ArchiveError},
    file_signature::{self, PICTURE_HEAD_BYTES},
    media_kind::MediaKind,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::{
    error::InputError,
    folder::{self, FoundFile},
    lister::Lister,
    source::{ArchiveRules, Place, Source},
};
use crate::report;

/// A zip in a folder.
pub(super) struct FoundArchive {
    /// The number of the folder.
    pub(super) source: u32,
    /// Its path below that folder.
    pub(super) relative: PathBuf,
    pub(super) size_bytes: u64,
}

/// Opens the zips that were found, as inputs of their own behind the given ones, and lists what
/// is in them. One that is refused does not stop the others: it is listed as a file that failed.
///
/// # Errors
/// When there are more files or bytes than a run takes.
pub(super) fn list(
    lister: &mut Lister,
    sources: &mut Vec<Source>,
    rules: ArchiveRules,
) -> Result<(), InputError> {
    let found = std::mem::take(&mut lister.archives);
    if found.is_empty() {
        return Ok(());
    }
    allow_many_open_files();
    let mut taken = HashSet::new();
    for archive in found {
        let Some(folder) = sources.get(archive.source as usize) else {
            continue;
        };
        let number = u32::try_from(sources.len()).unwrap_or(u32::MAX);
        let mut source = open(folder, &archive, rules, &mut taken);
        if let Place::Refused { path, .. } = &source.place
            && is_picture(path)
        {
            add_as_file(lister, sources, &archive);
            continue;
        }
        if let Place::Archive(opened) = &source.place
            && is_package(opened)
        {
            add_as_file(lister, sources, &archive);
            continue;
        }
        source.files = lister.list(number, &source)?;
        sources.push(source);
        lister.check(&rules.0)?;
    }
    Ok(())
}

fn open(
    folder: &Source,
    archive: &FoundArchive,
    rules: ArchiveRules,
    taken: &mut HashSet<MediaPath>,
) -> Source {
    let root = match &folder.place {
        Place::Folder { root, .. } => root.as_path(),
        _ => Path::new(""),
    };
    let path = root.join(&archive.relative);
    let shown = MediaPath::from_display_name(&archive.relative.to_string_lossy());
    let (prefix, place) = match Archive::open(&path, rules.0, rules.1) {
        Ok(opened) => {
            let prefix = free_folder(&path, &shown, taken);
            (folder.shown_path(prefix), Place::Archive(opened))
        }
        Err(error) => {
            let (failure, size_bytes) = (failure_of(error), archive.size_bytes);
            let path = path.clone();
            let refused = Place::Refused {
                path,
                size_bytes,
                failure,
            };
            (folder.shown_path(shown.clone()), refused)
        }
    };
    Source {
        path,
        name: shown.to_string(),
        prefix: Some(prefix),
        place,
        files: 0,
    }
}

/// Lists one that is not opened as a file of its folder; its first bytes tell whether it is a
/// picture.
fn add_as_file(lister: &mut Lister, sources: &mut [Source], archive: &FoundArchive) {
    let Some(folder) = sources.get_mut(archive.source as usize) else {
        return;
    };
    let found = FoundFile {
        relative: &archive.relative,
        size_bytes: archive.size_bytes,
        is_regular: true,
    };
    let kind = MediaKind::Skip(SkipReason::NestedArchive);
    lister.add_file(archive.source, folder, &found, kind);
    folder.files += 1;
}

/// Whether a file that is called an archive, and is none, is a picture.
fn is_picture(path: &Path) -> bool {
    let mut head = Vec::new();
    folder::read_head(path, PICTURE_HEAD_BYTES, &mut head).is_ok()
        && file_signature::is_picture(&head)
}

/// The files by which a package is known: those that every version of the program has made.
const KNOWN_BY: [&str; 3] = [
    report::WORKBOOK,
    report::MEGADETECTOR_JSON,
    report::RUN_JSON,
];

/// Whether it is the package of an earlier run: its pictures are copies of those in the folder.
fn is_package(archive: &Archive) -> bool {
    let mut reports = 0;
    let visited = archive.visit_entries(|entry| {
        reports += usize::from(KNOWN_BY.contains(&entry.path.as_str()));
    });
    visited.is_ok() && reports == KNOWN_BY.len()
}

/// The folder of an archive's name below its own folder, `north` for `north.zip`, or the first
/// that is free: where it was unpacked already, `north (2)`.
fn free_folder(path: &Path, shown: &MediaPath, taken: &mut HashSet<MediaPath>) -> MediaPath {
    let stem = shown.as_str().rsplit_once('.');
    let wanted = MediaPath::from_display_name(stem.map_or(shown.as_str(), |(stem, _)| stem));
    let is_free = |name: &MediaPath| {
        let on_disk = path.with_file_name(name.file_name());
        !on_disk.try_exists().unwrap_or(true)
    };
    let numbered = (2_u32..).map(|n| MediaPath::from_display_name(&format!("{wanted} ({n})")));
    let free = std::iter::once(wanted.clone())
        .chain(numbered)
        .find(|name| !taken.contains(name) && is_free(name))
        .unwrap_or(wanted);
    taken.insert(free.clone());
    free
}

fn failure_of(error: ArchiveError) -> Failure {
    match error {
        ArchiveError::Access(error) => Failure::of_access("the archive", &error),
        refused => Failure::new(FailureCode::ArchiveRefused, refused.to_string()),
    }
}

/// Every archive stays open while a run goes on, and the usual limit is 1024 files. What the
/// system does not allow shows when an archive cannot be opened.
fn allow_many_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let _ = setrlimit(Resource::Nofile, raised);
}
