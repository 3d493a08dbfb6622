use common::FailureCode;
use libjpeg_turbo_rs::{Encoder, Subsampling};
use proptest::prelude::*;

use super::super::{
    DecodedMedia, decode as decode_media,
    tests::{difference, full, sample},
};
use super::*;
use crate::media::orientation::Orientation;

fn encoder(frame: &Frame) -> Encoder<'_> {
    Encoder::new(
        &frame.rgb,
        frame.width as usize,
        frame.height as usize,
        PixelFormat::Rgb,
    )
    .quality(90)
    .subsampling(Subsampling::S420)
}

fn baseline(frame: &Frame) -> Vec<u8> {
    encoder(frame).encode().unwrap()
}

fn progressive(frame: &Frame) -> Vec<u8> {
    encoder(frame).progressive(true).encode().unwrap()
}

fn scaled(bytes: &[u8], least: u32) -> DecodedMedia {
    let scale = DecodeScale::LongSideAtLeast(least);
    decode_media(bytes, Orientation::Upright, scale, DecodeLimits::default()).unwrap()
}

fn cut(bytes: &[u8], percent: usize) -> &[u8] {
    &bytes[..bytes.len() * percent / 100]
}

#[test]
fn both_kinds_of_jpeg_give_their_picture() {
    let frame = sample(321, 203);
    for bytes in [
        baseline(&frame),
        progressive(&frame),
        encoder(&frame).restart_rows(1).encode().unwrap(),
    ] {
        let media = full(&bytes).unwrap();
        assert!(difference(&media.frame, &frame) < 8.0);
        assert_eq!(media.decoded_share, None);
    }
}

#[test]
fn a_grey_jpeg_becomes_rgb() {
    let grey: Vec<u8> = (0..64 * 48).map(|i| (i / 16) as u8).collect();
    let bytes = Encoder::new(&grey, 64, 48, PixelFormat::Grayscale)
        .encode()
        .unwrap();
    let frame = full(&bytes).unwrap().frame;
    assert_eq!(frame.rgb.len(), 64 * 48 * 3);
    assert!(
        frame
            .rgb
            .as_chunks::<3>()
            .0
            .iter()
            .all(|[r, g, b]| r == g && g == b)
    );
}

#[test]
fn the_inks_of_a_cmyk_jpeg_become_colours() {
    let inks = [
        ([255, 0, 0, 0], [0, 255, 255]),
        ([0, 255, 255, 0], [255, 0, 0]),
        ([0, 0, 0, 255], [0; 3]),
    ];
    for (ink, colour) in inks {
        // Adobe stores inks inverted: 255 is no ink.
        let pixels = ink.map(|part: u8| 255 - part).repeat(32 * 32);
        let bytes = Encoder::new(&pixels, 32, 32, PixelFormat::Cmyk)
            .quality(95)
            .encode()
            .unwrap();
        for found in [full(&bytes).unwrap().frame, scaled(&bytes, 8).frame] {
            let [r, g, b] = *found.rgb.first_chunk().unwrap();
            for (found, expected) in [r, g, b].into_iter().zip(colour) {
                assert!(found.abs_diff(expected) < 12, "{ink:?}: {r} {g} {b}");
            }
        }
    }
}

#[test]
fn a_jpeg_is_decoded_at_the_smallest_scale_that_is_large_enough() {
    let bytes = baseline(&sample(800, 600));
    for (least, width, height) in [
        (1, 100, 75),
        (100, 100, 75),
        (101, 300, 225),
        (301, 500, 375),
        (501, 800, 600),
        (5000, 800, 600),
    ] {
        let media = scaled(&bytes, least);
        assert_eq!(
            (media.frame.width, media.frame.height),
            (width, height),
            "{least}"
        );
        assert_eq!((media.source_width, media.source_height), (800, 600));
    }
}

#[test]
fn a_scaled_jpeg_shows_the_same_picture() {
    let frame = sample(803, 597);
    for bytes in [baseline(&frame), progressive(&frame)] {
        let media = scaled(&bytes, 300);
        let reference = sample(media.frame.width, media.frame.height);
        // The fine stripes of the blue channel differ between sizes; red and green do not.
        let red_green = |frame: &Frame| {
            let [r, g] = [0, 1].map(|channel| {
                frame
                    .rgb
                    .iter()
                    .skip(channel)
                    .step_by(3)
                    .map(|v| u64::from(*v))
                    .sum::<u64>()
            });
            let pixels = u64::from(frame.width * frame.height);
            [r / pixels, g / pixels]
        };
        for (a, b) in red_green(&media.frame)
            .into_iter()
            .zip(red_green(&reference))
        {
            assert!(a.abs_diff(b) <= 2, "{a} {b}");
        }
    }
}

#[test]
fn a_turned_jpeg_has_its_sides_swapped_at_every_scale() {
    let bytes = baseline(&sample(800, 600));
    let scale = DecodeScale::LongSideAtLeast(300);
    let media = decode_media(
        &bytes,
        Orientation::TurnRight,
        scale,
        DecodeLimits::default(),
    )
    .unwrap();
    assert_eq!((media.source_width, media.source_height), (600, 800));
    assert_eq!((media.frame.width, media.frame.height), (225, 300));
}

#[test]
fn a_cut_jpeg_is_decoded_as_far_as_it_goes() {
    let frame = sample(640, 480);
    let bytes = baseline(&frame);
    let whole = full(&bytes).unwrap().frame;
    let mut last_share = 0.0;
    for percent in (10..=90).step_by(10) {
        let media = full(cut(&bytes, percent)).unwrap();
        let share = media.decoded_share.unwrap();
        assert!(share > last_share && share < 1.0, "{percent}: {share}");
        last_share = share;
        // The row of MCUs before the one with the cut, and the upsampling across its border.
        let rows = ((share * 480.0) as u32 / 16 * 16).saturating_sub(17);
        for y in 0..rows {
            assert_eq!(
                media.frame.row(y, 0, 640),
                whole.row(y, 0, 640),
                "{percent}: {y}"
            );
        }
        assert_eq!(media.frame.row(479, 600, 640), [128; 120]);
    }
}

#[test]
fn a_cut_progressive_jpeg_gets_sharper_with_every_byte() {
    let frame = sample(640, 480);
    let bytes = progressive(&frame);
    let whole = full(&bytes).unwrap().frame;
    let (mut last_share, mut last_difference) = (0.0, f64::MAX);
    for percent in (10..=90).step_by(10) {
        let media = full(cut(&bytes, percent)).unwrap();
        let share = media.decoded_share.unwrap();
        let difference = difference(&media.frame, &whole);
        assert!(share > last_share && share < 1.0, "{percent}: {share}");
        assert!(difference <= last_difference, "{percent}: {difference}");
        (last_share, last_difference) = (share, difference);
    }
    assert!(last_difference < 8.0, "{last_difference}");
}

#[test]
fn a_cut_in_the_header_is_unreadable() {
    let bytes = baseline(&sample(64, 64));
    for length in [3, 20, 100, 300] {
        let failure = full(&bytes[..length]).unwrap_err();
        assert_eq!(failure.code, FailureCode::Unreadable);
        assert!(
            failure.detail.contains(&format!("after {length} bytes")),
            "{failure}"
        );
    }
    let layout = JpegLayout::read(&bytes, Follow::Needed).unwrap();
    let scan = bytes
        .windows(2)
        .position(|pair| pair == [0xFF, 0xDA])
        .unwrap();
    let header = scan + 2 + 6 + 2 * layout.components.len();
    assert_eq!(
        full(&bytes[..header]).unwrap_err().code,
        FailureCode::Unreadable
    );
}

#[test]
fn a_missing_end_marker_alone_is_no_damage() {
    let frame = sample(100, 80);
    for bytes in [baseline(&frame), progressive(&frame)] {
        let media = full(&bytes[..bytes.len() - 2]).unwrap();
        assert_eq!(media.frame, full(&bytes).unwrap().frame);
        assert_eq!(media.decoded_share, None);
    }
}

#[test]
fn bytes_behind_the_picture_are_ignored() {
    let frame = sample(100, 80);
    for bytes in [baseline(&frame), progressive(&frame)] {
        let whole = full(&bytes).unwrap().frame;
        let mut multi = bytes.clone();
        multi.extend(baseline(&sample(20, 10)));
        multi.extend([0; 100]);
        assert_eq!(full(&multi).unwrap().frame, whole);
    }
}

#[test]
fn the_pixel_limit_is_checked_in_the_header() {
    let mut bytes = baseline(&sample(16, 16));
    let frame_header = bytes
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .unwrap();
    bytes[frame_header + 5..frame_header + 9].copy_from_slice(&[0xFF; 4]);
    let failure = full(&bytes).unwrap_err();
    assert_eq!(failure.code, FailureCode::TooManyPixels);
    assert_eq!(
        failure.detail,
        "4294836225 pixels (65535×65535); the limit is 100000000"
    );
}

#[test]
fn processes_that_no_camera_uses_are_named() {
    let samples: Vec<i16> = (0..32 * 32).map(|i| i as i16).collect();
    let deep = turbo::compress_12bit(&samples, 32, 32, 1, 90, Subsampling::S444).unwrap();
    let failure = full(&deep).unwrap_err();
    assert_eq!(
        (failure.code, failure.detail.as_str()),
        (
            FailureCode::Unsupported,
            "JPEG with 12 bits a channel is not supported"
        )
    );
    let frame = sample(32, 32);
    let lossless = encoder(&frame).lossless(true).encode().unwrap();
    assert_eq!(full(&lossless).unwrap_err().code, FailureCode::Unsupported);
}

#[test]
fn what_the_fast_decoder_refuses_is_decoded_by_the_other_and_marked() {
    let frame = sample(320, 240);
    let bytes = progressive(&frame);
    let whole = JpegLayout::read(&bytes, Follow::Everything).unwrap();
    let media = decode_slowly(&bytes, None, false, DecodeLimits::default()).unwrap();
    assert!(difference(&media.frame, &frame) < 8.0);
    assert_eq!(media.decoded_share, None);
    let damaged = decode_slowly(&bytes, None, true, DecodeLimits::default()).unwrap();
    assert_eq!(damaged.decoded_share, Some(0.0));
    assert_eq!(whole.ending, Ending::Whole);
    let half = decode_slowly(cut(&bytes, 70), None, true, DecodeLimits::default()).unwrap();
    assert!(half.decoded_share.is_some_and(|share| share < 1.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn mutated_jpegs_never_panic(
        is_progressive in any::<bool>(),
        changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..6),
        keep in any::<usize>(),
        least in 1u32..200,
    ) {
        let frame = sample(160, 120);
        let mut bytes = if is_progressive { progressive(&frame) } else { baseline(&frame) };
        for (at, value) in changes {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        bytes.truncate(1 + keep % bytes.len());
        let limits = DecodeLimits { pixels: 4_000_000 };
        if let Ok(media) = decode_media(&bytes, Orientation::Upright, DecodeScale::LongSideAtLeast(least), limits) {
            let frame = media.frame;
            prop_assert_eq!(frame.rgb.len(), frame.width as usize * frame.height as usize * 3);
            prop_assert!(media.decoded_share.is_none_or(|share| (0.0..1.0).contains(&share)));
        }
    }

    #[test]
    fn scales_are_large_enough_and_never_larger_than_the_file(long_side in 1u32..20_000, least in 1u32..20_000) {
        let factor = scaling_factor(long_side, DecodeScale::LongSideAtLeast(least));
        let decoded = factor.scale_dim(long_side as usize);
        prop_assert!(decoded <= long_side as usize);
        prop_assert!(decoded >= least.min(long_side) as usize);
    }
}
