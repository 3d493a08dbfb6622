//! Where copies of a file go inside the package.

use common::MediaPath;

use crate::{
    input::InputListing,
    package::{ANNOTATED, ORIGINALS, RENAMED},
};

/// Longest name of a file that common file systems take, in bytes.
const LONGEST_NAME: usize = 255;

/// Hexadecimal digits of the hash in a copy's name: 128 bits, too many to make two alike.
const HASH_DIGITS: usize = 32;

/// Names copies so that they keep the file's own path and never collide. The listing has no path
/// twice and no file whose path others use as a folder, so only added endings need care.
pub struct CopyPaths<'a> {
    listing: &'a InputListing,
}

impl<'a> CopyPaths<'a> {
    /// Names for the files of a listing.
    #[must_use]
    pub fn of(listing: &'a InputListing) -> Self {
        Self { listing }
    }

    /// The annotated copy: the file's own path, with `.jpg` added where it is not a JPEG's. Where
    /// that is too long, or the path of another file or folder, it is a hash in a folder of its
    /// own, in which nothing else lies.
    #[must_use]
    pub fn annotated(&self, path: &MediaPath) -> String {
        if is_jpeg(path) {
            return format!("{ANNOTATED}/{path}");
        }
        let is_too_long = path.file_name().len() + ".jpg".len() > LONGEST_NAME;
        let extended = MediaPath::from_display_name(&format!("{path}.jpg"));
        if is_too_long || self.listing.is_taken(&extended) {
            let hash = blake3::hash(path.as_str().as_bytes()).to_hex();
            let name = hash.get(..HASH_DIGITS).unwrap_or_default();
            return format!("{RENAMED}/{name}.jpg");
        }
        format!("{ANNOTATED}/{path}.jpg")
    }

    /// The copy of the original: the file's own path.
    #[must_use]
    pub fn original(&self, path: &MediaPath) -> String {
        format!("{ORIGINALS}/{path}")
    }
}

fn is_jpeg(path: &MediaPath) -> bool {
    path.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("jpg") || e.eq_ignore_ascii_case("jpeg"))
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
        InputListing::open(&[card], &[], ArchiveLimits::default()).unwrap()
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
}
