//! One input: what it is, and under which name its files appear.

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use common::{
    Failure, MediaPath, SkipReason,
    archive::{Archive, ArchiveError, ArchiveLimits, NameEncoding, SplitKind},
    file_signature::{self, PICTURE_HEAD_BYTES},
    media_kind::MediaKind,
    store::StoredFile,
};

use super::{error::InputError, reachability::FolderIdentity};

/// One input of a run.
pub(super) struct Source {
    /// As it was given; of a file in a bucket, its name there.
    pub(super) path: PathBuf,
    /// Its file or folder name.
    pub(super) name: String,
    /// The folder that its files appear in, if it has one of its own.
    pub(super) prefix: Option<MediaPath>,
    pub(super) place: Place,
    /// How many files it has.
    pub(super) files: u64,
}

/// What an input is.
pub(super) enum Place {
    Archive(Archive),
    /// A folder, by its canonical path.
    Folder {
        root: PathBuf,
        identity: FolderIdentity,
    },
    File {
        path: PathBuf,
        size_bytes: u64,
    },
    /// A single file in a bucket.
    Object(StoredFile),
    /// An archive in a folder that cannot be used.
    Refused {
        path: PathBuf,
        size_bytes: u64,
        failure: Failure,
    },
}

impl Source {
    /// The path under which a file of this input appears.
    pub(super) fn shown_path(&self, path: MediaPath) -> MediaPath {
        match &self.prefix {
            Some(prefix) => path.below(prefix),
            None => path,
        }
    }

    /// The reverse of [`Self::shown_path`], as far as the shown path tells.
    pub(super) fn relative_path<'a>(&self, shown: &'a MediaPath) -> Option<&'a str> {
        match &self.prefix {
            Some(prefix) => shown
                .as_str()
                .strip_prefix(prefix.as_str())?
                .strip_prefix('/'),
            None => Some(shown.as_str()),
        }
    }
}

/// Something to be read, and the name that it is shown under.
#[derive(Clone)]
pub struct NamedInput {
    /// Where it is.
    pub origin: Origin,
    /// Its file name, or that under which it was uploaded.
    pub name: String,
}

/// Where an input is.
#[derive(Clone)]
pub enum Origin {
    /// A file or folder of this machine.
    Disk(PathBuf),
    /// A file in a bucket.
    Bucket(StoredFile),
}

impl NamedInput {
    /// An input that is shown under its own name.
    pub(super) fn at(path: &Path) -> Self {
        Self {
            origin: Origin::Disk(path.to_owned()),
            name: name_of(path),
        }
    }
}

/// How archives are opened: how much they may hold, and the character set of their names, if it
/// was chosen.
pub(super) type ArchiveRules = (ArchiveLimits, Option<NameEncoding>);

/// Finds out what the inputs are. Of folders, none may be in `excluded`.
pub(super) fn open_all(
    inputs: &[NamedInput],
    excluded: &[PathBuf],
    rules: ArchiveRules,
) -> Result<Vec<Source>, InputError> {
    let mut sources = Vec::with_capacity(inputs.len());
    for NamedInput { origin, name } in inputs {
        let (path, place) = match origin {
            Origin::Disk(path) => (path.clone(), open(path, name, rules)?),
            Origin::Bucket(file) => (file.name().into(), open_object(file, name, rules)?),
        };
        if matches!(&place, Place::Folder { root, .. } if excluded.contains(root)) {
            return Err(InputError::IsExcluded { path });
        }
        sources.push(Source {
            path,
            name: name.clone(),
            prefix: None,
            place,
            files: 0,
        });
    }
    Ok(sources)
}

fn open(path: &Path, name: &str, (limits, names): ArchiveRules) -> Result<Place, InputError> {
    let access = |error| InputError::of_path(path, error);
    let metadata = fs::metadata(path).map_err(access)?;
    if metadata.is_dir() {
        let root = fs::canonicalize(path).map_err(access)?;
        let identity = FolderIdentity::of(&root).map_err(access)?;
        return Ok(Place::Folder { root, identity });
    }
    if !metadata.is_file() {
        return Err(InputError::NotAFile {
            path: path.to_owned(),
        });
    }
    let mut head = Vec::new();
    let opened = File::open(path)
        .and_then(|file| file.take(PICTURE_HEAD_BYTES as u64).read_to_end(&mut head));
    opened.map_err(access)?;
    let archive = open_archive(path, name, &head, || Archive::open(path, limits, names))?;
    Ok(archive.unwrap_or_else(|| Place::File {
        path: path.to_owned(),
        size_bytes: metadata.len(),
    }))
}

fn open_object(
    file: &StoredFile,
    name: &str,
    (limits, names): ArchiveRules,
) -> Result<Place, InputError> {
    let open = || Archive::open_in(file.reader(), limits, names);
    let archive = open_archive(Path::new(file.name()), name, file.head(), open)?;
    Ok(archive.unwrap_or_else(|| Place::Object(file.clone())))
}

/// Opens a file if it is an archive, by its first bytes, by its name, or, where its name says
/// nothing, because it can be opened as one.
fn open_archive(
    path: &Path,
    name: &str,
    head: &[u8],
    open: impl FnOnce() -> Result<Archive, ArchiveError>,
) -> Result<Option<Place>, InputError> {
    let kind = MediaKind::of(&MediaPath::from_display_name(name));
    let is_called_archive = matches!(
        kind,
        MediaKind::Skip(SkipReason::NestedArchive | SkipReason::ArchivePart)
    );
    let is_surely_archive = file_signature::begins_as_zip(head) || is_called_archive;
    if !is_surely_archive && kind != MediaKind::Unknown {
        return Ok(None);
    }
    let refused = match open() {
        Ok(archive) => return Ok(Some(Place::Archive(archive))),
        Err(ArchiveError::Access(error)) => return Err(InputError::of_path(path, error)),
        Err(error) => error.in_file(name),
    };
    if file_signature::is_picture(head) {
        return Ok(None);
    }
    if is_surely_archive || SplitKind::of_remainder(name, head).is_some() {
        return Err(InputError::Archive {
            path: path.to_owned(),
            source: refused,
        });
    }
    Ok(None)
}

/// The last part of a path; of `.` and the like, that of the folder they stand for.
fn name_of(path: &Path) -> String {
    let canonical = || {
        fs::canonicalize(path)
            .ok()?
            .file_name()
            .map(ToOwned::to_owned)
    };
    let name = path.file_name().map(ToOwned::to_owned).or_else(canonical);
    name.map_or_else(
        || "input".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
