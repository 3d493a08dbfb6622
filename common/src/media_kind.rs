//! What kind of file a name promises, before any byte of it is read.

use crate::{failure::SkipReason, left_behind, path::MediaPath};

/// What to do with a file, judged by its name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// An image of a supported kind; the decoder has the last word.
    Image,
    /// An image of a kind that is known but not supported, such as HEIC or camera RAW.
    UnsupportedImage,
    /// No known extension: its first bytes decide.
    Unknown,
    /// Not to be read.
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
        } else if is_one_of(ARCHIVES) {
            Self::Skip(SkipReason::NestedArchive)
        } else {
            Self::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(path: &str) -> MediaKind {
        MediaKind::of(&MediaPath::from_display_name(path))
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
