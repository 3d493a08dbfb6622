//! What a run reads: archives, folders and single files, listed as one.
//!
//! The listing decides under which path every file appears in all results. Reading the files is
//! left to whoever goes through the listing, from as many threads as they like.

mod error;
mod fingerprint;
mod folder;
mod found_archives;
mod item;
mod lister;
mod object;
mod prefix;
mod reachability;
mod read_error;
mod source;
mod untold;

use std::{fs, path::PathBuf};

use common::{
    Failure, FailureCode, SkipReason,
    archive::{ArchiveLimits, ArchiveNames, NameEncoding},
    media_kind::MediaKind,
    path::Namesakes,
};

pub use error::InputError;
pub use item::InputItem;
pub use read_error::ReadError;
pub use source::{NamedInput, Origin};

use item::Location;
use lister::Lister;
use source::{Place, Source};

use crate::run_facts::InputFacts;

/// All files of a run in the order of their paths.
pub struct InputListing {
    sources: Vec<Source>,
    items: Vec<InputItem>,
    namesakes: Namesakes,
    /// Names on disk, below their folder, that differ from the paths they are shown under.
    odd_names: Vec<PathBuf>,
    limits: ArchiveLimits,
}

impl InputListing {
    /// Lists inputs: zip archives, told apart by their content, folders, and single files. Of
    /// folders, what is in `exclude` (such as the output) is left out. Zips in a folder are opened,
    /// too, and shown as folders of their names; one that cannot be used is a file that failed.
    ///
    /// A single input is listed without its own name in front. Of several, each archive and
    /// each folder has its name in front: `north.zip` becomes `north/`, and a namesake of it
    /// `north (2)/`. Files that end up at the same path are numbered; see
    /// [`common::path::renames_of_clashes`]. Names in archives that do not say that they are
    /// Unicode are in the character set `names`, or in the one that fits those of their archive.
    ///
    /// # Errors
    /// When an input is missing, cannot be listed, or is itself an archive that is refused.
    pub fn open(
        inputs: &[PathBuf],
        exclude: &[PathBuf],
        limits: ArchiveLimits,
        names: Option<NameEncoding>,
    ) -> Result<Self, InputError> {
        if inputs.is_empty() {
            return Err(InputError::NoInputs);
        }
        let inputs: Vec<NamedInput> = inputs.iter().map(|path| NamedInput::at(path)).collect();
        Self::open_named(&inputs, exclude, limits, names)
    }

    /// Like [`Self::open`], for inputs that are to be shown under other names than those they
    /// have where they are.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_named(
        inputs: &[NamedInput],
        exclude: &[PathBuf],
        limits: ArchiveLimits,
        names: Option<NameEncoding>,
    ) -> Result<Self, InputError> {
        let excluded = folder::excluded(exclude);
        let mut sources = source::open_all(inputs, &excluded, (limits, names))?;
        if sources.len() > 1 {
            prefix::assign(&mut sources);
        }
        let mut lister = Lister::new(excluded);
        for (number, source) in (0..).zip(&mut sources) {
            source.files = lister.list(number, source)?;
            lister.check(&limits)?;
        }
        found_archives::list(&mut lister, &mut sources, (limits, names))?;
        lister.bring_into_order(&sources);
        let Lister {
            items, odd_names, ..
        } = lister;
        let namesakes = Namesakes::of(items.iter().map(|item| (&item.path, item.is_folder())));
        let mut listing = Self {
            sources,
            items,
            namesakes,
            odd_names,
            limits,
        };
        for (number, kind) in untold::told(&listing)? {
            if let Some(item) = listing.items.get_mut(number) {
                item.kind = kind;
            }
        }
        Ok(listing)
    }

    /// All files in the order of their paths (by their bytes). No two paths are the same.
    #[must_use]
    pub fn items(&self) -> &[InputItem] {
        &self.items
    }

    /// How many files are images, by their names or first bytes, or may be: they cannot be read.
    #[must_use]
    pub fn image_count(&self) -> u64 {
        let images = self
            .items
            .iter()
            .filter(|item| item.kind.is_taken_for_image());
        images.count() as u64
    }

    /// Whether any file is an image, by its name or first bytes, or may be one: it cannot be read.
    #[must_use]
    pub fn may_hold_images(&self) -> bool {
        self.items.iter().any(|item| item.kind.is_taken_for_image())
    }

    /// The files whose copies Windows or macOS would take for one.
    #[must_use]
    pub fn namesakes(&self) -> &Namesakes {
        &self.namesakes
    }

    /// The inputs in the order given, then the archives found in folders, and how many files each
    /// has.
    #[must_use]
    pub fn facts(&self) -> Vec<InputFacts> {
        let fact = |s: &Source| InputFacts {
            name: s.name.clone(),
            files: s.files,
        };
        self.sources.iter().map(fact).collect()
    }

    /// In which character sets names in archives were read that are not Unicode.
    #[must_use]
    pub fn legacy_names(&self) -> Vec<ArchiveNames> {
        let of_source = |source: &Source| {
            let Place::Archive(archive) = &source.place else {
                return None;
            };
            Some(ArchiveNames {
                input: source.name.clone(),
                names: archive.legacy_names()?,
            })
        };
        self.sources.iter().filter_map(of_source).collect()
    }

    /// BLAKE3 over the paths, sizes and (for archives) checksums of all files, in hexadecimal:
    /// the same when the same is listed again.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint::of(&self.items)
    }

    /// Reads a file into `bytes`, whose memory is used again. After an error `bytes` has no
    /// content.
    ///
    /// # Errors
    /// When something is wrong with the file (an empty file is one), or the store fails.
    pub fn read(&self, item: &InputItem, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
        bytes.clear();
        let limit = self.limits.entry_bytes;
        match self.place_of(item)? {
            (Place::Archive(archive), Location::Entry { entry, .. }) => {
                archive.read_location(entry, item.size_bytes, bytes)?;
            }
            (Place::Object(object), _) => object::read(object, limit, bytes)?,
            (Place::Refused { failure, .. }, _) => return Err(failure.clone().into()),
            _ => folder::read(&self.path_on_disk(item)?, limit, bytes)?,
        }
        if bytes.is_empty() {
            let failure = Failure::new(FailureCode::NoBytes, "the file holds no bytes");
            return Err(failure.into());
        }
        Ok(())
    }

    /// Reads the first `count` bytes of a file, or all if it is shorter, into `bytes`.
    ///
    /// # Errors
    /// When something is wrong with the file, or the store fails.
    pub fn read_head(
        &self,
        item: &InputItem,
        count: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<(), ReadError> {
        bytes.clear();
        match self.place_of(item)? {
            (Place::Archive(archive), Location::Entry { entry, .. }) => {
                archive.read_head(entry, item.size_bytes, count, bytes)?;
            }
            (Place::Object(object), _) => object::read_head(object, count, bytes)?,
            (Place::Refused { failure, .. }, _) => return Err(failure.clone().into()),
            _ => folder::read_head(&self.path_on_disk(item)?, count, bytes)?,
        }
        Ok(())
    }

    /// Looks whether the input that a file comes from can still be read as a whole; to be asked
    /// when the file could not.
    ///
    /// # Errors
    /// When it cannot: its disk is gone, or it was cut short or replaced.
    pub fn check_source_of(&self, item: &InputItem) -> Result<(), InputError> {
        let Some(source) = self.sources.get(item.location.source()) else {
            return Ok(());
        };
        let checked = match &source.place {
            Place::Archive(archive) => archive.check_readable(),
            Place::Folder { root, identity } => {
                reachability::check_folder(root, *identity, self.some_others(item))
            }
            Place::File { path, .. } | Place::Refused { path, .. } => fs::metadata(path).map(drop),
            Place::Object(object) => object.check_unchanged(),
        };
        checked.map_err(|error| InputError::of_lost(&source.path, error))
    }

    /// A few other files of the same folder, evenly spread over it.
    fn some_others<'a>(&'a self, item: &'a InputItem) -> impl Iterator<Item = PathBuf> + 'a {
        let step = self.items.len().div_ceil(reachability::TRIALS).max(1);
        let is_other = |other: &&InputItem| {
            other.location.source() == item.location.source()
                && other.kind != MediaKind::Skip(SkipReason::NotARegularFile)
                && other.path != item.path
        };
        self.items
            .iter()
            .step_by(step)
            .filter(is_other)
            .filter_map(|other| self.path_on_disk(other).ok())
    }

    fn place_of<'a>(&'a self, item: &'a InputItem) -> Result<(&'a Place, &'a Location), Failure> {
        if item.kind == MediaKind::Skip(SkipReason::NotARegularFile) {
            let detail = SkipReason::NotARegularFile.explanation();
            return Err(Failure::new(FailureCode::AccessFailed, detail));
        }
        let source = self
            .sources
            .get(item.location.source())
            .ok_or_else(foreign_item)?;
        Ok((&source.place, &item.location))
    }

    fn path_on_disk(&self, item: &InputItem) -> Result<PathBuf, Failure> {
        let source = self
            .sources
            .get(item.location.source())
            .ok_or_else(foreign_item)?;
        let path = match &source.place {
            Place::Folder { root, .. } => item
                .name_on_disk(source, &self.odd_names)
                .map(|name| root.join(name)),
            Place::File { path, .. } => Some(path.clone()),
            Place::Archive(_) | Place::Object(_) | Place::Refused { .. } => None,
        };
        path.ok_or_else(foreign_item)
    }
}

/// For an item of another listing, which a caller can only hand in by mistake.
fn foreign_item() -> Failure {
    Failure::new(
        FailureCode::AccessFailed,
        "the file is not part of this listing",
    )
}

#[cfg(test)]
mod tests {
    use std::{
        ffi::OsStr,
        fs,
        io::Write as _,
        os::unix::{ffi::OsStrExt as _, fs::symlink},
        path::Path,
    };

    use common::archive::ArchiveError;
    use tempfile::TempDir;

    use super::*;

    fn write_zip(path: &Path, entries: &[(&str, &[u8])]) {
        let mut writer = zip::ZipWriter::new(fs::File::create(path).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        for (name, data) in entries {
            if name.ends_with('/') {
                writer.add_directory(*name, options).unwrap();
            } else {
                writer.start_file(*name, options).unwrap();
                writer.write_all(data).unwrap();
            }
        }
        writer.finish().unwrap();
    }

    fn write(folder: &TempDir, name: impl AsRef<Path>, data: &[u8]) -> PathBuf {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, data).unwrap();
        path
    }

    fn open(inputs: &[&Path]) -> Result<InputListing, InputError> {
        open_without(inputs, &[])
    }

    fn open_without(inputs: &[&Path], exclude: &[&Path]) -> Result<InputListing, InputError> {
        let owned = |paths: &[&Path]| {
            paths
                .iter()
                .map(|path| path.to_path_buf())
                .collect::<Vec<_>>()
        };
        InputListing::open(
            &owned(inputs),
            &owned(exclude),
            ArchiveLimits::default(),
            None,
        )
    }

    fn paths(listing: &InputListing) -> Vec<&str> {
        listing
            .items()
            .iter()
            .map(|item| item.path.as_str())
            .collect()
    }

    fn contents(listing: &InputListing) -> Vec<String> {
        let mut bytes = Vec::new();
        let mut content = |item| match listing.read(item, &mut bytes) {
            Ok(()) => String::from_utf8(bytes.clone()).unwrap(),
            Err(ReadError::File(failure)) => failure.code.code().to_owned(),
            Err(ReadError::Store(error)) => panic!("{error}"),
        };
        listing.items().iter().map(&mut content).collect()
    }

    #[test]
    fn an_archive_is_known_by_its_content_and_listed_in_path_order() {
        let folder = TempDir::new().unwrap();
        let zip = folder.path().join("upload.dat");
        write_zip(
            &zip,
            &[
                ("b/", b""),
                ("b/2.jpg", b"two"),
                ("a.jpg", b"one"),
                ("b/notes.txt", b""),
            ],
        );
        let listing = open(&[&zip]).unwrap();
        assert_eq!(paths(&listing), ["a.jpg", "b", "b/2.jpg", "b/notes.txt"]);
        assert_eq!(
            listing.items()[1].kind,
            MediaKind::Skip(SkipReason::Directory)
        );
        assert_eq!(
            contents(&listing),
            ["one", "access-failed", "two", "no-bytes"]
        );
        assert_eq!(
            listing.facts(),
            [InputFacts {
                name: "upload.dat".into(),
                files: 4
            }]
        );
    }

    #[test]
    fn a_folder_is_listed_with_hidden_files_and_without_following_links() {
        let folder = TempDir::new().unwrap();
        write(&folder, "cam/2.jpg", b"two");
        write(&folder, "cam/.hidden/1.jpg", b"one");
        write(&folder, ".DS_Store", b"x");
        symlink("/etc/passwd", folder.path().join("link.jpg")).unwrap();
        symlink("/etc", folder.path().join("cam/etc")).unwrap();
        let listing = open(&[folder.path()]).unwrap();
        assert_eq!(
            paths(&listing),
            [
                ".DS_Store",
                "cam/.hidden/1.jpg",
                "cam/2.jpg",
                "cam/etc",
                "link.jpg"
            ]
        );
        let skipped = |index: usize| listing.items()[index].kind;
        assert_eq!(skipped(0), MediaKind::Skip(SkipReason::SystemFile));
        assert_eq!(skipped(3), MediaKind::Skip(SkipReason::NotARegularFile));
        assert_eq!(skipped(4), MediaKind::Skip(SkipReason::NotARegularFile));
        assert_eq!(
            contents(&listing),
            ["x", "one", "two", "access-failed", "access-failed"]
        );
    }

    #[test]
    fn several_inputs_stand_in_folders_of_their_own_names() {
        let folder = TempDir::new().unwrap();
        let (north, south) = (
            folder.path().join("n/cam.zip"),
            folder.path().join("s/cam.zip"),
        );
        let cam = write(&folder, "cam/1.jpg", b"folder");
        let single = write(&folder, "single.jpg", b"single");
        for (path, data) in [(&north, b"north"), (&south, b"south")] {
            fs::create_dir(path.parent().unwrap()).unwrap();
            write_zip(path, &[("1.jpg", data)]);
        }
        let listing = open(&[&north, &south, cam.parent().unwrap(), &single]).unwrap();
        assert_eq!(
            paths(&listing),
            ["cam (2)/1.jpg", "cam (3)/1.jpg", "cam/1.jpg", "single.jpg"]
        );
        assert_eq!(contents(&listing), ["south", "folder", "north", "single"]);
        let facts: Vec<(String, u64)> = listing
            .facts()
            .into_iter()
            .map(|fact| (fact.name, fact.files))
            .collect();
        let expected = [
            ("cam.zip", 1),
            ("cam.zip", 1),
            ("cam", 1),
            ("single.jpg", 1),
        ];
        assert_eq!(
            facts,
            expected.map(|(name, files)| (name.to_owned(), files))
        );
    }

    #[test]
    fn zips_in_folders_are_folders_of_their_names() {
        let folder = TempDir::new().unwrap();
        write(&folder, "cards/loose.jpg", b"loose");
        write(&folder, "cards/north/1.jpg", b"unpacked");
        write(&folder, "cards/torn.zip", b"PK\x03\x04 and no end");
        write(&folder, "cards/._north.zip", b"x");
        for name in ["north.zip", "sub/south.zip", "sub/south.ZIP"] {
            let path = folder.path().join("cards").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            write_zip(&path, &[("1.jpg", name.as_bytes()), ("in.zip", b"PK")]);
        }
        let cards = folder.path().join("cards");
        let listing = open(&[&cards]).unwrap();
        let expected = [
            ("._north.zip", "x"),
            ("loose.jpg", "loose"),
            ("north (2)/1.jpg", "north.zip"),
            ("north (2)/in.zip", "PK"),
            ("north/1.jpg", "unpacked"),
            ("sub/south (2)/1.jpg", "sub/south.zip"),
            ("sub/south (2)/in.zip", "PK"),
            ("sub/south/1.jpg", "sub/south.ZIP"),
            ("sub/south/in.zip", "PK"),
            ("torn.zip", "archive-refused"),
        ];
        assert_eq!(paths(&listing), expected.map(|(path, _)| path));
        assert_eq!(contents(&listing), expected.map(|(_, content)| content));
        let facts = listing.facts();
        assert_eq!(facts.iter().map(|fact| fact.files).sum::<u64>(), 10);
        assert_eq!(facts.len(), 5);
        let other = write(&folder, "single.jpg", b"single");
        let listing = open(&[&cards, &other]).unwrap();
        assert_eq!(listing.items()[0].path.as_str(), "cards/._north.zip");
    }

    #[test]
    fn files_whose_names_cannot_be_shown_as_they_are_can_still_be_opened() {
        let folder = TempDir::new().unwrap();
        write(&folder, OsStr::from_bytes(b"caf\xe9.jpg"), b"latin");
        write(&folder, "a\\b.jpg", b"backslash");
        write(&folder, "a/b.jpg", b"slash");
        write(&folder, "line\nbreak.jpg", b"break");
        let other = TempDir::new().unwrap();
        for inputs in [&[folder.path()][..], &[folder.path(), other.path()]] {
            let listing = open(inputs).unwrap();
            let names: Vec<&str> = listing
                .items()
                .iter()
                .map(|item| item.path.file_name())
                .collect();
            assert_eq!(
                names,
                ["b (2).jpg", "b.jpg", "caf\u{fffd}.jpg", "line_break.jpg"]
            );
            assert_eq!(contents(&listing), ["backslash", "slash", "latin", "break"]);
        }
    }

    #[test]
    fn namesakes_in_an_archive_and_in_single_files_all_stay() {
        let folder = TempDir::new().unwrap();
        let zip = folder.path().join("x.zip");
        write_zip(
            &zip,
            &[
                ("a\\1.jpg", b"first"),
                ("a/1.jpg", b"second"),
                ("/a/1.jpg", b"third"),
            ],
        );
        let listing = open(&[&zip]).unwrap();
        assert_eq!(paths(&listing), ["a/1 (2).jpg", "a/1 (3).jpg", "a/1.jpg"]);
        assert_eq!(contents(&listing), ["second", "third", "first"]);
        let (one, two) = (
            write(&folder, "p/1.jpg", b"p"),
            write(&folder, "q/1.jpg", b"q"),
        );
        let listing = open(&[&one, &two]).unwrap();
        assert_eq!(paths(&listing), ["1 (2).jpg", "1.jpg"]);
        assert_eq!(contents(&listing), ["q", "p"]);
    }

    #[test]
    fn what_is_excluded_is_not_listed_but_an_input_cannot_be() {
        let folder = TempDir::new().unwrap();
        write(&folder, "1.jpg", b"one");
        write(&folder, "results/annotated/1.jpg", b"one");
        let results = folder.path().join("results/../results");
        let listing = open_without(&[folder.path()], &[&results, Path::new("/not/there")]).unwrap();
        assert_eq!(paths(&listing), ["1.jpg"]);
        let error = open_without(&[folder.path()], &[folder.path()])
            .err()
            .unwrap();
        assert!(matches!(error, InputError::IsExcluded { .. }), "{error:?}");
    }

    #[test]
    fn the_head_of_every_kind_of_file_can_be_read() {
        let folder = TempDir::new().unwrap();
        let zip = folder.path().join("x.zip");
        write_zip(&zip, &[("long", &[7; 9000]), ("none", b"")]);
        let single = write(&folder, "single.jpg", &[8; 9000]);
        let listing = open(&[&zip, &single]).unwrap();
        let mut bytes = vec![1; 3];
        let mut head = |index: usize| {
            listing
                .read_head(&listing.items()[index], 16, &mut bytes)
                .unwrap();
            bytes.clone()
        };
        assert_eq!(
            [head(0), head(1), head(2)],
            [vec![8; 16], vec![7; 16], vec![]]
        );
    }

    #[test]
    fn the_fingerprint_follows_paths_sizes_and_content() {
        let folder = TempDir::new().unwrap();
        let zip = folder.path().join("x.zip");
        let mut fingerprints = std::collections::HashSet::new();
        for entries in [
            &[("a.jpg", &b"one"[..]), ("b.jpg", b"two")][..],
            &[("a.jpg", b"one"), ("b.jpg", b"too")],
            &[("a.jpg", b"one"), ("c.jpg", b"two")],
            &[("a.jpg", b"one")],
        ] {
            write_zip(&zip, entries);
            let fingerprint = open(&[&zip]).unwrap().fingerprint();
            assert_eq!(fingerprint, open(&[&zip]).unwrap().fingerprint());
            fingerprints.insert(fingerprint);
        }
        assert_eq!(fingerprints.len(), 4);
    }

    #[test]
    fn inputs_that_cannot_be_used_are_named_with_advice() {
        let folder = TempDir::new().unwrap();
        let error = open(&[]).err().unwrap();
        assert!(matches!(error, InputError::NoInputs));
        let error = open(&[&folder.path().join("gone.zip")])
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.ends_with("gone.zip does not exist: check the path"),
            "{error}"
        );
        let error = open(&[Path::new("/dev/null")]).err().unwrap();
        assert!(matches!(error, InputError::NotAFile { .. }));
        let cut = write(&folder, "cut.zip", b"PK\x03\x04 and no end");
        let error = open(&[&cut]).err().unwrap();
        assert!(matches!(
            error,
            InputError::Archive {
                source: ArchiveError::EndMissing,
                ..
            }
        ));
        let text = write(&folder, "text.zip", b"hello");
        let error = open(&[&text]).err().unwrap();
        assert!(matches!(
            error,
            InputError::Archive {
                source: ArchiveError::NotAnArchive { .. },
                ..
            }
        ));
    }

    #[test]
    fn single_files_that_are_no_archives_are_listed_as_they_are() {
        let folder = TempDir::new().unwrap();
        for (name, kind) in [
            ("1.jpg", MediaKind::Image),
            ("1.mp4", MediaKind::Skip(SkipReason::Video)),
            ("notes.txt", MediaKind::Skip(SkipReason::NotAnImage)),
        ] {
            let path = write(&folder, name, b"hello");
            let listing = open(&[&path]).unwrap();
            assert_eq!(
                (paths(&listing), listing.items()[0].kind),
                (vec![name], kind)
            );
        }
    }

    #[test]
    fn what_names_do_not_tell_first_bytes_do() {
        let folder = TempDir::new().unwrap();
        let jpeg = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0 and more";
        write(&folder, "card/a.txt", jpeg);
        write(&folder, "card/b", jpeg);
        write(&folder, "card/c.txt", b"a note");
        write(&folder, "card/d.dat", b"");
        let zip = folder.path().join("card.zip");
        let entries: [(&str, &[u8]); 4] = [
            ("a.txt", jpeg),
            ("b", jpeg),
            ("c.txt", b"a note"),
            ("d.dat", b""),
        ];
        write_zip(&zip, &entries);
        for input in [folder.path().join("card"), zip] {
            let listing = open(&[&input]).unwrap();
            let kinds: Vec<MediaKind> = listing.items().iter().map(|item| item.kind).collect();
            let other = MediaKind::Skip(SkipReason::NotAnImage);
            assert_eq!(kinds, [MediaKind::Image, MediaKind::Image, other, other]);
            assert_eq!(listing.image_count(), 2);
        }
    }

    #[test]
    fn pictures_called_videos_or_archives_are_pictures() {
        let folder = TempDir::new().unwrap();
        let jpeg = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0 and more";
        let files: [(&str, &[u8]); 4] = [
            ("a.avi", jpeg),
            ("b.zip", jpeg),
            ("c.zip.001", jpeg),
            ("d.mp4", b"no picture"),
        ];
        for (name, content) in files {
            write(&folder, format!("card/{name}"), content);
        }
        let zip = folder.path().join("card.zip");
        write_zip(&zip, &files);
        let inputs = [
            folder.path().join("card"),
            zip,
            folder.path().join("card/b.zip"),
        ];
        for (input, images) in inputs.iter().zip([3, 3, 1]) {
            let listing = open(&[input]).unwrap();
            let is_image = |item: &InputItem| item.kind == MediaKind::Image;
            let (pictures, others): (Vec<_>, Vec<_>) =
                listing.items().iter().partition(|item| is_image(item));
            assert_eq!(pictures.len(), images);
            assert_eq!(listing.image_count() as usize, images);
            let is_video = |item: &&InputItem| item.kind == MediaKind::Skip(SkipReason::Video);
            assert!(others.iter().all(is_video));
        }
    }

    #[test]
    fn what_cannot_be_read_may_be_an_image() {
        let folder = TempDir::new().unwrap();
        let zip = folder.path().join("card.zip");
        write_zip(&zip, &[("a.dat", b"a note"), ("b.dat", b"another note")]);
        let mut bytes = fs::read(&zip).unwrap();
        bytes[..4].fill(0);
        fs::write(&zip, bytes).unwrap();
        let listing = open(&[&zip]).unwrap();
        assert_eq!(listing.items()[0].kind, MediaKind::Unknown);
        assert_eq!(listing.image_count(), 1);
    }

    #[test]
    fn items_are_small_and_the_listing_is_shared_between_threads() {
        fn is_shared<T: Send + Sync>() {}
        is_shared::<InputListing>();
        assert_eq!(size_of::<InputItem>(), 64);
    }

    #[test]
    fn a_job_past_its_limits_is_refused_with_numbers() {
        let folder = TempDir::new().unwrap();
        let zip = folder.path().join("card.zip");
        write_zip(
            &zip,
            &[
                ("a.jpg", b"12345"),
                ("b.jpg", b"123456"),
                ("film.mp4", b"much more"),
            ],
        );
        let card = folder.path().join("card");
        fs::create_dir(&card).unwrap();
        fs::write(card.join("c.jpg"), b"7").unwrap();
        let open = |job_files, job_bytes| {
            let limits = ArchiveLimits {
                job_files,
                job_bytes,
                ..ArchiveLimits::default()
            };
            InputListing::open(&[zip.clone(), card.clone()], &[], limits, None)
        };
        assert!(open(4, 12).is_ok(), "films are not read");
        let files = open(3, 12).err().unwrap();
        assert!(
            matches!(files, InputError::TooManyFiles { files: 4, limit: 3 }),
            "{files}"
        );
        let bytes = open(4, 11).err().unwrap();
        assert!(
            matches!(
                bytes,
                InputError::TooManyBytes {
                    bytes: 12,
                    limit: 11
                }
            ),
            "{bytes}"
        );
    }
}
