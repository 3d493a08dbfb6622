//! The formats of the pictures that can be read.

/// A format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    /// JPEG, also with further pictures behind the first.
    Jpeg,
    /// PNG, also animated.
    Png,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
    /// TIFF and BigTIFF; camera RAW files of many makers begin alike.
    Tiff,
    /// BMP.
    Bmp,
}

impl PictureFormat {
    /// The format that a file begins as. 18 bytes are enough.
    #[must_use]
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\xFF\xD8\xFF") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
            Some(Self::Gif)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::WebP)
        } else if is_tiff(bytes) {
            Some(Self::Tiff)
        } else if is_bmp(bytes) {
            Some(Self::Bmp)
        } else {
            None
        }
    }
}

/// Classic TIFF has the version 42, BigTIFF 43.
fn is_tiff(bytes: &[u8]) -> bool {
    matches!(
        bytes.first_chunk(),
        Some(b"II*\0" | b"MM\0*" | b"II+\0" | b"MM\0+")
    )
}

/// "BM" alone begins many a text, so the size of the header that follows must be a known one. The
/// reserved bytes in front of it do not count: programs may leave there what they like.
fn is_bmp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"BM")
        && matches!(
            bytes.get(14..18),
            Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])
        )
}
