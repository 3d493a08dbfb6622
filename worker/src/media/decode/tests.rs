use std::io::Cursor;

use common::file_signature::is_picture;
use image::{DynamicImage, ImageFormat, RgbImage};
use proptest::prelude::*;

use super::*;

/// A picture with smooth and sharp parts in many colours.
pub(super) fn sample(width: u32, height: u32) -> Frame {
    let mut rgb = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let is_in_square =
                (width / 4..width / 2).contains(&x) && (height / 4..height / 2).contains(&y);
            if is_in_square {
                rgb.extend([220, 40, 30]);
            } else {
                rgb.extend([
                    (x * 255 / width) as u8,
                    (y * 255 / height) as u8,
                    ((x + y) % 64 + 90) as u8,
                ]);
            }
        }
    }
    Frame { width, height, rgb }
}

pub(super) fn full(bytes: &[u8]) -> Result<DecodedMedia, Failure> {
    decode(
        bytes,
        Orientation::Upright,
        DecodeScale::Full,
        DecodeLimits::default(),
    )
}

/// The mean absolute difference of two frames of one size.
pub(super) fn difference(a: &Frame, b: &Frame) -> f64 {
    assert_eq!(
        (a.width, a.height, a.rgb.len()),
        (b.width, b.height, b.rgb.len())
    );
    let sum: u64 = a
        .rgb
        .iter()
        .zip(&b.rgb)
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    sum as f64 / a.rgb.len() as f64
}

fn picture(frame: &Frame) -> DynamicImage {
    RgbImage::from_raw(frame.width, frame.height, frame.rgb.clone())
        .unwrap()
        .into()
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn lossless_formats_give_back_every_pixel() {
    let frame = sample(61, 47);
    for format in [
        ImageFormat::Png,
        ImageFormat::Tiff,
        ImageFormat::WebP,
        ImageFormat::Bmp,
    ] {
        let bytes = encoded(&picture(&frame), format);
        assert!(is_picture(&bytes[..32]), "{format:?}");
        let media = full(&bytes).unwrap();
        assert_eq!(media.frame, frame, "{format:?}");
        assert_eq!((media.source_width, media.source_height), (61, 47));
        assert_eq!(media.decoded_share, None);
    }
}

#[test]
fn a_gif_gives_its_first_picture() {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for colour in [[200, 30, 30, 255], [10, 200, 10, 255]] {
        let picture = image::RgbaImage::from_pixel(20, 10, image::Rgba(colour));
        encoder.encode_frame(image::Frame::new(picture)).unwrap();
    }
    drop(encoder);
    let media = full(&bytes).unwrap();
    assert_eq!((media.frame.width, media.frame.height), (20, 10));
    assert_eq!(media.frame.rgb[..3], [200, 30, 30]);
}

#[test]
fn deep_grey_and_transparent_pictures_become_rgb() {
    let frame = sample(30, 20);
    let picture = picture(&frame);
    let deep = full(&encoded(&picture.to_rgb16().into(), ImageFormat::Png)).unwrap();
    assert_eq!(deep.frame, frame);
    let clear = picture
        .to_rgba8()
        .enumerate_pixels()
        .map(|(_, _, p)| [p[0], p[1], p[2], 0])
        .collect::<Vec<_>>();
    let clear = image::RgbaImage::from_raw(30, 20, clear.concat()).unwrap();
    assert_eq!(
        full(&encoded(&clear.into(), ImageFormat::Png))
            .unwrap()
            .frame,
        frame
    );
    let grey = full(&encoded(&picture.to_luma16().into(), ImageFormat::Tiff)).unwrap();
    assert_eq!(
        grey.frame.rgb,
        picture
            .to_luma8()
            .pixels()
            .flat_map(|p| [p[0]; 3])
            .collect::<Vec<_>>()
    );
}

#[test]
fn every_orientation_comes_out_upright() {
    use Orientation::{Flip, Mirror, Transpose, Transverse, Turn180, TurnLeft, TurnRight, Upright};
    let upright = sample(40, 24);
    let stored = |orientation| {
        let undo = match orientation {
            TurnRight => TurnLeft,
            TurnLeft => TurnRight,
            own_inverse => own_inverse,
        };
        undo.apply(upright.clone())
    };
    for orientation in [
        Upright, Mirror, Turn180, Flip, Transpose, TurnRight, Transverse, TurnLeft,
    ] {
        let bytes = encoded(&picture(&stored(orientation)), ImageFormat::Png);
        let media = decode(
            &bytes,
            orientation,
            DecodeScale::Full,
            DecodeLimits::default(),
        )
        .unwrap();
        assert_eq!(media.frame, upright, "{orientation:?}");
        assert_eq!(
            (media.source_width, media.source_height),
            (40, 24),
            "{orientation:?}"
        );
    }
}

#[test]
fn files_that_are_no_pictures_say_why() {
    let code = |bytes: &[u8]| full(bytes).unwrap_err().code;
    assert_eq!(code(b""), FailureCode::NoBytes);
    assert_eq!(
        code(b"Camera 7, checked on Monday"),
        FailureCode::Unreadable
    );
    assert_eq!(code(&[0; 5000]), FailureCode::Unreadable);
    assert_eq!(code(b"\x89PNG\r\n\x1A\n"), FailureCode::Unreadable);
    assert_eq!(
        code(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        FailureCode::Unsupported
    );
    let failure = full(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").unwrap_err();
    assert_eq!(failure.detail, "HEIC is not supported");
}

/// A BMP header alone, of a picture that would have 3.6 billion pixels.
fn huge_bmp() -> Vec<u8> {
    let mut bytes = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    bytes.extend(60_000i32.to_le_bytes());
    bytes.extend(60_000i32.to_le_bytes());
    bytes.extend([1, 0, 24, 0]);
    bytes.extend([0; 24]);
    bytes
}

#[test]
fn huge_pictures_are_refused_by_their_header() {
    let failure = full(&huge_bmp()).unwrap_err();
    assert_eq!(failure.code, FailureCode::TooManyPixels, "{failure}");
    assert_eq!(
        failure.detail,
        "3600000000 pixels (60000×60000); the limit is 100000000"
    );
    let bytes = encoded(&picture(&sample(30, 20)), ImageFormat::Png);
    let at = |pixels| {
        decode(
            &bytes,
            Orientation::Upright,
            DecodeScale::Full,
            DecodeLimits { pixels },
        )
    };
    assert!(at(600).is_ok());
    assert_eq!(at(599).unwrap_err().code, FailureCode::TooManyPixels);
}

#[test]
fn encoded_jpegs_are_close_to_their_frame() {
    let frame = sample(320, 200);
    let bytes = encode_jpeg(&frame).unwrap();
    assert!(difference(&full(&bytes).unwrap().frame, &frame) < 8.0);
}

#[test]
fn frames_that_no_jpeg_can_hold_are_refused() {
    assert!(
        encode_jpeg(&Frame {
            width: 0,
            height: 5,
            rgb: Vec::new()
        })
        .is_err()
    );
    assert!(
        encode_jpeg(&Frame {
            width: 70_000,
            height: 1,
            rgb: vec![0; 210_000]
        })
        .is_err()
    );
}

fn mutated(mut bytes: Vec<u8>, changes: &[(usize, u8)], keep: usize) -> Vec<u8> {
    for (at, value) in changes {
        let at = at % bytes.len();
        bytes[at] = *value;
    }
    bytes.truncate(1 + keep % bytes.len());
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn mutated_files_never_panic(
        kind in 0usize..6,
        changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..12),
        keep in any::<usize>(),
    ) {
        let frame = sample(48, 40);
        let format = [ImageFormat::Png, ImageFormat::Tiff, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Gif];
        let bytes = match format.get(kind) {
            Some(format) => encoded(&picture(&frame), *format),
            None => encode_jpeg(&frame).unwrap(),
        };
        let limits = DecodeLimits { pixels: 1_000_000 };
        let scale = DecodeScale::LongSideAtLeast(16);
        if let Ok(media) = decode(&mutated(bytes, &changes, keep), Orientation::TurnLeft, scale, limits) {
            let frame = media.frame;
            prop_assert_eq!(frame.rgb.len(), frame.width as usize * frame.height as usize * 3);
            prop_assert!(media.decoded_share.is_none_or(|share| (0.0..1.0).contains(&share)));
        }
    }

    #[test]
    fn any_bytes_are_safe(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = full(&bytes);
    }
}
