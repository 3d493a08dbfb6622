//! One input: what it is, and under which name its files appear.

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use common::{
    MediaPath, SkipReason,
    archive::{Archive, ArchiveError, ArchiveLimits},
    media_kind::MediaKind,
};

use super::{error::InputError, reachability::FolderIdentity};

/// One input of a run.
pub(super) struct Source {
    /// As it was given.
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

/// A file or folder to be read, and the name that it is shown under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedInput {
    /// Where it is.
    pub path: PathBuf,
    /// Its file name, or that under which it was uploaded.
    pub name: String,
}

impl NamedInput {
    /// An input that is shown under its own name.
    pub(super) fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            name: name_of(path),
        }
    }
}

/// Finds out what the inputs are. Of folders, none may be in `excluded`.
pub(super) fn open_all(
    inputs: &[NamedInput],
    excluded: &[PathBuf],
    limits: ArchiveLimits,
) -> Result<Vec<Source>, InputError> {
    let mut sources = Vec::with_capacity(inputs.len());
    for NamedInput { path, name } in inputs {
        let place = open(path, name, limits)?;
        if matches!(&place, Place::Folder { root, .. } if excluded.contains(root)) {
            return Err(InputError::IsExcluded { path: path.clone() });
        }
        sources.push(Source {
            path: path.clone(),
            name: name.clone(),
            prefix: None,
            place,
            files: 0,
        });
    }
    Ok(sources)
}

fn open(path: &Path, name: &str, limits: ArchiveLimits) -> Result<Place, InputError> {
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
    let file = Place::File {
        path: path.to_owned(),
        size_bytes: metadata.len(),
    };
    let kind = MediaKind::of(&MediaPath::from_display_name(name));
    let is_surely_archive =
        begins_as_zip(path).map_err(access)? || kind == MediaKind::Skip(SkipReason::NestedArchive);
    if !is_surely_archive && kind != MediaKind::Unknown {
        return Ok(file);
    }
    match Archive::open(path, limits) {
        Ok(archive) => Ok(Place::Archive(archive)),
        Err(ArchiveError::Access(error)) => Err(access(error)),
        Err(_) if !is_surely_archive => Ok(file),
        Err(source) => Err(InputError::Archive {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Whether a file begins with the signature of an entry, of an archive without entries, or of a
/// split archive (APPNOTE 4.3.7, 4.3.16, 8.5.3).
fn begins_as_zip(path: &Path) -> std::io::Result<bool> {
    let mut front = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut front)?;
    Ok(matches!(
        front.as_slice(),
        b"PK\x03\x04" | b"PK\x05\x06" | b"PK\x07\x08"
    ))
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
