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

/// Whether a package can be begun at a destination or, with `resume`, gone on with. Makes
/// nothing. That there is no journal to resume is for the journal to say.
pub(super) fn check(destination: &Path, resume: bool) -> Result<(), PackageError> {
    let folder = folder_for(destination);
    let is_unfinished = exists(&folder.join(STATE).join(JOURNAL))?;
    let is_complete = if is_zip(destination) {
        exists(destination)?
    } else {
        exists(&folder.join("run.json"))?
    };
    let destination = destination.to_owned();
    match (resume, is_unfinished) {
        (true, false) if is_complete => Err(PackageError::Complete(destination)),
        (true, _) => Ok(()),
        (false, true) => Err(PackageError::Unfinished(destination)),
        (false, false) if is_complete => Err(PackageError::Exists(destination)),
        (false, false) if is_blank(&folder)? => Ok(()),
        (false, false) => Err(PackageError::Exists(folder)),
    }
}

fn exists(path: &Path) -> Result<bool, PackageError> {
    match path.try_exists() {
        // Below a file there is nothing.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        other => other.map_err(refused(path)),
    }
}

/// Whether a folder holds nothing, or is not there.
fn is_blank(folder: &Path) -> Result<bool, PackageError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(PackageError::Exists(folder.to_owned()))
        }
        Err(error) => Err(refused(folder)(error)),
    }
}

fn refused(path: &Path) -> impl FnOnce(io::Error) -> PackageError {
    let path = path.to_owned();
    move |source| PackageError::Io { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the check says about `path` in a folder with these files, without and with `resume`.
    fn verdicts(files: &[&str], path: &str) -> [String; 2] {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "x").unwrap();
        }
        [false, true].map(|resume| {
            let verdict = check(&folder.path().join(path), resume);
            match verdict {
                Ok(()) => "ok",
                Err(PackageError::Exists(_)) => "exists",
                Err(PackageError::Unfinished(_)) => "unfinished",
                Err(PackageError::Complete(_)) => "complete",
                Err(PackageError::Io { .. } | PackageError::Zip { .. }) => "refused",
            }
            .to_owned()
        })
    }

    #[test]
    fn every_state_of_a_destination_has_its_own_verdict() {
        for (files, path, expected) in [
            (&[][..], "out", ["ok", "ok"]),
            (&[], "out.zip", ["ok", "ok"]),
            (&["out/notes.txt"], "out", ["exists", "ok"]),
            (&["out"], "out", ["exists", "ok"]),
            (&["out/run.json"], "out", ["exists", "complete"]),
            (&["out.zip"], "out.zip", ["exists", "complete"]),
            (
                &["out/.trapline/journal.jsonl"],
                "out",
                ["unfinished", "ok"],
            ),
            (
                &["out.zip.partial/.trapline/journal.jsonl"],
                "out.zip",
                ["unfinished", "ok"],
            ),
            (
                &["out.zip", "out.zip.partial/.trapline/journal.jsonl"],
                "out.zip",
                ["unfinished", "ok"],
            ),
        ] {
            assert_eq!(verdicts(files, path), expected, "{files:?} {path}");
        }
    }
}
