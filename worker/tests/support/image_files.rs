//! Tiny image files, with a TIFF structure where their format keeps it.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};

fn encode(format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    RgbImage::new(4, 3)
        .write_to(&mut file, format)
        .expect("a small image is encoded");
    file.into_inner()
}

/// A JPEG file without metadata.
pub(crate) fn jpeg() -> Vec<u8> {
    encode(ImageFormat::Jpeg)
}

/// A PNG file with an `eXIf` chunk behind its header.
pub(crate) fn png(tiff: &[u8]) -> Vec<u8> {
    let plain = encode(ImageFormat::Png);
    let content = [b"eXIf", tiff].concat();
    let mut crc = flate2::Crc::new();
    crc.update(&content);
    let length = u32::try_from(tiff.len())
        .expect("a short chunk")
        .to_be_bytes();
    // Eight bytes of signature and 25 of header.
    let (head, rest) = plain.split_at(33);
    [head, &length, &content, &crc.sum().to_be_bytes(), rest].concat()
}

/// A WebP file of the extended kind with an `EXIF` chunk behind its pixels.
pub(crate) fn webp(tiff: &[u8]) -> Vec<u8> {
    let plain = encode(ImageFormat::WebP);
    let mut chunks = chunk(b"VP8X", &[0x08, 0, 0, 0, 3, 0, 0, 2, 0, 0]);
    chunks.extend_from_slice(&plain[12..]);
    chunks.extend(chunk(b"EXIF", tiff));
    let length = u32::try_from(chunks.len() + 4)
        .expect("a short file")
        .to_le_bytes();
    [&b"RIFF"[..], &length, b"WEBP", &chunks].concat()
}

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len())
        .expect("a short chunk")
        .to_le_bytes();
    let mut chunk = [&name[..], &length, content].concat();
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}
