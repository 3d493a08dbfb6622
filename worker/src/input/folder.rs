//! Folders and single files on the disk.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use common::{Failure, FailureCode};
use walkdir::WalkDir;

use super::error::InputError;

/// A file found in a folder.
pub(super) struct FoundFile<'a> {
    /// Its path below the folder.
    pub(super) relative: &'a Path,
    pub(super) size_bytes: u64,
    /// Whether it is neither a link nor a device.
    pub(super) is_regular: bool,
}

/// The paths to leave out, in the form in which [`walk`] meets them. What does not exist yet
/// need not be left out.
pub(super) fn excluded(paths: &[PathBuf]) -> Vec<PathBuf> {
    paths
        .iter()
        .filter_map(|path| fs::canonicalize(path).ok())
        .collect()
}

/// Shows every file below a folder given by its canonical path, hidden ones included, in the
/// order of their names. Links are shown and not followed.
pub(super) fn walk(
    root: &Path,
    excluded: &[PathBuf],
    mut visit: impl FnMut(FoundFile<'_>),
) -> Result<(), InputError> {
    let entries = WalkDir::new(root).sort_by_file_name().into_iter();
    for entry in entries.filter_entry(|entry| !excluded.iter().any(|path| path == entry.path())) {
        let entry = entry.map_err(|error| cannot_list(root, error))?;
        if entry.file_type().is_dir() {
            continue;
        }
        let metadata = entry.metadata().map_err(|error| cannot_list(root, error))?;
        visit(FoundFile {
            relative: entry.path().strip_prefix(root).unwrap_or(entry.path()),
            size_bytes: metadata.len(),
            is_regular: metadata.is_file(),
        });
    }
    Ok(())
}

fn cannot_list(root: &Path, error: walkdir::Error) -> InputError {
    let path = error.path().unwrap_or(root).to_owned();
    let source = error
        .into_io_error()
        .unwrap_or_else(|| io::Error::other("a loop of folders"));
    InputError::of_path(&path, source)
}

/// Reads a file of at most `limit` bytes into `bytes`, which is empty.
pub(super) fn read(path: &Path, limit: u64, bytes: &mut Vec<u8>) -> Result<(), Failure> {
    let (file, size) = open(path)?;
    if size > limit {
        return Err(too_large(size, limit));
    }
    bytes.reserve(usize::try_from(size).unwrap_or_default());
    // The file may be growing.
    file.take(limit.saturating_add(1))
        .read_to_end(bytes)
        .map_err(|error| Failure::of_access("the file", &error))?;
    let size = bytes.len() as u64;
    if size > limit {
        bytes.clear();
        return Err(too_large(size, limit));
    }
    Ok(())
}

/// Reads the first `count` bytes of a file, or all of a shorter one.
pub(super) fn read_head(path: &Path, count: usize, bytes: &mut Vec<u8>) -> Result<(), Failure> {
    let (file, _) = open(path)?;
    file.take(count as u64)
        .read_to_end(bytes)
        .map_err(|error| Failure::of_access("the file", &error))?;
    Ok(())
}

fn open(path: &Path) -> Result<(File, u64), Failure> {
    let file = File::open(path).map_err(|error| Failure::of_access("the file", &error))?;
    let size = file
        .metadata()
        .map_err(|error| Failure::of_access("the file", &error))?
        .len();
    Ok((file, size))
}

/// The failure of a file that is larger than the limit allows.
pub(super) fn too_large(size: u64, limit: u64) -> Failure {
    Failure::new(
        FailureCode::TooManyBytes,
        format!("{size} bytes; the limit is {limit}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_listed_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        let error = walk(&gone, &[], |_| {}).unwrap_err();
        assert!(
            matches!(&error, InputError::Missing { path } if *path == gone),
            "{error:?}"
        );
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        let text = InputError::of_path(&gone, denied).to_string();
        assert!(
            text.contains("gone cannot be read: check its permissions"),
            "{text}"
        );
    }

    #[test]
    fn a_file_past_the_limit_is_not_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), [0; 11]).unwrap();
        let mut bytes = Vec::new();
        let failure = read(file.path(), 10, &mut bytes).unwrap_err();
        assert_eq!(failure.detail, "11 bytes; the limit is 10");
        assert!(bytes.is_empty() && read(file.path(), 11, &mut bytes).is_ok());
    }
}
