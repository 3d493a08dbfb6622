//! Why a file was not processed: *failed* (it should have been readable) or *skipped* (it is
//! not an image, by its nature). Each reason has a stable code and a sentence for people.

use serde::{Deserialize, Serialize};

/// Why an image could not be processed. The kebab-case code is part of every output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureCode {
    /// The file holds no bytes.
    NoBytes,
    /// The bytes are not those of a readable image.
    Unreadable,
    /// The file is an image of a kind that is not supported, such as HEIC or camera RAW.
    Unsupported,
    /// The image has more pixels than the limit allows.
    TooManyPixels,
    /// The file is larger than the limit allows.
    TooManyBytes,
    /// An archive in a folder cannot be used as a whole.
    ArchiveRefused,
    /// The archive entry is encrypted.
    Encrypted,
    /// The archive entry is damaged: its data or checksum does not fit its header.
    DamagedEntry,
    /// The archive entry is compressed by a method that is not supported.
    UnsupportedCompression,
    /// The file could not be read from the disk.
    AccessFailed,
    /// The model could not be run on this image.
    InferenceFailed,
    /// The program itself ended whenever it was at this file.
    ProgramEnded,
}

impl FailureCode {
    /// The stable code, as in CSV and JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoBytes => "no-bytes",
            Self::Unreadable => "unreadable",
            Self::Unsupported => "unsupported",
            Self::TooManyPixels => "too-many-pixels",
            Self::TooManyBytes => "too-many-bytes",
            Self::ArchiveRefused => "archive-refused",
            Self::Encrypted => "encrypted",
            Self::DamagedEntry => "damaged-entry",
            Self::UnsupportedCompression => "unsupported-compression",
            Self::AccessFailed => "access-failed",
            Self::InferenceFailed => "inference-failed",
            Self::ProgramEnded => "program-ended",
        }
    }

    /// What a person can do about it, as one sentence.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NoBytes => "The file is empty: copy it from the card again.",
            Self::Unreadable => {
                "The picture is damaged: copy it from the card again, or open and save it in an image program."
            }
            Self::Unsupported => "Convert the file to JPEG, PNG, TIFF, WebP, BMP or GIF.",
            Self::TooManyPixels => "Scale the picture down below the pixel limit.",
            Self::TooManyBytes => "Save the picture in a smaller file.",
            Self::ArchiveRefused => {
                "None of its pictures was looked at: mend the archive or make it again, and process it by itself."
            }
            Self::Encrypted => "Make the archive again without a password.",
            Self::DamagedEntry => {
                "The archive is damaged here: make it again and compare the file sizes."
            }
            Self::UnsupportedCompression => {
                "Make the archive again as an ordinary zip (stored or deflated)."
            }
            Self::AccessFailed => "Check that the file can be read on this machine.",
            Self::InferenceFailed => {
                "Run the file again; if it fails again, report it with the model's name."
            }
            Self::ProgramEnded => {
                "Open and save the picture in an image program, smaller if it is very large, and send it again."
            }
        }
    }

    /// The text in the `failure` field of MegaDetector JSON. The two strings are those that
    /// the reference program writes, so that readers recognise them.
    #[must_use]
    pub const fn megadetector_text(self) -> &'static str {
        match self {
            Self::InferenceFailed => "inference failure",
            _ => "image access failure",
        }
    }
}

/// A failed file: the kind of failure, and what exactly was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}")]
pub struct Failure {
    /// What kind of failure it is.
    pub code: FailureCode,
    /// What was found, e.g. `112 megapixels; the limit is 100`.
    pub detail: String,
}

impl Failure {
    /// Puts a code and what was found together.
    pub fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }

    /// The disk did not give out `what`, e.g. `the archive`.
    #[must_use]
    pub fn of_access(what: &str, error: &std::io::Error) -> Self {
        Self::new(
            FailureCode::AccessFailed,
            format!("{what} cannot be read: {error}"),
        )
    }
}

/// Why a file was left aside without being an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// A folder entry of an archive.
    Directory,
    /// Bookkeeping of an operating system: `__MACOSX`, `._*`, `.DS_Store`, `Thumbs.db`, …
    SystemFile,
    /// In a trash folder, or named as systems name deleted files.
    Trash,
    /// A small copy that a NAS or a program made.
    Thumbnail,
    /// An older version, or in a snapshot.
    OlderVersion,
    /// A video.
    Video,
    /// Any other file that is not an image.
    NotAnImage,
    /// An archive inside the archive, or one that is no zip.
    NestedArchive,
    /// One part of a split archive.
    ArchivePart,
    /// A symbolic link or a device.
    NotARegularFile,
}

impl SkipReason {
    /// The stable code, as in CSV and JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::SystemFile => "system-file",
            Self::Trash => "trash",
            Self::Thumbnail => "thumbnail",
            Self::OlderVersion => "older-version",
            Self::Video => "video",
            Self::NotAnImage => "not-an-image",
            Self::NestedArchive => "nested-archive",
            Self::ArchivePart => "archive-part",
            Self::NotARegularFile => "not-a-regular-file",
        }
    }

    /// The reason as a sentence.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Directory => "A folder, not a file.",
            Self::SystemFile => "Written by the operating system, not by a camera.",
            Self::Trash => "In a trash folder: it was deleted. Move it out to have it looked at.",
            Self::Thumbnail => "A small copy that a NAS or a program made, not a camera.",
            Self::OlderVersion => "An older version or snapshot that a NAS or a program keeps.",
            Self::Video => "Videos are not supported yet.",
            Self::NotAnImage => "Not an image.",
            Self::NestedArchive => {
                "An archive inside the archive, or one that is no zip: unpack it and add its pictures."
            }
            Self::ArchivePart => "One part of a split archive: join the parts first.",
            Self::NotARegularFile => "A link or device, not a file.",
        }
    }
}
