//! Paths that are two here and one on Windows or macOS.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hasher as _},
};

use unicode_normalization::UnicodeNormalization as _;

use super::MediaPath;

/// The files of a listing whose copies would overwrite each other where a package is unpacked.
///
/// NTFS and exFAT take names that differ in upper and lower case alone for one, and so does APFS,
/// which also does not tell `é` from `e` with an accent behind it. Here two paths count as one if
/// either of them would say so. Of each path a hash is compared, so two others could count as one
/// by an accident that is not to be expected, and would only move. What is kept is small: the
/// hashes of those that clash.
#[derive(Debug, Default)]
pub struct Namesakes {
    /// Keys of files that share their path with another file, or with a folder.
    shared: HashSet<u64>,
    /// Keys of paths that files would have with `.jpg` behind, and others have.
    taken: HashSet<u64>,
}

impl Namesakes {
    /// Looks through the paths of a listing, with whether each is a folder; quickest in their
    /// order.
    pub fn of<'a>(paths: impl Iterator<Item = (&'a MediaPath, bool)> + Clone) -> Self {
        let files = || paths.clone().filter(|(_, is_folder)| !is_folder);
        let mut own: Vec<u64> = files().map(|(path, _)| key(path.as_str())).collect();
        let mut with_ending: Vec<u64> = files()
            .filter(|(path, _)| !path.is_named_jpeg())
            .map(|(path, _)| key(&with_jpg(path)))
            .collect();
        own.sort_unstable();
        with_ending.sort_unstable();
        let mut found = Self::default();
        for (key, next) in own.iter().zip(own.iter().skip(1)) {
            if key == next {
                found.shared.insert(*key);
            }
        }
        let is_own = |key: &u64| own.binary_search(key).is_ok();
        found
            .taken
            .extend(with_ending.iter().copied().filter(is_own));
        let mut previous = "";
        for (path, is_folder) in paths {
            for_each_folder(path.as_str(), is_folder, previous, |folder| {
                if is_own(&folder) {
                    found.shared.insert(folder);
                }
                if with_ending.binary_search(&folder).is_ok() {
                    found.taken.insert(folder);
                }
            });
            previous = path.as_str();
        }
        found
    }

    /// Whether a file shares its path with another file or with a folder.
    #[must_use]
    pub fn is_shared(&self, path: &MediaPath) -> bool {
        !self.shared.is_empty() && self.shared.contains(&key(path.as_str()))
    }

    /// Whether a file that is not named as a JPEG cannot get `.jpg` added: another file or folder
    /// has that path.
    #[must_use]
    pub fn is_taken_with_jpg(&self, path: &MediaPath) -> bool {
        !self.taken.is_empty() && self.taken.contains(&key(&with_jpg(path)))
    }
}

fn with_jpg(path: &MediaPath) -> String {
    format!("{path}.jpg")
}

/// What two paths have in common if they are one to Windows or macOS.
fn key(path: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut is_first = true;
    folded(path, |part| {
        if !is_first {
            hasher.write_u8(b'/');
        }
        is_first = false;
        hasher.write(part);
    });
    hasher.finish()
}

/// Shows the keys of the folders above a path, and of itself if it is one, but not of those that
/// the previous path is below, too. Hashes each part once, however deep the path is.
fn for_each_folder(path: &str, is_folder: bool, previous: &str, mut show: impl FnMut(u64)) {
    let common = path
        .bytes()
        .zip(previous.bytes())
        .take_while(|(a, b)| a == b);
    let known = common.filter(|(a, _)| *a == b'/').count();
    let depth = path.bytes().filter(|byte| *byte == b'/').count() + usize::from(is_folder);
    if known == depth {
        return;
    }
    let mut hasher = DefaultHasher::new();
    let mut number = 0;
    folded(path, |part| {
        if number > 0 {
            hasher.write_u8(b'/');
        }
        hasher.write(part);
        number += 1;
        if number > known && number <= depth {
            show(hasher.clone().finish());
        }
    });
}

/// Shows the parts of a path without the differences that do not count.
fn folded(path: &str, show: impl FnMut(&[u8])) {
    let whole = if path.is_ascii() {
        path.to_ascii_uppercase()
    } else {
        // Lower case first: some letters, as the sign of Kelvin, have only that in common.
        let lower: String = path.nfd().flat_map(char::to_lowercase).collect();
        let upper: String = lower.chars().flat_map(char::to_uppercase).collect();
        upper.nfd().collect()
    };
    whole.as_bytes().split(|byte| *byte == b'/').for_each(show);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The paths whose copies cannot stay, and what is wrong: `=` shared, `+` with `.jpg`.
    fn clashes(names: &[&str]) -> Vec<String> {
        let mut paths: Vec<(MediaPath, bool)> = names
            .iter()
            .map(|name| (MediaPath::from_display_name(name), name.ends_with('/')))
            .collect();
        paths.sort();
        let namesakes = Namesakes::of(paths.iter().map(|(path, is_folder)| (path, *is_folder)));
        let files = paths.iter().filter(|(_, is_folder)| !is_folder);
        files
            .flat_map(|(path, _)| {
                let shares = namesakes.is_shared(path).then(|| format!("={path}"));
                let is_taken = !path.is_named_jpeg() && namesakes.is_taken_with_jpg(path);
                [shares, is_taken.then(|| format!("+{path}"))]
            })
            .flatten()
            .collect()
    }

    #[test]
    fn names_that_differ_in_case_alone_share_a_path() {
        assert_eq!(
            clashes(&[
                "Cam1/IMG_1.JPG",
                "Cam1/img_1.jpg",
                "CAM1/IMG_1.JPG",
                "cam1/2.jpg"
            ]),
            ["=CAM1/IMG_1.JPG", "=Cam1/IMG_1.JPG", "=Cam1/img_1.jpg"]
        );
        assert_eq!(clashes(&["ΣΑΣ.jpg", "σας.jpg", "σασ.jpg"]).len(), 3);
        assert_eq!(
            clashes(&["straße.jpg", "STRASSE.jpg", "ſtraẞe.jpg"]).len(),
            3
        );
        assert_eq!(clashes(&["ÄÖ/1.jpg", "äö/1.jpg", "ao/1.jpg"]).len(), 2);
        assert_eq!(clashes(&["Лось.jpg", "лось.jpg"]).len(), 2);
        assert_eq!(clashes(&["\u{212a}.jpg", "k.jpg", "K.jpg"]).len(), 3);
    }

    #[test]
    fn names_that_differ_in_how_accents_are_written_share_a_path() {
        assert_eq!(
            clashes(&[
                "Fore\u{302}t/1.jpg",
                "For\u{ea}t/1.jpg",
                "FOR\u{ca}T/1.JPG",
                "Foret/1.jpg"
            ])
            .len(),
            3
        );
        assert_eq!(clashes(&["\u{ac00}.jpg", "\u{1100}\u{1161}.jpg"]).len(), 2);
        assert_eq!(clashes(&["\u{1ec7}.jpg", "e\u{302}\u{323}.jpg"]).len(), 2);
    }

    #[test]
    fn others_do_not() {
        assert!(
            clashes(&[
                "a/1.jpg", "a/2.jpg", "A/3.jpg", "b/1.jpg", "a.jpg", "a1.jpg"
            ])
            .is_empty()
        );
        assert!(clashes(&["a/b.jpg", "ab.jpg", "a/", "A/"]).is_empty());
        assert!(clashes(&["a.png", "b.png.jpg", "a.bmp"]).is_empty());
    }

    #[test]
    fn a_file_where_another_system_sees_a_folder_shares_its_path() {
        assert_eq!(
            clashes(&["Cam.jpg", "cam.JPG/1.jpg", "cam.jpgs/1.jpg"]),
            ["=Cam.jpg"]
        );
        assert_eq!(
            clashes(&["x/Cam.jpg", "X/cam.JPG/a/b/1.jpg"]),
            ["=x/Cam.jpg"]
        );
        assert_eq!(clashes(&["x/Cam.jpg", "X/cam.JPG/"]), ["=x/Cam.jpg"]);
    }

    #[test]
    fn an_added_ending_meets_files_and_folders_of_that_name() {
        assert_eq!(clashes(&["a.png", "A.PNG.JPG"]), ["+a.png"]);
        assert_eq!(clashes(&["a.png", "a.png.jpg/b.jpg"]), ["+a.png"]);
        assert_eq!(clashes(&["a.png", "A.png", "a.bmp"]), ["=A.png", "=a.png"]);
    }

    #[test]
    fn deep_paths_are_looked_through_quickly() {
        let paths: Vec<MediaPath> = (0..500)
            .map(|n| MediaPath::from_display_name(&format!("{n}/{}x.jpg", "a/".repeat(500))))
            .collect();
        assert!(
            Namesakes::of(paths.iter().map(|path| (path, false)))
                .shared
                .is_empty()
        );
    }

    proptest! {
        #[test]
        fn whoever_shares_no_path_can_be_written_beside_all_others(
            names in prop::collection::vec("[aAäÄ](/[bB]){0,2}(\\.png)?(\\.jpg)?", 0..30)
        ) {
            let paths: std::collections::BTreeSet<MediaPath> =
                names.iter().map(|name| MediaPath::from_display_name(name)).collect();
            let namesakes = Namesakes::of(paths.iter().map(|path| (path, false)));
            let lower = |path: &MediaPath| path.as_str().to_lowercase();
            for path in &paths {
                let twin = paths.iter().any(|other| other != path
                    && (lower(other) == lower(path) || lower(other).starts_with(&format!("{}/", lower(path)))));
                prop_assert_eq!(namesakes.is_shared(path), twin, "{}", path);
            }
        }
    }
}
