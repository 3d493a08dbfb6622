//! Where a package goes, and whether it may go there.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{JOURNAL, PackageError, STATE};

/// Whether the destination is a zip rather than a folder.
pub(super) fn is_zip(destination: &Path) -> bool {
    destination
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("zip"))
        && !destination.is_dir()
}

/// The folder in which the package for a destination grows.
pub(super) fn folder_for(destination: &Path) -> PathBuf {
    if !is_zip(destination) {
        return destination.to_owned();
    }
    let mut name = destination.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

/// Whether nothing is at a destination, neither a package nor one that grows. Makes nothing.
pub(super) fn check_is_free(destination: &Path) -> Result<(), PackageError> {
    let folder = folder_for(destination);
    if exists(&folder.join(STATE).join(JOURNAL))? {
        Err(PackageError::Unfinished(destination.to_owned()))
    } else if is_zip(destination) && exists(destination)? {
        Err(PackageError::Exists(destination.to_owned()))
    } else if is_blank(&folder)? {
        Ok(())
    } else {
        Err(PackageError::Exists(folder))
    }
}

fn exists(path: &Path) -> Result<bool, PackageError> {
    match path.try_exists() {
        // Below a file there is nothing.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        other => other.map_err(refused(path)),
    }
}

/// Whether a folder holds nothing, or is not there. A run that ended before it had a journal
/// leaves the journal's folder, in which there is nothing to resume and nothing to lose.
fn is_blank(folder: &Path) -> Result<bool, PackageError> {
    let is_nothing = |entry: io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.file_name() == STATE && is_vacant(&entry.path()))
    };
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.all(is_nothing)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(PackageError::Exists(folder.to_owned()))
        }
        Err(error) => Err(refused(folder)(error)),
    }
}

/// Whether it is a folder without anything in it.
fn is_vacant(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

fn refused(path: &Path) -> impl FnOnce(io::Error) -> PackageError {
    let path = path.to_owned();
    move |source| PackageError::Io { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the check says about `path` in a folder with these files.
    fn verdict(files: &[&str], path: &str) -> &'static str {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "x").unwrap();
        }
        match check_is_free(&folder.path().join(path)) {
            Ok(()) => "free",
            Err(PackageError::Exists(_)) => "exists",
            Err(PackageError::Unfinished(_)) => "unfinished",
            Err(_) => "refused",
        }
    }

    #[test]
    fn whatever_is_at_a_destination_is_noticed() {
        for (files, path, expected) in [
            (&[][..], "out", "free"),
            (&[], "out.zip", "free"),
            (&["out/notes.txt"], "out", "exists"),
            (&["out"], "out", "exists"),
            (&["out/run.json"], "out", "exists"),
            (&["out.zip"], "out.zip", "exists"),
            (&["out/.trapline/journal.jsonl"], "out", "unfinished"),
            (&["out/.trapline/package.zip"], "out", "exists"),
            (
                &["out.zip.partial/.trapline/journal.jsonl"],
                "out.zip",
                "unfinished",
            ),
        ] {
            assert_eq!(verdict(files, path), expected, "{files:?} {path}");
        }
    }

    #[test]
    fn a_run_that_ended_before_its_journal_does_not_keep_its_destination() {
        for name in ["out", "out.zip"] {
            let folder = tempfile::tempdir().unwrap();
            let destination = folder.path().join(name);
            let state = folder_for(&destination).join(STATE);
            fs::create_dir_all(&state).unwrap();
            assert!(check_is_free(&destination).is_ok(), "{name}");
            fs::write(state.join("something"), "x").unwrap();
            let refused = check_is_free(&destination);
            assert!(matches!(refused, Err(PackageError::Exists(_))), "{name}");
        }
    }
}
