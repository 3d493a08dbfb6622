//! What kind of file a name promises, before any byte of it is read.

use crate::{archive::SplitKind, failure::SkipReason, left_behind, path::MediaPath};

/// What to do with a file, judged by its name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// An image of a supported kind; the decoder has the last word.
    Image,
    /// An image of a kind that is known but not supported, such as HEIC or camera RAW.
    UnsupportedImage,
    /// No known extension: its first bytes decide.
    Unknown,
    /// Not to be looked at. If only the ending says so, the first bytes can say otherwise; see
    /// [`Self::may_be_image`].
    Skip(SkipReason),
}

const IMAGES: &[&str] = &[
    "jpg", "jpeg", "jpe", "jfif", "png", "tif", "tiff", "webp", "bmp", "gif",
];
const UNSUPPORTED_IMAGES: &[&str] = &[
    "heic", "heif", "avif", "jxl", "jp2", "dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "srf",
    "sr2", "orf", "rw2", "raf", "pef", "srw", "x3f", "3fr", "raw", "psd",
];
const VIDEOS: &[&str] = &[
    "mp4", "avi", "mov", "mpg", "mpeg", "mkv", "flv", "m4v", "wmv", "webm", "3gp", "mts", "m2ts",
    "asf",
];
/// Endings of archives that go on in other files, before a number such as `001`.
const ARCHIVES: &[&str] = &["zip", "7z", "rar", "tar", "gz", "tgz", "bz2", "xz"];

impl MediaKind {
    /// Judges a file by its path.
    #[must_use]
    pub fn of(path: &MediaPath) -> Self {
        if let Some(reason) = left_behind::reason(path) {
            return Self::Skip(reason);
        }
        let Some(extension) = path.extension() else {
            return Self::Unknown;
        };
        let extension = extension.to_ascii_lowercase();
        let is_one_of = |list: &[&str]| list.contains(&extension.as_str());
        if is_one_of(IMAGES) {
            Self::Image
        } else if is_one_of(UNSUPPORTED_IMAGES) {
            Self::UnsupportedImage
        } else if is_one_of(VIDEOS) {
            Self::Skip(SkipReason::Video)
        } else if is_part_of_archive(path.file_name(), &extension) {
            Self::Skip(SkipReason::ArchivePart)
        } else if is_one_of(ARCHIVES) {
            Self::Skip(SkipReason::NestedArchive)
        } else {
            Self::Unknown
        }
    }

    /// Whether the file counts as an image until its bytes say otherwise.
    #[must_use]
    pub fn is_taken_for_image(self) -> bool {
        !matches!(self, Self::Skip(_))
    }

    /// Whether the file's first bytes can say that it is an image after all: people and programs
    /// give pictures the names of videos. What lies in a trash folder stays there.
    #[must_use]
    pub fn may_be_image(self) -> bool {
        match self {
            Self::Image | Self::UnsupportedImage | Self::Unknown => true,
            Self::Skip(reason) => matches!(
                reason,
                SkipReason::Video | SkipReason::NestedArchive | SkipReason::ArchivePart
            ),
        }
    }
}

/// Whether a name is that of one part of a split archive: `a.zip.001`, `a.z01`, `a.part2.rar`,
/// `a.r00`. The last part of a split zip is called `.zip` and says itself what it is.
fn is_part_of_archive(name: &str, extension: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let before = name.rsplit('.').nth(1).unwrap_or_default();
    let is_rar_volume = match extension.strip_prefix('r') {
        Some("ar") => before
            .to_ascii_lowercase()
            .strip_prefix("part")
            .is_some_and(is_number),
        Some(number) => number.len() == 2 && is_number(number),
        None => false,
    };
    is_rar_volume || SplitKind::of_name(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(path: &str) -> MediaKind {
        MediaKind::of(&MediaPath::from_display_name(path))
    }

    #[test]
    fn bytes_can_overrule_an_ending_but_not_a_trash_folder() {
        for path in [
            "a.jpg",
            "a.heic",
            "a.avi",
            "a.MOV",
            "a.zip",
            "a.txt",
            "a.zip.001",
        ] {
            assert!(kind(path).may_be_image(), "{path}");
        }
        for path in ["#recycle/a.avi", "@eaDir/a.jpg", "._a.avi"] {
            assert!(!kind(path).may_be_image(), "{path}");
        }
        assert!(kind("a.txt").is_taken_for_image() && !kind("a.avi").is_taken_for_image());
    }

    #[test]
    fn names_say_what_a_file_is() {
        assert_eq!(kind("a/IMG_0001.JPG"), MediaKind::Image);
        assert_eq!(kind("a/IMG_0001.heic"), MediaKind::UnsupportedImage);
        assert_eq!(kind("a/clip.MP4"), MediaKind::Skip(SkipReason::Video));
        assert_eq!(
            kind("a/more.zip"),
            MediaKind::Skip(SkipReason::NestedArchive)
        );
        for part in [
            "a.zip.001",
            "a.ZIP.012",
            "a.z01",
            "a.part2.rar",
            "a.r00",
            "a.7z.003",
        ] {
            assert_eq!(
                kind(part),
                MediaKind::Skip(SkipReason::ArchivePart),
                "{part}"
            );
        }
        for other in ["a.001", "a.jpg.001", "a.z1", "a.zip.1", "zip.001x"] {
            assert_eq!(kind(other), MediaKind::Unknown, "{other}");
        }
        assert_eq!(kind("notes.txt"), MediaKind::Unknown);
        assert_eq!(kind("IMG_0001"), MediaKind::Unknown);
        assert_eq!(
            kind("__MACOSX/a/IMG.JPG"),
            MediaKind::Skip(SkipReason::SystemFile)
        );
        assert_eq!(
            kind("a/#recycle/clip.MP4"),
            MediaKind::Skip(SkipReason::Trash)
        );
    }
}
