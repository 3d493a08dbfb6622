//! What a file is by its first bytes, for every program and every way in.
//!
//! Of a picture only its format is known from here; whether it can be decoded, only its decoder
//! says.

mod media_container;
mod picture_format;
mod tiff_directory;
mod video;
mod zip;

pub use picture_format::PictureFormat;
pub use tiff_directory::FirstDirectory;
pub use video::is_video;
pub use zip::{ZipSignature, begins_as_zip, mistaken_for_zip};

/// The first bytes of a file that tell whether it is a picture or a zip.
pub const PICTURE_HEAD_BYTES: usize = 64;
/// The first bytes of a file that tell whether it is a video: some show it by a byte that comes
/// again every 188 or 192.
pub const VIDEO_HEAD_BYTES: usize = 512;

/// What the first bytes of a file say about the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileSignature {
    /// There are no bytes.
    NoBytes,
    /// A picture in a format that can be read.
    Picture(PictureFormat),
    /// A known format that cannot be read, with its name.
    Unsupported(&'static str),
    /// None of these.
    Unknown,
}

impl FileSignature {
    /// Looks at the first bytes of a file. Camera RAW files that are TIFF inside are told from
    /// TIFF pictures only if their first directory is there too.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::NoBytes;
        }
        if let Some(format) = PictureFormat::of(bytes) {
            let is_raw = format == PictureFormat::Tiff && tiff_directory::is_camera_raw(bytes);
            return if is_raw {
                Self::Unsupported("camera RAW")
            } else {
                Self::Picture(format)
            };
        }
        media_container::format(bytes)
            .or_else(|| unsupported_format(bytes))
            .map_or(Self::Unknown, Self::Unsupported)
    }
}

/// Whether a file begins as a picture that can be read. Of its first bytes no more than
/// [`PICTURE_HEAD_BYTES`] are looked at, so that the answer is the same whoever has more of them.
/// The directory of most camera RAW files lies behind these: decoding such a one says what it is.
#[must_use]
pub fn is_picture(head: &[u8]) -> bool {
    let head = head.get(..PICTURE_HEAD_BYTES).unwrap_or(head);
    matches!(FileSignature::of(head), FileSignature::Picture(_))
}

/// Whether a file can only be a picture that can be read, whatever its name says. A TIFF is not
/// one for sure: camera RAW files begin alike.
#[must_use]
pub fn is_surely_picture(head: &[u8]) -> bool {
    match FileSignature::of(head) {
        FileSignature::Picture(format) => format != PictureFormat::Tiff,
        _ => false,
    }
}

/// The name of a format that people do put among their pictures, and that cannot be read.
fn unsupported_format(bytes: &[u8]) -> Option<&'static str> {
    const SIGNATURES: &[(&[u8], &str)] = &[
        (b"IIU\0", "camera RAW (RW2)"),
        (b"IIRO", "camera RAW (ORF)"),
        (b"IIRS", "camera RAW (ORF)"),
        (b"MMOR", "camera RAW (ORF)"),
        (b"FUJIFILMCCD-RAW", "camera RAW (RAF)"),
        (b"FOVb", "camera RAW (X3F)"),
        (b"\0MRM", "camera RAW (MRW)"),
        (b"II\x1A\0\0\0HEAPCCDR", "camera RAW (CRW)"),
        (b"\xFF\x0A", "JPEG XL"),
        (b"\0\0\0\x0CJXL ", "JPEG XL"),
        (b"\0\0\0\x0CjP  ", "JPEG 2000"),
        (b"\xFF\x4F\xFF\x51", "JPEG 2000"),
        (b"8BPS", "Photoshop (PSD)"),
        (b"%PDF", "PDF"),
    ];
    let name = SIGNATURES
        .iter()
        .find(|(signature, _)| bytes.starts_with(signature))
        .map(|(_, name)| *name);
    name.or_else(|| is_video(bytes).then_some("video"))
}

#[cfg(test)]
mod tests;
