//! Whether a file holds more pictures than the first one, which is all that is ever looked at.

use std::io::Cursor;

use common::file_signature::{FileSignature, FirstDirectory, PictureFormat};
use image::{
    AnimationDecoder as _, ImageResult,
    codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder},
};

use super::{
    jpeg_layout::{END_OF_IMAGE, START_OF_IMAGE, is_standalone, next_marker, segment},
    panic_boundary,
};

/// Whether a file that was decoded shows, or may show, a picture besides the decoded one: a
/// further frame of an animation, a further page of a TIFF file, the further pictures of a
/// stereo or panorama camera behind a JPEG (CIPA DC-007, "MPO"), or a film there, as phones put
/// it. What cannot be told counts as yes.
///
/// Previews inside a camera's metadata do not count, since they show the picture itself.
#[must_use]
pub fn may_hold_other_pictures(bytes: &[u8]) -> bool {
    let judged = panic_boundary::contain(|| match FileSignature::of(bytes) {
        FileSignature::Picture(format) => is_followed(format, bytes),
        _ => true,
    });
    judged.unwrap_or(true)
}

fn is_followed(format: PictureFormat, bytes: &[u8]) -> bool {
    match format {
        PictureFormat::Jpeg => is_followed_in_jpeg(bytes),
        PictureFormat::Gif => has_second_gif_frame(bytes).unwrap_or(true),
        PictureFormat::Png => is_animated_png(bytes).unwrap_or(true),
        PictureFormat::WebP => is_animated_webp(bytes).unwrap_or(true),
        PictureFormat::Tiff => FirstDirectory::read(bytes).is_none_or(|first| first.is_followed()),
        PictureFormat::Bmp => false,
    }
}

fn has_second_gif_frame(bytes: &[u8]) -> ImageResult<bool> {
    let mut frames = GifDecoder::new(Cursor::new(bytes))?.into_frames();
    Ok(frames.nth(1).is_some())
}

fn is_animated_png(bytes: &[u8]) -> ImageResult<bool> {
    PngDecoder::new(Cursor::new(bytes))?.is_apng()
}

fn is_animated_webp(bytes: &[u8]) -> ImageResult<bool> {
    Ok(WebPDecoder::new(Cursor::new(bytes))?.has_animation())
}

/// Whether another picture begins in a JPEG file, before or behind the end of the first. What
/// lies in segments does not count: there are the previews.
fn is_followed_in_jpeg(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some((marker, after)) = next_marker(bytes, at) {
        at = match marker {
            END_OF_IMAGE => return holds_signature(bytes.get(after..).unwrap_or_default()),
            START_OF_IMAGE => return true,
            _ if is_standalone(marker) => after,
            _ => match segment(bytes, after) {
                Some((_, next)) => next,
                None => return false,
            },
        };
    }
    false
}

/// Whether a picture or a film begins somewhere in these bytes.
fn holds_signature(bytes: &[u8]) -> bool {
    const SIGNATURES: [&[u8]; 7] = [
        &[0xFF, START_OF_IMAGE, 0xFF],
        b"\x89PNG",
        b"GIF8",
        b"RIFF",
        b"II*\0",
        b"MM\0*",
        b"ftyp",
    ];
    let begins = |at: usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        SIGNATURES
            .iter()
            .any(|signature| rest.starts_with(signature))
    };
    (0..bytes.len()).any(begins)
}

#[cfg(test)]
mod tests {
    use image::{Delay, Frame, ImageFormat, Rgb, RgbImage, RgbaImage, codecs::gif::GifEncoder};

    use super::*;

    fn picture(format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let image = RgbImage::from_pixel(16, 16, Rgb([200, 30, 60]));
        image.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    fn gif(frames: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        for _ in 0..frames {
            let delay = Delay::from_numer_denom_ms(100, 1);
            let frame = Frame::from_parts(RgbaImage::new(8, 8), 0, 0, delay);
            encoder.encode_frame(frame).unwrap();
        }
        drop(encoder);
        bytes
    }

    /// Puts a chunk behind the 33 bytes of signature and header of a PNG.
    fn with_png_chunk(png: &[u8], kind: [u8; 4], data: &[u8]) -> Vec<u8> {
        let content = [&kind, data].concat();
        let crc = crc(&content).to_be_bytes();
        let length = (data.len() as u32).to_be_bytes();
        let (head, rest) = png.split_at(33);
        [head, &length, &content, &crc, rest].concat()
    }

    fn crc(bytes: &[u8]) -> u32 {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum()
    }

    #[test]
    fn single_pictures_of_every_format_stand_alone() {
        use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
        for format in [Bmp, Gif, Jpeg, Png, Tiff, WebP] {
            assert!(!may_hold_other_pictures(&picture(format)), "{format:?}");
        }
    }

    #[test]
    fn further_frames_of_animations_are_noticed() {
        assert!(!may_hold_other_pictures(&gif(1)));
        assert!(may_hold_other_pictures(&gif(2)));
        let frames = [0, 0, 0, 2, 0, 0, 0, 0];
        let apng = with_png_chunk(&picture(ImageFormat::Png), *b"acTL", &frames);
        assert!(may_hold_other_pictures(&apng));
        // The animation flag of an extended header, and its chunk, without any frame.
        let mut webp = b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x0f\0\0\x0f\0\0".to_vec();
        webp.extend(b"ANIM\x06\0\0\0\0\0\0\0\0\0");
        assert!(may_hold_other_pictures(&webp));
    }

    #[test]
    fn further_pages_of_a_tiff_are_noticed() {
        let mut tiff = picture(ImageFormat::Tiff);
        let start = u32::from_le_bytes(tiff[4..8].try_into().unwrap()) as usize;
        let count = usize::from(u16::from_le_bytes(
            tiff[start..start + 2].try_into().unwrap(),
        ));
        let next = start + 2 + count * 12;
        assert_eq!(tiff[next..next + 4], [0; 4], "one page");
        tiff[next] = 8;
        assert!(may_hold_other_pictures(&tiff));
        assert!(may_hold_other_pictures(b"II+\0\x08\0\0\0"), "not followed");
    }

    #[test]
    fn pictures_and_films_behind_a_jpeg_are_noticed_but_not_padding_or_previews() {
        let jpeg = picture(ImageFormat::Jpeg);
        let followed_by = |more: &[u8]| may_hold_other_pictures(&[&jpeg, more].concat());
        assert!(followed_by(&jpeg));
        assert!(followed_by(&[&[0; 500], &jpeg[..]].concat()));
        assert!(followed_by(b"\0\0\0\x18ftypmp42"));
        assert!(!followed_by(&[0; 500]));
        assert!(!followed_by(b"made by a camera\xff\xff"));
        // A whole JPEG inside a segment.
        let length = u16::try_from(jpeg.len() + 2).unwrap().to_be_bytes();
        let segment = [&[0xFF, 0xE1][..], &length, &jpeg].concat();
        let preview = [&jpeg[..2], &segment, &jpeg[2..]].concat();
        assert!(!may_hold_other_pictures(&preview));
        // The first picture has no end of its own.
        let unfinished = [&jpeg[..jpeg.len() - 2], &jpeg].concat();
        assert!(may_hold_other_pictures(&unfinished));
    }
}
