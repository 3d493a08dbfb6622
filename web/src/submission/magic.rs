//! What the first bytes of a file without a telling name say.
//!
//! The decoder has the last word; this only has to tell pictures from other files.

/// How many bytes are looked at.
pub(super) const BYTES: usize = 16;

/// Whether a file begins as one of the pictures that can be read.
pub(super) fn is_image(bytes: &[u8]) -> bool {
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let begins: [&[u8]; 8] = [
        b"\xFF\xD8\xFF",
        b"\x89PNG\r\n\x1A\n",
        b"GIF87a",
        b"GIF89a",
        b"II*\0",
        b"MM\0*",
        b"II+\0",
        b"MM\0+",
    ];
    // Bytes 6 to 9 of a BMP are reserved and 0; text that begins with "BM" has others.
    let is_bmp = bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]);
    is_webp || is_bmp || begins.iter().any(|magic| bytes.starts_with(magic))
}

/// Whether a file begins as a zip, or as the first part of one (APPNOTE 4.3.7, 4.3.16, 8.5.3).
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    let begins: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];
    begins.iter().any(|magic| bytes.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_and_zips_are_told_from_text() {
        assert!(is_image(b"\xFF\xD8\xFF\xE1more"));
        assert!(is_image(b"RIFF....WEBPVP8 "));
        assert!(is_image(b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0"));
        for text in [
            &b""[..],
            b"BMW is a car",
            b"RIFF....AVI LIST",
            b"PK\x03\x04",
        ] {
            assert!(!is_image(text));
        }
        assert!(is_zip(b"PK\x03\x04...") && !is_zip(b"PKZIP"));
    }
}
