//! Where copies of a file go inside the package.

use common::MediaPath;

use crate::{
    input::InputListing,
    package::{ANNOTATED, ORIGINALS},
};

/// Longest name of a file that common file systems take, in bytes.
const LONGEST_NAME: usize = 255;

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

    /// The annotated copy: the file's own path, with `.jpg` added where it is not a JPEG's.
    #[must_use]
    pub fn annotated(&self, path: &MediaPath) -> String {
        let is_jpeg = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("jpg") || e.eq_ignore_ascii_case("jpeg"));
        if is_jpeg {
            return place(ANNOTATED, path, path.as_str());
        }
        let mut name = format!("{path}.jpg");
        while self.listing.contains(&MediaPath::from_display_name(&name)) {
            name = name.trim_end_matches("jpg").to_owned() + "annotated.jpg";
        }
        place(ANNOTATED, path, &name)
    }

    /// The copy of the original: the file's own path.
    #[must_use]
    pub fn original(&self, path: &MediaPath) -> String {
        place(ORIGINALS, path, path.as_str())
    }
}

/// Names that are too long once they are extended get one made of their hash.
fn place(folder: &str, path: &MediaPath, name: &str) -> String {
    let is_too_long = name
        .rsplit('/')
        .next()
        .is_some_and(|last| last.len() > LONGEST_NAME);
    if is_too_long {
        let hash = blake3::hash(path.as_str().as_bytes()).to_hex();
        return format!(
            "{folder}/renamed-{}.jpg",
            hash.as_str().get(..16).unwrap_or_default()
        );
    }
    format!("{folder}/{name}")
}
