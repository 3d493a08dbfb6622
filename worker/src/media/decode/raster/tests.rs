use std::io::Cursor;

use image::RgbImage;

use super::super::tests::{full, sample};
use crate::media::frame::Frame;

use super::*;

fn encoded(frame: &Frame, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    RgbImage::from_raw(frame.width, frame.height, frame.rgb.clone())
        .unwrap()
        .write_to(&mut file, format)
        .unwrap();
    file.into_inner()
}

#[test]
fn the_rows_of_a_cut_bmp_are_kept() {
    let frame = sample(61, 40);
    let bytes = encoded(&frame, ImageFormat::Bmp);
    let found = full(&bytes[..bytes.len() / 2]).unwrap();
    let share = found.decoded_share.unwrap();
    assert!((0.4..0.5).contains(&share), "{share}");
    // The last row stands first.
    assert_eq!(found.frame.row(39, 0, 61), frame.row(39, 0, 61));
    assert_eq!(found.frame.row(0, 0, 61), [128; 183]);
    // The other way round, which a negative height says.
    let mut turned = bytes.clone();
    turned[22..26].copy_from_slice(&(-40i32).to_le_bytes());
    let found = full(&turned[..bytes.len() / 2]).unwrap();
    assert_eq!(found.frame.row(0, 0, 61), frame.row(39, 0, 61));
    assert_eq!(found.frame.row(39, 0, 61), [128; 183]);
    assert!(full(&bytes[..60]).is_err());
}

/// A GIF of grey rows, each brighter than the one above.
fn gif(is_interlaced: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let palette: Vec<u8> = (0..=255).flat_map(|grey| [grey; 3]).collect();
    let mut encoder = gif::Encoder::new(&mut bytes, 64, 200, &palette).unwrap();
    let order: Vec<usize> = if is_interlaced {
        [(0, 8), (4, 8), (2, 4), (1, 2)]
            .iter()
            .flat_map(|(first, step)| (*first..200).step_by(*step))
            .collect()
    } else {
        (0..200).collect()
    };
    let pixels: Vec<u8> = order
        .iter()
        .flat_map(|y| (0..64).map(move |x| if x % 3 == 0 { *y as u8 } else { 250 }))
        .collect();
    let frame = gif::Frame {
        width: 64,
        height: 200,
        interlaced: is_interlaced,
        buffer: pixels.into(),
        ..gif::Frame::default()
    };
    encoder.write_frame(&frame).unwrap();
    drop(encoder);
    bytes
}

#[test]
fn the_rows_of_a_cut_gif_are_kept() {
    for is_interlaced in [false, true] {
        let bytes = gif(is_interlaced);
        let whole = full(&bytes).unwrap();
        assert_eq!(whole.frame.row(77, 0, 1), [77; 3]);
        assert_eq!(whole.decoded_share, None);
        let found = full(&bytes[..bytes.len() * 7 / 10]).unwrap();
        let share = found.decoded_share.unwrap();
        assert!((0.2..0.9).contains(&share), "{is_interlaced}: {share}");
        assert_eq!(found.frame.row(0, 0, 64), whole.frame.row(0, 0, 64));
        assert_eq!(found.frame.row(16, 0, 64), whole.frame.row(16, 0, 64));
        let last = found.frame.row(199, 0, 1)[0];
        assert_eq!(last == 128, !is_interlaced, "{last}");
        assert!(full(&bytes[..800]).is_err());
    }
}

#[test]
fn a_cut_webp_is_a_failure_that_says_so() {
    let bytes = encoded(&sample(64, 64), ImageFormat::WebP);
    let failure = full(&bytes[..bytes.len() / 2]).unwrap_err();
    assert_eq!(failure.code, FailureCode::Unreadable);
    assert!(failure.detail.contains("ends too early"), "{failure}");
}

#[test]
fn kinds_that_are_not_read_are_named_as_such() {
    // A BMP that holds a JPEG.
    let mut bmp = encoded(&sample(8, 8), ImageFormat::Bmp);
    bmp[30..34].copy_from_slice(&4u32.to_le_bytes());
    let failure = full(&bmp).unwrap_err();
    assert_eq!(failure.code, FailureCode::Unsupported, "{failure}");
}
