//! Where the result package grows, and how it is finished.
//!
//! A package grows in a folder: for `--out DIR` in that folder itself, for `--out FILE.zip` in
//! `FILE.zip.partial` beside it. The journal lies in `.trapline/` inside; it is removed when
//! the package is whole. Copies wait there too, and move to their place in the order of their
//! records: whatever is interrupted when, no copy stands in a package that no record names.

mod packing;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::report::RUN_JSON;

/// Folder of annotated copies inside the package.
pub const ANNOTATED: &str = "annotated";
/// Folder of copied originals inside the package.
pub const ORIGINALS: &str = "originals";
/// Folder of what is needed to resume.
const STATE: &str = ".trapline";
/// Folder inside it of copies whose records are not in the journal yet.
const STAGED: &str = "staged";

/// Why a package could not be begun or finished.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Something is there already.
    #[error(
        "{0} exists already: choose another --out, or add --resume to go on with an interrupted run"
    )]
    Exists(PathBuf),
    /// There is nothing to resume, because the package is whole.
    #[error("{0} is finished already: nothing is left to go on with")]
    Finished(PathBuf),
    /// The disk refused.
    #[error("{path} could not be written")]
    Io {
        /// What was to be written.
        path: PathBuf,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
    /// The zip could not be written.
    #[error("the package {path} could not be written")]
    Zip {
        /// The zip.
        path: PathBuf,
        /// What the zip writer said.
        #[source]
        source: zip::result::ZipError,
    },
}

/// A package that is being made.
pub struct Package {
    /// What the user asked for.
    destination: PathBuf,
    /// Where it grows.
    folder: PathBuf,
}

impl Package {
    /// Begins a package, or goes on with one that was interrupted.
    ///
    /// # Errors
    /// When the destination holds something already (and `resume` is false), it is finished
    /// already (and `resume` is true), or the disk refuses.
    pub fn begin(destination: &Path, resume: bool) -> Result<Self, PackageError> {
        let package = Self {
            destination: destination.to_owned(),
            folder: Self::folder_for(destination),
        };
        if resume && !package.journal().exists() {
            // Nothing may be made here: the journal, whose place this is, will be missed.
            package.refuse_to_repeat()?;
            return Ok(package);
        }
        if !resume {
            package.refuse_to_overwrite()?;
        }
        let staged = package.folder.join(STATE).join(STAGED);
        fs::create_dir_all(&staged).map_err(|source| PackageError::Io {
            path: staged,
            source,
        })?;
        Ok(package)
    }

    /// Notices a package that is whole. A run that was killed while it tidied up may have left
    /// something, which goes now.
    fn refuse_to_repeat(&self) -> Result<(), PackageError> {
        let (whole, leftover) = if is_zip(&self.destination) {
            (self.destination.clone(), self.folder.clone())
        } else {
            (self.folder.join(RUN_JSON), self.folder.join(STATE))
        };
        if !whole.is_file() {
            return Ok(());
        }
        if self.folder.join(STATE).is_dir() {
            fs::remove_dir_all(&leftover).map_err(|source| PackageError::Io {
                path: leftover,
                source,
            })?;
        }
        Err(PackageError::Finished(self.destination.clone()))
    }

    fn refuse_to_overwrite(&self) -> Result<(), PackageError> {
        let io_error = |path: &Path| {
            let path = path.to_owned();
            move |source| PackageError::Io { path, source }
        };
        if is_zip(&self.destination)
            && self
                .destination
                .try_exists()
                .map_err(io_error(&self.destination))?
        {
            return Err(PackageError::Exists(self.destination.clone()));
        }
        let is_blank = match fs::read_dir(&self.folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(io_error(&self.folder)(error)),
        };
        if is_blank {
            Ok(())
        } else {
            Err(PackageError::Exists(self.folder.clone()))
        }
    }

    /// The folder in which the package for a destination grows.
    #[must_use]
    pub fn folder_for(destination: &Path) -> PathBuf {
        if is_zip(destination) {
            beside(destination, ".partial")
        } else {
            destination.to_owned()
        }
    }

    /// The journal's file.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.folder.join(STATE).join("journal.jsonl")
    }

    /// The folder in which the package grows.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the finished package is.
    #[must_use]
    pub fn destination(&self) -> &Path {
        &self.destination
    }

    /// Writes a copy of file number `index` for one of the package's folders, but not there yet:
    /// [`Self::publish`] moves it to its place.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn stage(&self, index: usize, folder: &str, bytes: &[u8]) -> Result<(), PackageError> {
        let path = self.staged(index, folder);
        fs::write(&path, bytes).map_err(|source| PackageError::Io { path, source })
    }

    /// Moves the staged copy of file number `index` to its place in the package. Nobody ever sees
    /// half of it there, also when the process is killed.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn publish(&self, index: usize, folder: &str, place: &str) -> Result<(), PackageError> {
        let path = self.folder.join(place);
        let publish = || -> io::Result<()> {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::rename(self.staged(index, folder), &path)
        };
        publish().map_err(|source| PackageError::Io {
            path: path.clone(),
            source,
        })
    }

    fn staged(&self, index: usize, folder: &str) -> PathBuf {
        self.folder
            .join(STATE)
            .join(STAGED)
            .join(format!("{index}-{folder}"))
    }

    /// Whether a file of the package is there and holds something.
    #[must_use]
    pub fn holds(&self, relative: &str) -> bool {
        fs::metadata(self.folder.join(relative)).is_ok_and(|m| m.is_file() && m.len() > 0)
    }

    /// Finishes the package from its reports and the given copies (relative paths, in the order
    /// in which they are to stand in a zip).
    ///
    /// # Errors
    /// When the disk refuses; everything made so far stays for another try.
    pub fn finish(
        self,
        reports: &[&str],
        copies: impl Iterator<Item = io::Result<String>>,
    ) -> Result<(), PackageError> {
        let state = self.folder.join(STATE);
        if !is_zip(&self.destination) {
            return fs::remove_dir_all(&state).map_err(|source| PackageError::Io {
                path: state,
                source,
            });
        }
        let unfinished = state.join("package.zip");
        packing::pack(&self.folder, &unfinished, reports, copies)?;
        fs::rename(&unfinished, &self.destination).map_err(|source| PackageError::Io {
            path: self.destination.clone(),
            source,
        })?;
        // The journal goes first: without it nobody takes what is left for an interrupted run.
        let journal = self.journal();
        fs::remove_file(&journal).map_err(|source| PackageError::Io {
            path: journal,
            source,
        })?;
        fs::remove_dir_all(&self.folder).map_err(|source| PackageError::Io {
            path: self.folder.clone(),
            source,
        })
    }
}

/// Whether the destination is a zip rather than a folder.
fn is_zip(destination: &Path) -> bool {
    destination
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("zip"))
        && !destination.is_dir()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_package_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.zip");
        fs::write(&out, "precious").unwrap();
        assert!(matches!(
            Package::begin(&out, false),
            Err(PackageError::Exists(_))
        ));
        let dir = folder.path().join("dir");
        fs::create_dir_all(&dir).unwrap();
        assert!(
            Package::begin(&dir, false).is_ok(),
            "a blank folder may be filled"
        );
        assert!(
            matches!(Package::begin(&dir, false), Err(PackageError::Exists(_))),
            "a begun one may not"
        );
        assert!(Package::begin(&dir, true).is_ok());
    }

    #[test]
    fn a_finished_package_is_not_resumed_and_what_a_kill_left_of_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        for (out, whole) in [("out.zip", "out.zip"), ("out", "out/run.json")] {
            let out = folder.path().join(out);
            let whole = folder.path().join(whole);
            let package = Package::begin(&out, false).unwrap();
            fs::write(&whole, "whole").unwrap();
            assert!(matches!(
                Package::begin(&out, true),
                Err(PackageError::Finished(path)) if path == out
            ));
            assert!(!package.folder().join(STATE).exists());
            assert_eq!(fs::read(whole).unwrap(), b"whole");
        }
    }

    #[test]
    fn resuming_what_was_never_begun_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        assert!(Package::begin(&out, true).is_ok());
        assert!(!out.exists());
    }

    #[test]
    fn the_same_files_make_the_same_zip() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let out = folder.path().join(name);
            let package = Package::begin(&out, false).unwrap();
            fs::write(package.journal(), "").unwrap();
            fs::write(package.folder().join("run.json"), "{}").unwrap();
            package.stage(7, ANNOTATED, b"picture").unwrap();
            package.publish(7, ANNOTATED, "annotated/a/b.jpg").unwrap();
            package
                .finish(
                    &["run.json"],
                    [Ok("annotated/a/b.jpg".to_owned())].into_iter(),
                )
                .unwrap();
            assert!(!folder.path().join(format!("{name}.partial")).exists());
            fs::read(out).unwrap()
        };
        assert_eq!(make("one.zip"), make("two.zip"));
    }
}
