//! Where copies of a file go inside the package.

mod portable;

use common::{MediaOutcome, MediaPath, MediaRecord, media::OriginalCopy};

use crate::{
    input::InputListing,
    package::{ANNOTATED, ORIGINALS, ORIGINALS_RENAMED, RENAMED},
};

/// Hexadecimal digits of the hash in a copy's name: 128 bits, too many to make two alike.
const HASH_DIGITS: usize = 32;

/// Names copies so that they keep the file's own path and never collide. The listing has no path
/// twice and no file whose path others use as a folder, so only added endings need care.
///
/// A copy that cannot have its file's path lies in a folder without folders of its own. There its
/// name is made of the path, as far as that goes, and of the path's hash. That is so where Windows
/// and the file systems of memory cards refuse the path, where another file or folder has it, and
/// where Windows or macOS take the paths of several files for one: then all of these move, so that
/// none hangs on the others. It depends on the listing alone, whatever part of it a run is about.
pub struct CopyPaths<'a> {
    listing: &'a InputListing,
}

impl<'a> CopyPaths<'a> {
    /// Names for the files of a listing.
    #[must_use]
    pub fn of(listing: &'a InputListing) -> Self {
        Self { listing }
    }

    /// The annotated copy: the file's own path, with `.jpg` added where it is not a JPEG's.
    #[must_use]
    pub fn annotated(&self, path: &MediaPath) -> String {
        let namesakes = self.listing.namesakes();
        let (copy, is_free) = if path.is_named_jpeg() {
            (format!("{ANNOTATED}/{path}"), true)
        } else {
            let is_free = !namesakes.is_taken_with_jpg(path);
            (format!("{ANNOTATED}/{path}.jpg"), is_free)
        };
        if is_free && portable::is_portable(&copy) && !namesakes.is_shared(path) {
            copy
        } else {
            format!("{RENAMED}/{}.jpg", renamed(path))
        }
    }

    /// The copy of the original: the file's own path.
    #[must_use]
    pub fn original(&self, path: &MediaPath) -> String {
        let copy = format!("{ORIGINALS}/{path}");
        if portable::is_portable(&copy) && !self.listing.namesakes().is_shared(path) {
            return copy;
        }
        let extension = path.extension().filter(|e| portable::is_extension(e));
        let ending = extension.map_or_else(String::new, |e| format!(".{e}"));
        format!("{ORIGINALS_RENAMED}/{}{ending}", renamed(path))
    }
}

/// A name without extension that no other path gets.
fn renamed(path: &MediaPath) -> String {
    let hash = blake3::hash(path.as_str().as_bytes()).to_hex();
    let digits = hash.get(..HASH_DIGITS).unwrap_or_default();
    format!("{}-{digits}", portable::readable(path.as_str()))
}

/// Paths of a record's annotated copy and copied original inside the package.
#[must_use]
pub fn copies_of(record: &MediaRecord) -> [Option<&str>; 2] {
    let MediaOutcome::Processed(media) = &record.outcome else {
        return [None, None];
    };
    let original = match &media.original {
        Some(OriginalCopy::At(path)) => Some(path.as_str()),
        _ => None,
    };
    [media.annotated.as_deref(), original]
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, fs, path::Path};

    use common::archive::ArchiveLimits;

    use super::*;

    fn listing(folder: &Path, names: &[&str]) -> InputListing {
        let card = folder.join("card");
        for name in names {
            let path = card.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"x").unwrap();
        }
        InputListing::open(&[card], &[], ArchiveLimits::default(), None).unwrap()
    }

    /// The copies of a listing's files, all of which can be written side by side.
    fn copies(names: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let listing = listing(folder.path(), names);
        let paths = CopyPaths::of(&listing);
        let items = listing.items().iter();
        let copies: Vec<String> = items.map(|item| paths.annotated(&item.path)).collect();
        assert_eq!(copies.iter().collect::<HashSet<_>>().len(), names.len());
        for copy in &copies {
            let path = folder.path().join("out").join(copy);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"x").unwrap();
        }
        copies
    }

    #[test]
    fn a_copy_keeps_the_path_of_its_file() {
        assert_eq!(
            copies(&["a/b.JPG", "a/c.png"]),
            ["annotated/a/b.JPG", "annotated/a/c.png.jpg"]
        );
    }

    #[test]
    fn a_copy_never_takes_the_place_of_another() {
        let found = copies(&["a.png", "a.png.jpg", "b.png"]);
        assert!(found[0].starts_with("annotated-renamed/"), "{found:?}");
        assert_eq!(found[1..], ["annotated/a.png.jpg", "annotated/b.png.jpg"]);
    }

    #[test]
    fn a_copy_never_takes_the_place_of_a_folder() {
        let found = copies(&["a.png", "a.png.jpg (2)/x.jpg", "a.png.jpg/b.jpg"]);
        assert!(found[0].starts_with("annotated-renamed/"), "{found:?}");
    }

    #[test]
    fn a_name_that_becomes_too_long_gets_another() {
        let long = format!("{}.png", "n".repeat(250));
        let found = copies(&[&long, "short.png"]);
        assert!(found[0].starts_with("annotated-renamed/"), "{found:?}");
    }

    #[test]
    fn a_path_that_windows_refuses_gets_a_readable_name_of_its_own() {
        let names = [
            "12:30/a.jpg",
            "12?30/a.jpg",
            "aux/b.png",
            "card. /c.jpg",
            "fine/d.jpg",
        ];
        let found = copies(&names);
        for (copy, readable) in found
            .iter()
            .zip(["12_30_a-", "12_30_a-", "aux_b-", "card. _c-"])
        {
            assert!(copy.starts_with("annotated-renamed/"), "{copy}");
            assert!(copy.contains(readable), "{copy}");
            assert!(portable::is_portable(copy), "{copy}");
        }
        assert_eq!(found[4], "annotated/fine/d.jpg");
        let folder = tempfile::tempdir().unwrap();
        let listing = listing(folder.path(), &names);
        let paths = CopyPaths::of(&listing);
        let items = listing.items().iter();
        let originals: Vec<String> = items.map(|item| paths.original(&item.path)).collect();
        assert!(
            originals[0].starts_with("originals-renamed/12_30_a"),
            "{originals:?}"
        );
        assert!(originals[0].ends_with(".jpg") && originals[2].ends_with(".png"));
        assert_eq!(originals[4], "originals/fine/d.jpg");
        assert_eq!(originals.iter().collect::<HashSet<_>>().len(), names.len());
    }
}
