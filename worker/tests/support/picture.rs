//! Pictures drawn for the tests: coloured squares on grey, which the tiny models find.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

pub const RED: Rgb<u8> = Rgb([255, 0, 0]);
pub const GREEN: Rgb<u8> = Rgb([0, 255, 0]);
pub const BLUE: Rgb<u8> = Rgb([0, 0, 255]);
const GREY: Rgb<u8> = Rgb([90, 90, 90]);

/// A grey picture of 256 × 192 pixels.
pub fn blank() -> RgbImage {
    RgbImage::from_pixel(256, 192, GREY)
}

/// A grey picture of 256 × 192 pixels with a square of 32 pixels, which fills one cell of the
/// tiny models' grid.
pub fn with_square(colour: Rgb<u8>, left: u32, top: u32) -> RgbImage {
    let mut picture = blank();
    add_square(&mut picture, colour, left, top);
    picture
}

pub fn add_square(picture: &mut RgbImage, colour: Rgb<u8>, left: u32, top: u32) {
    for y in top..top + 32 {
        for x in left..left + 32 {
            picture.put_pixel(x, y, colour);
        }
    }
}

/// Encodes a picture in a format; JPEGs at 4:4:4 so that colours keep their edges.
pub fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    match format {
        ImageFormat::Jpeg => picture
            .write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(
                &mut bytes, 95,
            ))
            .unwrap(),
        _ => picture.write_to(&mut bytes, format).unwrap(),
    }
    bytes.into_inner()
}

pub fn jpeg(picture: &RgbImage) -> Vec<u8> {
    encode(&DynamicImage::ImageRgb8(picture.clone()), ImageFormat::Jpeg)
}

/// A JPEG with an EXIF orientation, stored so that it looks like `picture` once it is upright.
pub fn jpeg_stored_as(picture: &RgbImage, orientation: u16) -> Vec<u8> {
    use image::imageops::{flip_horizontal, flip_vertical, rotate90, rotate180, rotate270};
    let stored = match orientation {
        2 => flip_horizontal(picture),
        3 => rotate180(picture),
        4 => flip_vertical(picture),
        5 => rotate270(&flip_horizontal(picture)),
        6 => rotate270(picture),
        7 => rotate90(&flip_horizontal(picture)),
        8 => rotate90(picture),
        _ => picture.clone(),
    };
    with_exif(&jpeg(&stored), orientation)
}

/// Adds an EXIF segment with an orientation and a capture time to a JPEG.
pub fn with_exif(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend(2u16.to_le_bytes());
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0]);
    tiff.extend(u32::from(orientation).to_le_bytes());
    tiff.extend([0x69, 0x87, 4, 0, 1, 0, 0, 0]);
    let exif_ifd = 8 + 2 + 2 * 12 + 4;
    tiff.extend(u32::to_le_bytes(exif_ifd));
    tiff.extend([0; 4]);
    tiff.extend(1u16.to_le_bytes());
    tiff.extend([0x03, 0x90, 2, 0, 20, 0, 0, 0]);
    tiff.extend(u32::to_le_bytes(exif_ifd + 2 + 12 + 4));
    tiff.extend([0; 4]);
    tiff.extend(b"2024:05:17 06:07:08\0");
    let mut out = vec![0xFF, 0xD8, 0xFF, 0xE1];
    out.extend(u16::try_from(tiff.len() + 8).unwrap().to_be_bytes());
    out.extend(b"Exif\0\0");
    out.extend(tiff);
    out.extend(&jpeg[2..]);
    out
}

/// A JPEG with these bytes as its EXIF structure.
pub(crate) fn jpeg_with_exif(scene: &RgbImage, tiff: &[u8]) -> Vec<u8> {
    let jpeg = jpeg(scene);
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1];
    bytes.extend(u16::try_from(tiff.len() + 8).unwrap().to_be_bytes());
    bytes.extend(b"Exif\0\0");
    bytes.extend(tiff);
    bytes.extend(&jpeg[2..]);
    bytes
}
