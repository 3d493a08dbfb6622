//! Whether an input as a whole can still be read, after one of its files could not.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

/// How many other files of a folder are tried.
pub(super) const TRIALS: usize = 16;

/// Which folder it is, so that an empty mount point is not taken for the disk that was there:
/// its device and inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FolderIdentity(u64, u64);

impl FolderIdentity {
    /// Looks a folder up.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(folder)?;
        Ok(Self(metadata.dev(), metadata.ino()))
    }
}

/// Whether a folder is still the one that was listed, and at least half of the given files in
/// it give an answer: a bad sector silences a few files, a broken disk or share nearly all.
pub(super) fn check_folder(
    folder: &Path,
    expected: FolderIdentity,
    others: impl Iterator<Item = PathBuf>,
) -> io::Result<()> {
    if FolderIdentity::of(folder)? != expected {
        return Err(io::Error::other("another folder is in its place"));
    }
    let answers: Vec<io::Result<()>> = others.map(|path| ask(&path)).collect();
    let tried = answers.len();
    let errors: Vec<io::Error> = answers.into_iter().filter_map(Result::err).collect();
    let is_silent = errors.len() * 2 > tried;
    match errors.into_iter().next() {
        Some(error) if is_silent => Err(error),
        _ => Ok(()),
    }
}

/// Asks for a file's first byte. That it is gone or may not be read is an answer, too.
fn ask(path: &Path) -> io::Result<()> {
    let read = File::open(path).and_then(|mut file| file.read(&mut [0]));
    match read.map_err(|error| (error.kind(), error)) {
        Ok(_) | Err((io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied, _)) => Ok(()),
        Err((_, error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paths below a file cannot be opened, whoever asks; that is no answer about them.
    fn silent(folder: &Path) -> PathBuf {
        let file = folder.join("file");
        fs::write(&file, "x").unwrap();
        file.join("below")
    }

    #[test]
    fn a_folder_is_lost_when_most_of_its_files_are_silent() {
        let folder = tempfile::tempdir().unwrap();
        let (root, gone) = (folder.path(), folder.path().join("gone"));
        let silent = silent(root);
        let identity = FolderIdentity::of(root).unwrap();
        let check = |files: &[&PathBuf]| {
            check_folder(root, identity, files.iter().map(|&path| path.clone()))
        };
        assert!(check(&[]).is_ok(), "nothing else to ask");
        assert!(
            check(&[&gone, &gone]).is_ok(),
            "a deleted file is an answer"
        );
        assert!(check(&[&silent, &gone]).is_ok(), "half of them are enough");
        assert!(check(&[&silent, &silent, &gone]).is_err());
    }

    #[test]
    fn another_folder_in_its_place_is_not_it() {
        let parent = tempfile::tempdir().unwrap();
        let (folder, moved) = (parent.path().join("card"), parent.path().join("moved"));
        fs::create_dir(&folder).unwrap();
        let identity = FolderIdentity::of(&folder).unwrap();
        assert!(check_folder(&folder, identity, std::iter::empty()).is_ok());
        fs::rename(&folder, moved).unwrap();
        assert!(check_folder(&folder, identity, std::iter::empty()).is_err());
        fs::create_dir(&folder).unwrap();
        assert!(check_folder(&folder, identity, std::iter::empty()).is_err());
    }
}
