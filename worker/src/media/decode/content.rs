//! Telling formats apart by their first bytes.

use image::ImageFormat;

use super::{camera_raw, video};

/// What the first bytes of a file say about the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// There are no bytes.
    Blank,
    /// A JPEG.
    Jpeg,
    /// Another format that can be read.
    Raster(ImageFormat),
    /// A known format that cannot be read, with its name.
    Unsupported(&'static str),
    /// None of these.
    Unknown,
}

impl Content {
    /// Looks at the first bytes of a file. Camera RAW files that are TIFF inside are told from
    /// TIFF pictures only if their first directory is there too.
    pub(super) fn of(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Blank;
        }
        if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
            return Self::Jpeg;
        }
        if let Some(format) = raster_format(bytes) {
            let is_raw = format == ImageFormat::Tiff && camera_raw::is_camera_raw(bytes);
            return if is_raw {
                Self::Unsupported("camera RAW")
            } else {
                Self::Raster(format)
            };
        }
        media_container(bytes)
            .or_else(|| unsupported_magic(bytes))
            .map_or(Self::Unknown, Self::Unsupported)
    }
}

fn raster_format(bytes: &[u8]) -> Option<ImageFormat> {
    if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
        Some(ImageFormat::Png)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Some(ImageFormat::Gif)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(ImageFormat::WebP)
    } else if is_tiff(bytes) {
        Some(ImageFormat::Tiff)
    } else if is_bmp(bytes) {
        Some(ImageFormat::Bmp)
    } else {
        None
    }
}

/// Classic TIFF has the version 42, BigTIFF 43.
fn is_tiff(bytes: &[u8]) -> bool {
    matches!(
        bytes.first_chunk(),
        Some(b"II*\0" | b"MM\0*" | b"II+\0" | b"MM\0+")
    )
}

/// "BM" alone begins many a text, so the size of the header that follows must be a known one.
fn is_bmp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"BM")
        && matches!(
            bytes.get(14..18),
            Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])
        )
}

/// Formats in the ISO base media container (ISO/IEC 14496-12): bytes 4..8 are `ftyp`, then come
/// the major brand, a version, and the compatible brands.
pub(super) fn media_container(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8) != Some(b"ftyp") {
        return None;
    }
    let size = usize::try_from(u32::from_be_bytes(*bytes.first_chunk()?)).ok()?;
    let header = bytes.get(..size).unwrap_or(bytes);
    let brands: Vec<&[u8]> = header
        .get(8..)
        .unwrap_or_default()
        .chunks_exact(4)
        .collect();
    let has = |brand: &[u8; 4]| brands.contains(&brand.as_slice());
    Some(if has(b"avif") || has(b"avis") {
        "AVIF"
    } else if has(b"crx ") {
        "camera RAW (CR3)"
    } else if [
        b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1",
    ]
    .iter()
    .any(|b| has(b))
    {
        "HEIC"
    } else {
        "video"
    })
}

/// Magic numbers of formats that people do put among their pictures.
fn unsupported_magic(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
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
    let name = MAGIC
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, name)| *name);
    name.or_else(|| video::is_video(bytes).then_some("video"))
}

/// What to tell people about bytes of no known format.
pub(super) fn describe_unknown(bytes: &[u8]) -> String {
    let head = bytes.get(..512).unwrap_or(bytes);
    if head.iter().all(|byte| *byte == 0) {
        return "not an image: the file begins with nothing but zeros".to_owned();
    }
    let first: Vec<String> = head
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02X}"))
        .collect();
    format!(
        "not an image: no known format begins with the bytes {}",
        first.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart_by_their_first_bytes() {
        let raster = Content::Raster;
        assert_eq!(Content::of(b""), Content::Blank);
        assert_eq!(Content::of(b"\xFF\xD8\xFF\xE0"), Content::Jpeg);
        assert_eq!(
            Content::of(b"\x89PNG\r\n\x1A\n...."),
            raster(ImageFormat::Png)
        );
        assert_eq!(Content::of(b"GIF89a\x01\x00"), raster(ImageFormat::Gif));
        assert_eq!(
            Content::of(b"RIFF\x10\0\0\0WEBPVP8 "),
            raster(ImageFormat::WebP)
        );
        assert_eq!(Content::of(b"MM\0*\0\0\0\x08"), raster(ImageFormat::Tiff));
        assert_eq!(
            Content::of(b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"),
            raster(ImageFormat::Bmp)
        );
    }

    #[test]
    fn known_formats_that_are_not_read_are_named() {
        let name = Content::Unsupported;
        assert_eq!(
            Content::of(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
            name("HEIC")
        );
        assert_eq!(
            Content::of(b"\0\0\0\x1Cftypmif1\0\0\0\0mif1avif"),
            name("AVIF")
        );
        assert_eq!(
            Content::of(b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom"),
            name("camera RAW (CR3)")
        );
        assert_eq!(
            Content::of(b"\0\0\0\x18ftypisom\0\0\0\0isommp42"),
            name("video")
        );
        assert_eq!(
            Content::of(b"FUJIFILMCCD-RAW 0201"),
            name("camera RAW (RAF)")
        );
        assert_eq!(Content::of(b"\0\0\0\x0CJXL \r\n\x87\n"), name("JPEG XL"));
    }

    #[test]
    fn text_is_no_image() {
        assert_eq!(
            Content::of(b"BMW 320 seen at the gate, two people"),
            Content::Unknown
        );
        assert_eq!(Content::of(b"site,camera\n1,2\n"), Content::Unknown);
        assert_eq!(Content::of(&[0; 64]), Content::Unknown);
        assert!(describe_unknown(&[0; 64]).contains("zeros"));
        assert!(describe_unknown(b"site").contains("73 69 74 65"));
    }
}
