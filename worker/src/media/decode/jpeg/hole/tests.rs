use common::FailureCode;
use libjpeg_turbo_rs::{Encoder, PixelFormat, Subsampling};

use super::super::super::{
    jpeg_layout::Follow,
    tests::{full, sample},
};
use super::*;
use crate::media::frame::Frame;

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;

/// A picture with detail everywhere.
fn detailed() -> Frame {
    let mut frame = sample(WIDTH, HEIGHT);
    let mut state = 1u32;
    for value in &mut frame.rgb {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *value = value.saturating_add((state >> 27) as u8);
    }
    frame
}

/// The same on a black ground that is large enough for long runs of zeros.
fn on_black() -> Frame {
    let (width, height) = (2400, 2400);
    let picture = detailed();
    let mut rgb = vec![0; width as usize * height as usize * 3];
    for y in 0..HEIGHT {
        let begin = ((y + 1200) * width + 900) as usize * 3;
        rgb[begin..begin + WIDTH as usize * 3].copy_from_slice(picture.row(y, 0, WIDTH));
    }
    Frame { width, height, rgb }
}

fn encoder(frame: &Frame) -> Encoder<'_> {
    let (width, height) = (frame.width as usize, frame.height as usize);
    Encoder::new(&frame.rgb, width, height, PixelFormat::Rgb)
        .quality(90)
        .subsampling(Subsampling::S420)
}

/// Every way of coding, with its name.
fn codings(frame: &Frame) -> Vec<(&'static str, Vec<u8>)> {
    let of = |name, encoder: Encoder<'_>| (name, encoder.encode().unwrap());
    vec![
        of("plain", encoder(frame)),
        of("optimised", encoder(frame).optimize_huffman(true)),
        of("progressive", encoder(frame).progressive(true)),
        of("restarts", encoder(frame).restart_rows(1)),
        of(
            "optimised restarts",
            encoder(frame).optimize_huffman(true).restart_rows(2),
        ),
        of(
            "4:4:4",
            encoder(frame)
                .subsampling(Subsampling::S444)
                .optimize_huffman(true),
        ),
        of("arithmetic", encoder(frame).arithmetic(true)),
    ]
}

fn share(bytes: &[u8]) -> Option<f64> {
    full(bytes).unwrap().decoded_share
}

/// The length of the longest run of zeros.
fn longest_run(bytes: &[u8]) -> usize {
    let is_other = |byte: &u8| *byte != 0;
    bytes.split(is_other).map(<[u8]>::len).max().unwrap_or(0)
}

fn with_hole(bytes: &[u8], hole: Range<usize>, value: u8) -> Vec<u8> {
    let mut holed = bytes.to_vec();
    holed[hole].fill(value);
    holed
}

#[test]
fn flat_areas_are_picture_however_long_their_runs_of_zeros_are() {
    let mut coded_as_zeros = 0;
    let black = on_black();
    let grey = Frame {
        rgb: vec![119; black.rgb.len()],
        ..black
    };
    // Steps of brightness whose lowest bits are all zero.
    let steps = Frame {
        rgb: (0..1600 * 1600u32)
            .flat_map(|pixel| [(pixel / 1600 / 8 * 2 % 256) as u8; 3])
            .collect(),
        width: 1600,
        height: 1600,
    };
    let small = Frame {
        rgb: vec![255; 64 * 64 * 3],
        width: 64,
        height: 64,
    };
    for frame in [on_black(), grey, steps, small] {
        for (name, bytes) in codings(&frame) {
            assert_eq!(share(&bytes), None, "{name}");
            coded_as_zeros += usize::from(longest_run(&bytes) >= 512);
            // Cards pad the last sector of a file.
            let padded = [&bytes[..], &[0; 5000], &[0xFF; 5000]].concat();
            assert_eq!(share(&padded), None, "{name}, padded");
        }
    }
    assert!(coded_as_zeros > 2, "{coded_as_zeros}");
}

#[test]
fn a_hole_ends_what_is_known_of_the_picture() {
    let frame = detailed();
    for (name, bytes) in codings(&frame) {
        let half = bytes.len() / 2;
        // How far a cut arithmetic scan goes is not known, only that it is cut.
        let cut = share(&bytes[..half]).unwrap();
        let cut = if name == "arithmetic" { 0.5 } else { cut };
        for (begin, length) in [(half, 512), (half, 4096), (half - 300, 700), (half, 32_768)] {
            for value in [0, 0xFF] {
                let hole = begin..(begin + length).min(bytes.len() - 2);
                let found = share(&with_hole(&bytes, hole, value));
                let what = format!("{name}, {length} bytes of {value}: {found:?}, cut {cut}");
                assert!(
                    found.is_some_and(|found| (found - cut).abs() < 0.06),
                    "{what}"
                );
            }
        }
    }
}

#[test]
fn a_tail_of_zeros_is_no_picture_with_or_without_an_end() {
    for frame in [detailed(), on_black()] {
        for (name, bytes) in codings(&frame) {
            for percent in [30, 50, 90] {
                let from = bytes.len() * percent / 100;
                let open = share(&with_hole(&bytes, from..bytes.len(), 0));
                let ended = share(&with_hole(&bytes, from..bytes.len() - 2, 0));
                assert!(
                    open.is_some_and(|share| share < 1.0),
                    "{name} {percent}: {open:?}"
                );
                assert_eq!(open, ended, "{name} {percent}");
            }
        }
    }
}

#[test]
fn the_first_of_several_holes_counts() {
    for (name, bytes) in codings(&detailed()) {
        let [third, half] = [bytes.len() / 3, bytes.len() / 2];
        let one = with_hole(&bytes, third..third + 512, 0);
        let two = with_hole(&one, half..half + 4096, 0);
        assert_eq!(share(&one), share(&two), "{name}");
    }
}

#[test]
fn nothing_is_shown_behind_a_hole_unless_restart_markers_bring_it_to_its_place() {
    let frame = detailed();
    let last_row = |bytes: &[u8]| {
        full(bytes)
            .unwrap()
            .frame
            .row(HEIGHT - 1, 0, WIDTH)
            .to_vec()
    };
    let plain = encoder(&frame).encode().unwrap();
    let half = plain.len() / 2;
    let holed = with_hole(&plain, half..half + 600, 0);
    assert!(last_row(&holed).iter().all(|value| *value == 128));

    let restarts = encoder(&frame).restart_rows(1).encode().unwrap();
    let marker = |number: u8| {
        let is_marker = |pair: &[u8]| pair == [0xFF, 0xD0 + number];
        restarts.windows(2).position(is_marker).unwrap()
    };
    let begin = marker(1) + 40;
    assert!(begin + 512 < marker(2));
    let bridged = with_hole(&restarts, begin..begin + 512, 0);
    assert!(share(&bridged).is_some());
    assert_eq!(last_row(&bridged), last_row(&restarts));
    // Where markers are gone with the data, nobody knows the place of what follows.
    let wide = with_hole(&restarts, begin..marker(3) + 10, 0);
    assert!(last_row(&wide).iter().all(|value| *value == 128));
}

#[test]
fn a_hole_in_each_scan_of_a_progressive_file_is_found() {
    let bytes = encoder(&detailed()).progressive(true).encode().unwrap();
    let layout = JpegLayout::read(&bytes, Follow::Everything).unwrap();
    let mut last = 0.0;
    let mut found = 0;
    for (number, scan) in layout.scans.iter().enumerate() {
        let end = layout
            .scans
            .get(number + 1)
            .map_or(bytes.len(), |next| next.data_start);
        let begin = scan.data_start + 100;
        if end < begin + 900 {
            continue;
        }
        let holed = with_hole(&bytes, begin..begin + 512, 0);
        let hole = find(&holed, &layout).unwrap();
        assert_eq!((hole.scan, hole.at / 8), (number, begin / 8));
        let share = share(&holed).unwrap();
        assert!(share > last, "scan {number}: {share} after {last}");
        (last, found) = (share, found + 1);
    }
    assert!(found > 4, "{found}");
}

#[test]
fn a_picture_of_which_nothing_is_left_is_unreadable() {
    let bytes = encoder(&detailed()).encode().unwrap();
    let layout = JpegLayout::read(&bytes, Follow::Needed).unwrap();
    let begin = layout.scans[0].data_start;
    for value in [0, 0xFF] {
        let failure = full(&with_hole(&bytes, begin..bytes.len(), value)).unwrap_err();
        assert_eq!(failure.code, FailureCode::Unreadable);
    }
}
