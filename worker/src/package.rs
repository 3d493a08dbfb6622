//! Where the result package grows, and how it is finished.
//!
//! A package grows in a folder: for `--out DIR` in that folder itself, for `--out FILE.zip` in
//! `FILE.zip.partial` beside it. The journal lies in `.trapline/` inside; it is removed when
//! the package is whole.

mod destination;
pub(crate) mod durable;
mod error;
pub(crate) mod packing;

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

pub use error::PackageError;

use common::MediaRecord;
use walkdir::WalkDir;

use crate::report::RUN_JSON;
use packing::{CopiesInFolder, FirstFiles};

/// Folder of annotated copies inside the package.
pub const ANNOTATED: &str = "annotated";
/// Folder of annotated copies that cannot have their file's path.
pub const RENAMED: &str = "annotated-renamed";
/// Folder of copied originals inside the package.
pub const ORIGINALS: &str = "originals";
/// Folder of copied originals that cannot have their file's path.
pub const ORIGINALS_RENAMED: &str = "originals-renamed";
/// Folder of what is needed to resume.
const STATE: &str = ".trapline";
/// File name of the journal in there.
const JOURNAL: &str = "journal.jsonl";
/// The journal's name in a packed shard.
pub const SHARD_JOURNAL: &str = ".trapline/journal.jsonl";

/// A package that is being made.
pub struct Package {
    /// What the user asked for.
    destination: PathBuf,
    /// Where it grows.
    folder: PathBuf,
}

impl Package {
    /// Begins a package, or goes on with one that was interrupted. Where there is nothing to go
    /// on with, nothing is made either: that is for the journal to say.
    ///
    /// # Errors
    /// When the destination holds something already (and `resume` is false), it is finished
    /// already (and `resume` is true), or the disk refuses.
    pub fn begin(destination: &Path, resume: bool) -> Result<Self, PackageError> {
        let package = Self {
            destination: destination.to_owned(),
            folder: Self::folder_for(destination),
        };
        if resume {
            package.refuse_to_repeat()?;
            return Ok(package);
        }
        Self::check_is_free(destination)?;
        let state = package.folder.join(STATE);
        fs::create_dir_all(&state).map_err(|source| PackageError::Io {
            path: state,
            source,
        })?;
        Ok(package)
    }

    /// Whether a package can be begun at a destination. Makes nothing.
    ///
    /// # Errors
    /// When the destination holds something already, or cannot be read.
    pub fn check_is_free(destination: &Path) -> Result<(), PackageError> {
        destination::check_is_free(destination)
    }

    /// Notices a package that is whole. What is left beside it of a run that was killed while it
    /// tidied up goes now.
    fn refuse_to_repeat(&self) -> Result<(), PackageError> {
        let (whole, leftover) = self.whole_and_leftover();
        if self.journal().exists() || !whole.is_file() {
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

    /// Refuses to go on where another run, which began at the same time, has made the whole package
    /// since this one looked. To be asked when this run has the journal.
    ///
    /// # Errors
    /// When the package is there.
    pub fn check_is_still_free(&self) -> Result<(), PackageError> {
        let (whole, leftover) = self.whole_and_leftover();
        if !whole.is_file() {
            return Ok(());
        }
        fs::remove_dir_all(&leftover).map_err(|source| PackageError::Io {
            path: leftover,
            source,
        })?;
        Err(PackageError::Exists(self.destination.clone()))
    }

    /// The file that is there when the package is whole, and the folder that is not there then.
    fn whole_and_leftover(&self) -> (PathBuf, PathBuf) {
        if destination::is_zip(&self.destination) {
            (self.destination.clone(), self.folder.clone())
        } else {
            (self.folder.join(RUN_JSON), self.folder.join(STATE))
        }
    }

    /// The folder in which the package for a destination grows.
    #[must_use]
    pub fn folder_for(destination: &Path) -> PathBuf {
        destination::folder_for(destination)
    }

    /// The journal's file.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.folder.join(STATE).join(JOURNAL)
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

    /// Writes a file of the package at a relative path. A process that is killed can leave half
    /// of it, but then no record names it yet, and a resumed run writes it again.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, relative: &str, bytes: &[u8]) -> Result<(), PackageError> {
        let path = self.folder.join(relative);
        let write = || -> io::Result<()> {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&path, bytes)
        };
        write().map_err(|source| PackageError::Io {
            path: path.clone(),
            source,
        })
    }

    /// Moves a file within the package.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), PackageError> {
        let path = self.folder.join(to);
        let rename = || -> io::Result<()> {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::rename(self.folder.join(from), &path)
        };
        rename().map_err(|source| PackageError::Io {
            path: path.clone(),
            source,
        })
    }

    /// Waits until a file of the package is on the disk.
    ///
    /// # Errors
    /// When it is not there, or the disk refuses.
    pub fn store(&self, relative: &str) -> Result<(), PackageError> {
        let path = self.folder.join(relative);
        let stored = File::open(&path).and_then(|file| durable::store(&file));
        stored.map_err(|source| PackageError::Io { path, source })
    }

    /// Whether a file of the package is there and has this many bytes.
    #[must_use]
    pub fn holds(&self, relative: &str, size_bytes: u64) -> bool {
        fs::metadata(self.folder.join(relative)).is_ok_and(|m| m.is_file() && m.len() == size_bytes)
    }

    /// Whether a JPEG of the package is there from its beginning to its end.
    #[must_use]
    pub fn holds_jpeg(&self, relative: &str) -> bool {
        let ends = || -> io::Result<[u8; 4]> {
            let mut file = File::open(self.folder.join(relative))?;
            let (mut start, mut end) = ([0; 2], [0; 2]);
            file.read_exact(&mut start)?;
            file.seek(SeekFrom::End(-2))?;
            file.read_exact(&mut end)?;
            Ok([start[0], start[1], end[0], end[1]])
        };
        ends().is_ok_and(|ends| ends == [0xff, 0xd8, 0xff, 0xd9])
    }

    /// Removes copies that no record names. A killed run leaves such: a copy is written before its
    /// record, and the next run may give the copy of a file and its duplicate to the other.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn remove_strays(&self, is_named: impl Fn(&str) -> bool) -> Result<(), PackageError> {
        let folders =
            [ANNOTATED, RENAMED, ORIGINALS, ORIGINALS_RENAMED].map(|name| self.folder.join(name));
        for root in folders.iter().filter(|root| root.is_dir()) {
            for entry in WalkDir::new(root) {
                let entry = entry.map_err(|error| PackageError::Io {
                    path: root.clone(),
                    source: error.into(),
                })?;
                let relative = entry.path().strip_prefix(&self.folder).ok();
                let is_stray = !relative.and_then(Path::to_str).is_some_and(&is_named);
                if is_stray && entry.file_type().is_file() {
                    fs::remove_file(entry.path()).map_err(|source| PackageError::Io {
                        path: entry.path().to_owned(),
                        source,
                    })?;
                }
            }
        }
        Ok(())
    }

    /// Packs the journal and the copies that its records name into a zip, in that order, for
    /// another worker to merge.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn pack_shard(
        &self,
        zip: &Path,
        records: impl Iterator<Item = io::Result<MediaRecord>>,
    ) -> Result<(), PackageError> {
        self.pack(zip, [SHARD_JOURNAL].into_iter(), records)
    }

    fn pack<'a>(
        &self,
        zip: &Path,
        names: impl Iterator<Item = &'a str>,
        records: impl Iterator<Item = io::Result<MediaRecord>>,
    ) -> Result<(), PackageError> {
        let folder = &self.folder;
        packing::pack(
            zip,
            FirstFiles { folder, names },
            records,
            &mut CopiesInFolder(folder),
        )
    }

    /// Finishes the package from its reports, by their names in the order in which they are to
    /// stand in a zip, and the copies that the records name.
    ///
    /// # Errors
    /// When the disk refuses; everything made so far stays for another try.
    pub fn finish<'a>(
        self,
        reports: impl Iterator<Item = &'a str>,
        records: impl Iterator<Item = io::Result<MediaRecord>>,
    ) -> Result<(), PackageError> {
        let state = self.folder.join(STATE);
        if !destination::is_zip(&self.destination) {
            return fs::remove_dir_all(&state).map_err(|source| PackageError::Io {
                path: state,
                source,
            });
        }
        let unfinished = state.join("package.zip");
        self.pack(&unfinished, reports, records)?;
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

#[cfg(test)]
mod tests {
    use common::{
        MediaOutcome, MediaPath,
        media::{CameraFacts, ProcessedMedia},
    };

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
        let begun = Package::begin(&dir, false);
        assert!(begun.is_ok(), "also one that was left before its journal");
        fs::write(begun.unwrap().journal(), "").unwrap();
        assert!(
            matches!(
                Package::begin(&dir, false),
                Err(PackageError::Unfinished(_))
            ),
            "a begun one may not"
        );
        assert!(Package::begin(&dir, true).is_ok());
    }

    #[test]
    fn a_package_that_another_run_has_made_meanwhile_stays_as_it_is() {
        for (out, whole) in [("out", "out/run.json"), ("out.zip", "out.zip")] {
            let folder = tempfile::tempdir().unwrap();
            let package = Package::begin(&folder.path().join(out), false).unwrap();
            fs::write(package.journal(), "").unwrap();
            package.check_is_still_free().unwrap();
            fs::write(folder.path().join(whole), "precious").unwrap();
            let refused = package.check_is_still_free();
            assert!(matches!(refused, Err(PackageError::Exists(_))), "{out}");
            assert!(!package.journal().exists(), "{out}");
            assert_eq!(fs::read(folder.path().join(whole)).unwrap(), b"precious");
        }
    }

    #[test]
    fn a_copy_that_a_power_cut_tore_is_not_held() {
        let folder = tempfile::tempdir().unwrap();
        let package = Package::begin(folder.path(), false).unwrap();
        let jpeg = crate::media::decode::encode_jpeg(&crate::media::frame::Frame {
            width: 8,
            height: 8,
            rgb: vec![7; 192],
        })
        .unwrap();
        let size = jpeg.len() as u64;
        let zeros = [
            &jpeg[..jpeg.len() / 2],
            &vec![0; jpeg.len() - jpeg.len() / 2],
        ]
        .concat();
        for (content, is_whole) in [
            (&jpeg[..], true),
            (&jpeg[..jpeg.len() - 1], false),
            (&zeros, false),
            (&[], false),
        ] {
            package.write("annotated/a.jpg", content).unwrap();
            assert_eq!(package.holds_jpeg("annotated/a.jpg"), is_whole);
            let is_size = content.len() as u64 == size;
            assert_eq!(package.holds("annotated/a.jpg", size), is_size);
        }
        assert!(!package.holds_jpeg("annotated/none.jpg"));
    }

    #[test]
    fn copies_without_a_record_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let package = Package::begin(folder.path(), false).unwrap();
        let copies = [
            "annotated/cam/a.jpg",
            "annotated/cam/b.jpg",
            "originals/b.jpg",
        ];
        for copy in copies {
            package.write(copy, b"picture").unwrap();
        }
        package.write("results.xlsx", b"report").unwrap();
        package.remove_strays(|copy| copy == copies[0]).unwrap();
        assert_eq!(
            copies.map(|copy| package.holds(copy, 7)),
            [true, false, false]
        );
        assert!(package.holds("results.xlsx", 6));
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

    fn record_with_copy(path: &str, copy: &str) -> MediaRecord {
        MediaRecord {
            path: MediaPath::from_display_name(path),
            size_bytes: 1,
            content_hash: None,
            camera: CameraFacts::default(),
            outcome: MediaOutcome::Processed(ProcessedMedia {
                width: 1,
                height: 1,
                detections: Vec::new(),
                decoded_share: None,
                duplicate_of: None,
                annotated: Some(copy.to_owned()),
                original: None,
                picture: None,
            }),
        }
    }

    #[test]
    fn the_same_files_make_the_same_zip() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let out = folder.path().join(name);
            let package = Package::begin(&out, false).unwrap();
            package.write("run.json", b"{}").unwrap();
            fs::write(package.journal(), "").unwrap();
            package.write("annotated/a/b.jpg", b"picture").unwrap();
            let record = record_with_copy("a/b.jpg", "annotated/a/b.jpg");
            package
                .finish(["run.json"].into_iter(), [Ok(record)].into_iter())
                .unwrap();
            assert!(!folder.path().join(format!("{name}.partial")).exists());
            fs::read(out).unwrap()
        };
        assert_eq!(make("one.zip"), make("two.zip"));
    }
}
