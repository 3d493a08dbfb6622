//! Where copies of a file go inside the package.

use common::MediaPath;

use crate::{
    input::InputListing,
    package::{ANNOTATED, ORIGINALS},
};

/// Longest name of a file that common file systems take, in bytes.
const LONGEST_NAME: usize = 255;

/// Hexadecimal digits of the hash in a name that had to be invented: 2⁶⁴ tries would be needed
/// to find two files with the same.
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
    /// that name is too long or is another file's, it gets one made of its path's hash.
    #[must_use]
    pub fn annotated(&self, path: &MediaPath) -> String {
        let is_jpeg = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("jpg") || e.eq_ignore_ascii_case("jpeg"));
        if is_jpeg {
            return format!("{ANNOTATED}/{path}");
        }
        let extended = format!("{path}.jpg");
        if path.file_name().len() + ".jpg".len() <= LONGEST_NAME && self.is_free(&extended) {
            return format!("{ANNOTATED}/{extended}");
        }
        let folder = path.as_str().strip_suffix(path.file_name());
        let mut hash = blake3::hash(path.as_str().as_bytes());
        loop {
            let digits = hash.to_hex();
            let digits = digits.get(..HASH_DIGITS).unwrap_or(&digits);
            let stem = format!("{}renamed-{digits}", folder.unwrap_or_default());
            let name = format!("{stem}.jpg");
            // The stem could be a file whose copy has just this name.
            if self.is_free(&name) && self.is_free(&stem) {
                return format!("{ANNOTATED}/{name}");
            }
            hash = blake3::hash(hash.as_bytes());
        }
    }

    /// The copy of the original: the file's own path.
    #[must_use]
    pub fn original(&self, path: &MediaPath) -> String {
        format!("{ORIGINALS}/{path}")
    }

    /// Whether no file has this path, and none lies below it.
    fn is_free(&self, name: &str) -> bool {
        !self.listing.has_at_or_below(name)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, fs};

    use common::archive::ArchiveLimits;

    use super::*;

    fn annotated(names: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let inputs = [folder.path().to_owned()];
        let listing = InputListing::open(&inputs, &[], ArchiveLimits::default()).unwrap();
        let paths = CopyPaths::of(&listing);
        let copies: Vec<String> = listing
            .items()
            .iter()
            .map(|item| paths.annotated(&item.path))
            .collect();
        assert_eq!(copies.len(), copies.iter().collect::<HashSet<_>>().len());
        for (one, other) in copies
            .iter()
            .flat_map(|a| copies.iter().map(move |b| (a, b)))
        {
            assert!(!other.starts_with(&format!("{one}/")), "{one} is a folder");
        }
        copies
    }

    /// The name that a file gets whose own is taken.
    fn renamed(path: &str) -> String {
        let hash = blake3::hash(path.as_bytes()).to_hex();
        format!("renamed-{}", &hash[..HASH_DIGITS])
    }

    #[test]
    fn a_copy_keeps_its_path_and_becomes_a_jpeg() {
        assert_eq!(
            annotated(&["a/1.png", "a/2.JPG", "a/3.jpeg", "a/4"]),
            [
                "annotated/a/1.png.jpg",
                "annotated/a/2.JPG",
                "annotated/a/3.jpeg",
                "annotated/a/4.jpg"
            ]
        );
    }

    #[test]
    fn a_file_or_folder_with_the_extended_name_keeps_it() {
        let file = annotated(&["a.png", "a.png.jpg"]);
        assert_eq!(file[0], format!("annotated/{}.jpg", renamed("a.png")));
        assert_eq!(file[1], "annotated/a.png.jpg");
        let folder = annotated(&["c/a.png", "c/a.png.jpg/b.jpg"]);
        assert_eq!(folder[0], format!("annotated/c/{}.jpg", renamed("c/a.png")));
    }

    #[test]
    fn a_name_that_is_too_long_or_guessed_is_still_unique() {
        let long = format!("{}.png", "x".repeat(250));
        let guess = renamed(&long);
        let copies = annotated(&[&long, &guess, &format!("{guess}.png")]);
        assert!(copies.iter().all(|copy| copy.len() < 300));
        assert!(copies.contains(&format!("annotated/{guess}.jpg")));
        annotated(&[&long, &format!("{guess}.jpg")]);
        annotated(&[&long, &format!("{guess}.jpg/inside.jpg")]);
        annotated(&[&long, &format!("{guess}/inside.jpg")]);
    }
}
