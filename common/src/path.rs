//! The path of a file inside an upload: for reading by people and for naming outputs, never for
//! reaching outside a folder.

mod clashes;
mod namesakes;

pub use clashes::renames_of_clashes;
pub use namesakes::Namesakes;

use serde::{Deserialize, Serialize};

/// Longest part of a path in bytes: what Linux file systems allow.
const MAX_PART_BYTES: usize = 255;
/// Longest path in bytes. Joined to an output folder it stays below Linux's 4096.
const MAX_PATH_BYTES: usize = 1024;
/// An extension up to this length (with its dot) survives the shortening of a file name.
const MAX_KEPT_EXTENSION_BYTES: usize = 17;
/// Room that a number such as ` (123456789)` needs.
const NUMBER_BYTES: usize = 12;

/// A relative path with `/` between its parts.
///
/// It has at least one part and at most 1024 bytes. A part has 1..=255 bytes, holds something
/// else than dots and white space, and no character that would hide or reorder text (control
/// characters, line separators, bidirectional overrides). The first part is not a drive letter.
/// So joining it to a folder stays inside the folder. Paths are ordered by their bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct MediaPath(Box<str>);

/// A text that was to be read back as a [`MediaPath`] but is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a safe relative path")]
pub struct InvalidMediaPath {
    /// The text.
    pub text: String,
}

impl MediaPath {
    /// Makes a safe path of any name: backslashes become `/`; drive letters, leading slashes,
    /// `.` and `..` are dropped; characters that would hide or reorder text become `_`; parts
    /// that are too long are cut before their extension; of a path that is too long the inner
    /// folders are dropped. A path made by this function is left as it is.
    #[must_use]
    pub fn from_display_name(name: &str) -> Self {
        let unified = name.replace('\\', "/");
        let mut parts: Vec<String> = Vec::new();
        for part in unified.split('/') {
            let part = if parts.is_empty() {
                without_drive(part)
            } else {
                part
            };
            if !matches!(part, "" | "." | "..") {
                parts.push(safe_part(part));
            }
        }
        let Some(file_name) = parts.pop() else {
            return Self("_".into());
        };
        let mut path = outer_folders(&parts, MAX_PATH_BYTES - file_name.len());
        path.push_str(&file_name);
        Self(path.into_boxed_str())
    }

    /// The same path below one more folder.
    #[must_use]
    pub fn below(&self, folder: &Self) -> Self {
        Self::from_display_name(&format!("{folder}/{self}"))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// What follows the last dot of the file name, if anything does.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        let (stem, extension) = self.file_name().rsplit_once('.')?;
        (!stem.is_empty() && !extension.is_empty()).then_some(extension)
    }

    /// Whether the name is that of a JPEG: it ends in `.jpg` or `.jpeg`.
    #[must_use]
    pub fn is_named_jpeg(&self) -> bool {
        self.extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("jpg") || e.eq_ignore_ascii_case("jpeg"))
    }

    /// The folders above the file, outermost first.
    pub fn parent_components(&self) -> impl Iterator<Item = &str> {
        self.0
            .rsplit_once('/')
            .map(|(parent, _)| parent)
            .into_iter()
            .flat_map(|p| p.split('/'))
    }

    /// The path before and after the place where a number goes that tells it from its
    /// namesakes: `a/b` and `.jpg` of `a/b.jpg`. The two leave room for the number.
    fn around_number(&self) -> (String, String) {
        let name = shortened(self.file_name().to_owned(), MAX_PART_BYTES - NUMBER_BYTES);
        let (stem, extension) = name.split_at(extension_start(&name).unwrap_or(name.len()));
        let folders: Vec<String> = self.parent_components().map(str::to_owned).collect();
        let mut front = outer_folders(&folders, MAX_PATH_BYTES - NUMBER_BYTES - name.len());
        front.push_str(stem);
        (front, extension.to_owned())
    }
}

impl std::fmt::Display for MediaPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for MediaPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl TryFrom<String> for MediaPath {
    type Error = InvalidMediaPath;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let path = Self::from_display_name(&text);
        if *path.0 == *text {
            Ok(path)
        } else {
            Err(InvalidMediaPath { text })
        }
    }
}

/// Drops `C:` in front, as often as it is there.
fn without_drive(mut part: &str) -> &str {
    while let [letter, b':', ..] = part.as_bytes()
        && letter.is_ascii_alphabetic()
    {
        part = part.get(2..).unwrap_or_default();
    }
    part
}

fn safe_part(part: &str) -> String {
    let visible: String = part
        .chars()
        .map(|c| if hides_text(c) { '_' } else { c })
        .collect();
    let short = shortened(visible, MAX_PART_BYTES);
    // Windows strips dots and spaces from the end of a name, so such a part would vanish there.
    if short.chars().all(|c| c == '.' || c.is_whitespace()) {
        "_".repeat(short.chars().count())
    } else {
        short
    }
}

/// Whether a character is invisible and changes how others are shown, or is forbidden in XML.
fn hides_text(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        || matches!(c, '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Cuts a part to `limit` bytes between two characters, before its extension if it has one.
fn shortened(part: String, limit: usize) -> String {
    if part.len() <= limit {
        return part;
    }
    let (stem, extension) = part.split_at(extension_start(&part).unwrap_or(part.len()));
    let kept = stem.floor_char_boundary(limit.saturating_sub(extension.len()));
    format!("{}{extension}", stem.get(..kept).unwrap_or_default())
}

/// Where the extension of a file name starts, at its dot.
fn extension_start(name: &str) -> Option<usize> {
    name.rfind('.')
        .filter(|&dot| dot > 0 && name.len() - dot <= MAX_KEPT_EXTENSION_BYTES)
}

/// As many of the folders, outermost first and each with its `/`, as fit into `limit` bytes.
fn outer_folders(folders: &[String], limit: usize) -> String {
    let mut path = String::new();
    for folder in folders {
        if path.len() + folder.len() + 1 > limit {
            break;
        }
        path.push_str(folder);
        path.push('/');
    }
    path
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    fn path(name: &str) -> String {
        MediaPath::from_display_name(name).as_str().to_owned()
    }

    #[test]
    fn names_that_lead_outside_are_brought_inside() {
        assert_eq!(path("../../etc/passwd"), "etc/passwd");
        assert_eq!(path("..\\..\\win.jpg"), "win.jpg");
        assert_eq!(path("/abs/x.jpg"), "abs/x.jpg");
        assert_eq!(path("C:\\DCIM\\x.jpg"), "DCIM/x.jpg");
        assert_eq!(path("c:d:x.jpg"), "x.jpg");
        assert_eq!(path("../C:/D:/x.jpg"), "x.jpg");
        assert_eq!(path("\\\\server\\share\\x.jpg"), "server/share/x.jpg");
        assert_eq!(path("a/./b//../c.jpg"), "a/b/c.jpg");
    }

    #[test]
    fn names_without_anything_in_them_still_have_a_path() {
        assert_eq!(path(""), "_");
        assert_eq!(path("/"), "_");
        assert_eq!(path("../.."), "_");
        assert_eq!(path("C:"), "_");
        assert_eq!(path(". /..."), "__/___");
    }

    #[test]
    fn characters_that_hide_text_are_shown_as_underscores() {
        assert_eq!(path("a\0b\n\u{7f}.jpg"), "a_b__.jpg");
        assert_eq!(path("gpj.\u{202e}exe"), "gpj._exe");
        assert_eq!(path("a\u{ffff}.jpg"), "a_.jpg");
        assert_eq!(
            path("カメラ 1/ツキノワグマ.jpg"),
            "カメラ 1/ツキノワグマ.jpg"
        );
    }

    #[test]
    fn long_names_are_cut_between_characters_and_keep_their_extension() {
        let long = path(&format!("{}.jpg", "é".repeat(300)));
        assert!(long.ends_with("é.jpg") && long.len() == 254, "{long}");
        let deep = path(&format!("cam/{}x.jpg", "inner/".repeat(10_000)));
        assert!(deep.starts_with("cam/inner/") && deep.ends_with("/x.jpg") && deep.len() <= 1024);
    }

    #[test]
    fn text_that_is_no_safe_path_is_not_read_back() {
        for text in ["../x", "/x", "a\\b", "C:x", "", "a//b", "a/\u{1}"] {
            let json = serde_json::to_string(text).unwrap();
            assert!(
                serde_json::from_str::<MediaPath>(&json).is_err(),
                "{text:?}"
            );
        }
    }

    fn any_name() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            Just("..".to_owned()),
            Just(".".to_owned()),
            Just("C:".to_owned()),
            "[ .]{0,4}",
            "[a-zA-Z]:[a-z.]{0,3}",
            "[äπ字. ]{80,300}(\\.jpg)?",
            any::<String>(),
        ];
        prop::collection::vec(part, 0..40)
            .prop_flat_map(|parts| prop_oneof![Just(parts.join("/")), Just(parts.join("\\"))])
    }

    proptest! {
        #[test]
        fn every_path_stays_inside_the_folder_it_is_joined_to(name in any_name()) {
            let path = MediaPath::from_display_name(&name);
            let joined = Path::new("/out").join(path.as_str());
            let inside = joined.strip_prefix("/out").unwrap();
            prop_assert!(inside.components().all(|part| matches!(part, Component::Normal(_))));
            prop_assert!(inside.components().count() == path.as_str().split('/').count());
            prop_assert!(path.as_str().len() <= MAX_PATH_BYTES);
            prop_assert!(path.as_str().split('/').all(|part| (1..=MAX_PART_BYTES).contains(&part.len())));
        }

        #[test]
        fn a_path_is_its_own_safe_form_and_survives_json(name in any_name()) {
            let path = MediaPath::from_display_name(&name);
            prop_assert_eq!(&MediaPath::from_display_name(path.as_str()), &path);
            let json = serde_json::to_string(&path).unwrap();
            prop_assert_eq!(serde_json::from_str::<MediaPath>(&json).unwrap(), path);
        }
    }
}
