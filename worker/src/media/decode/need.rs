//! How much memory the decoding of a picture takes, by its header.

use std::io::Cursor;

use common::file_signature::{FileSignature, PictureFormat};
use image::ImageReader;

use super::{DecodeScale, jpeg, panic_boundary, raster};

/// Bytes for each pixel that the decoders take at most, with the copy that turning upright
/// makes: three of the frame, three of the turned one, and what the decoder needs beside them.
const PNG: u64 = 6;
/// A strip of four channels of 16 bits may hold the whole picture.
const TIFF: u64 = 11;
/// Four channels, before the frame is made of them.
const OTHERS: u64 = 8;

/// The bytes that [`decode`](super::decode) takes at its peak for this file, more or less; 0 for
/// what is no picture.
#[must_use]
pub fn memory_needed(bytes: &[u8], scale: DecodeScale) -> u64 {
    let needed = panic_boundary::contain(|| match FileSignature::of(bytes) {
        FileSignature::Picture(PictureFormat::Jpeg) => jpeg::memory_needed(bytes, scale),
        FileSignature::Picture(format) => {
            let per_pixel = match format {
                PictureFormat::Png => PNG,
                PictureFormat::Tiff => TIFF,
                _ => OTHERS,
            };
            pixels(bytes, format).saturating_mul(per_pixel)
        }
        _ => 0,
    });
    needed.unwrap_or(0)
}

fn pixels(bytes: &[u8], format: PictureFormat) -> u64 {
    let size = match format {
        // Its header stands at a fixed place, whatever comes behind it.
        PictureFormat::Png => bytes.get(16..24).and_then(|size| {
            let (width, height) = size.split_first_chunk()?;
            let height = *height.first_chunk()?;
            Some((u32::from_be_bytes(*width), u32::from_be_bytes(height)))
        }),
        PictureFormat::Tiff => tiff::decoder::Decoder::new(Cursor::new(bytes))
            .and_then(|mut decoder| decoder.dimensions())
            .ok(),
        _ => ImageReader::with_format(Cursor::new(bytes), raster::image_format(format))
            .into_dimensions()
            .ok(),
    };
    size.map_or(0, |(width, height)| u64::from(width) * u64::from(height))
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageFormat, RgbImage};

    use super::*;
    use crate::media::decode::encode_jpeg;
    use crate::media::frame::Frame;

    #[test]
    fn every_format_is_judged_by_its_header() {
        let image = DynamicImage::from(RgbImage::new(300, 200));
        for (format, per_pixel) in [
            (ImageFormat::Png, PNG),
            (ImageFormat::Tiff, TIFF),
            (ImageFormat::WebP, OTHERS),
            (ImageFormat::Bmp, OTHERS),
            (ImageFormat::Gif, OTHERS),
        ] {
            let mut file = Cursor::new(Vec::new());
            image.write_to(&mut file, format).unwrap();
            let needed = memory_needed(&file.into_inner(), DecodeScale::Full);
            assert_eq!(needed, 60_000 * per_pixel, "{format:?}");
        }
        assert_eq!(memory_needed(b"no picture", DecodeScale::Full), 0);
    }

    #[test]
    fn a_jpeg_takes_less_at_a_smaller_scale() {
        let (width, height) = (1600, 1200);
        let rgb = vec![7; width as usize * height as usize * 3];
        let bytes = encode_jpeg(&Frame { width, height, rgb }).unwrap();
        let full = memory_needed(&bytes, DecodeScale::Full);
        let small = memory_needed(&bytes, DecodeScale::LongSideAtLeast(600));
        assert!(full >= 1600 * 1200 * 6, "{full}");
        assert!(small * 7 < full, "{small} {full}");
    }
}
