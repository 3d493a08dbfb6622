use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use png::Encoder;

use super::super::tests::{full, sample};
use super::*;

/// Encodes samples as they are, interlaced or not. `png` writes no interlaced files, so passes
/// are laid out here and written as the rows they are.
fn encoded(width: u32, height: u32, kind: (ColorType, BitDepth), samples: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(kind.0);
    encoder.set_depth(kind.1);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(samples).unwrap();
    writer.finish().unwrap();
    bytes
}

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(&kind);
    crc.update(data);
    let length = (data.len() as u32).to_be_bytes();
    [&length[..], &kind, data, &crc.sum().to_be_bytes()].concat()
}

fn interlaced(frame: &Frame) -> Vec<u8> {
    use std::io::Write as _;
    let mut rows = Vec::new();
    for pass in ADAM7 {
        for y in (pass.top..frame.height).step_by(pass.step_y as usize) {
            let across: Vec<u32> = (pass.left..frame.width)
                .step_by(pass.step_x as usize)
                .collect();
            if !across.is_empty() {
                rows.push(0);
            }
            for x in across {
                let at = (y * frame.width + x) as usize * 3;
                rows.extend(&frame.rgb[at..at + 3]);
            }
        }
    }
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    deflated.write_all(&rows).unwrap();
    let header = [
        &frame.width.to_be_bytes()[..],
        &frame.height.to_be_bytes(),
        &[8, 2, 0, 0, 1],
    ]
    .concat();
    [
        b"\x89PNG\r\n\x1A\n".to_vec(),
        chunk(*b"IHDR", &header),
        chunk(*b"IDAT", &deflated.finish().unwrap()),
        chunk(*b"IEND", &[]),
    ]
    .concat()
}

fn plain(frame: &Frame) -> Vec<u8> {
    let kind = (ColorType::Rgb, BitDepth::Eight);
    encoded(frame.width, frame.height, kind, &frame.rgb)
}

/// As the image crate gives it, which the results were compared with.
fn by_image(bytes: &[u8]) -> Vec<u8> {
    let image = image::load_from_memory_with_format(bytes, ImageFormat::Png).unwrap();
    image.into_rgb8().into_raw()
}

#[test]
fn every_kind_of_pixel_becomes_what_the_image_crate_makes_of_it() {
    let samples: Vec<u8> = (0..64 * 40 * 8).map(|i| (i * 7 % 251) as u8).collect();
    for colours in [
        ColorType::Grayscale,
        ColorType::GrayscaleAlpha,
        ColorType::Rgb,
        ColorType::Rgba,
    ] {
        for (depth, bytes) in [(BitDepth::Eight, 1), (BitDepth::Sixteen, 2)] {
            let count = 64 * 40 * colours.samples() * bytes;
            let file = encoded(64, 40, (colours, depth), &samples[..count]);
            let found = full(&file).unwrap();
            assert_eq!(found.frame.rgb, by_image(&file), "{colours:?} {depth:?}");
            assert_eq!(found.decoded_share, None);
        }
    }
    let bits = encoded(
        64,
        40,
        (ColorType::Grayscale, BitDepth::One),
        &samples[..8 * 40],
    );
    assert_eq!(full(&bits).unwrap().frame.rgb, by_image(&bits));
}

#[test]
fn palettes_become_colours() {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 4, 2);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Two);
    encoder.set_palette(vec![1, 2, 3, 40, 50, 60, 7, 8, 9, 200, 100, 0]);
    encoder.set_trns(vec![0, 255]);
    let mut writer = encoder.write_header().unwrap();
    writer
        .write_image_data(&[0b0001_1011, 0b1110_0100])
        .unwrap();
    writer.finish().unwrap();
    let rgb = full(&bytes).unwrap().frame.rgb;
    assert_eq!(rgb[..6], [1, 2, 3, 40, 50, 60]);
    assert_eq!(rgb, by_image(&bytes));
}

#[test]
fn an_interlaced_picture_is_whole_and_gets_sharper_with_every_byte() {
    for (width, height) in [(203, 101), (1, 1), (5, 3), (2, 9)] {
        let frame = sample(width, height);
        let bytes = interlaced(&frame);
        let found = full(&bytes).unwrap();
        assert_eq!(found.frame, frame);
        assert_eq!(found.decoded_share, None);
        assert_eq!(found.frame.rgb, by_image(&bytes));
    }
    let frame = sample(400, 300);
    let bytes = interlaced(&frame);
    let mut last = 0.0;
    for percent in [5, 20, 50, 90] {
        let found = full(&bytes[..bytes.len() * percent / 100]).unwrap();
        let share = found.decoded_share.unwrap();
        assert!(share > last && share < 1.0, "{percent}: {share}");
        last = share;
        let difference = super::super::tests::difference(&found.frame, &frame);
        assert!(percent < 20 || difference < 40.0, "{percent}: {difference}");
    }
}

#[test]
fn a_cut_png_is_decoded_as_far_as_it_goes() {
    let frame = sample(300, 400);
    let bytes = plain(&frame);
    let mut last = 0.0;
    for percent in [20, 50, 80, 95] {
        let found = full(&bytes[..bytes.len() * percent / 100]).unwrap();
        let share = found.decoded_share.unwrap();
        assert!(share > last && share < 1.0, "{percent}: {share}");
        last = share;
        let rows = (share * 400.0).floor() as u32;
        for y in 0..rows {
            assert_eq!(found.frame.row(y, 0, 300), frame.row(y, 0, 300));
        }
        assert_eq!(found.frame.row(399, 0, 300), [128; 900]);
    }
}

#[test]
fn a_png_without_its_end_is_whole() {
    let frame = sample(60, 40);
    let bytes = plain(&frame);
    let found = full(&bytes[..bytes.len() - 12]).unwrap();
    assert_eq!(found.frame, frame);
    assert_eq!(found.decoded_share, None);
}

#[test]
fn a_png_of_which_only_the_header_is_left_is_unreadable() {
    let bytes = plain(&sample(60, 40));
    for length in [8, 20, 33, 45] {
        let failure = full(&bytes[..length]).unwrap_err();
        assert_eq!(failure.code, common::FailureCode::Unreadable, "{length}");
    }
}

#[test]
fn zeros_where_data_were_end_what_is_known_though_they_mean_pixels() {
    // Sixteen colours in one chunk, and a tail of zeros that takes the checksum with it.
    let mut noise = 1u32;
    let mut next = || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 28) as u8 * 17
    };
    let samples: Vec<u8> = (0..400 * 300).map(|_| next()).collect();
    let bytes = encoded(400, 300, (ColorType::Grayscale, BitDepth::Eight), &samples);
    let half = bytes.len() / 2;
    for value in [0, 0xFF] {
        for length in [600, 5000, bytes.len() - half] {
            let mut holed = bytes.clone();
            holed[half..half + length].fill(value);
            let found = full(&holed).unwrap();
            let cut = full(&bytes[..half]).unwrap();
            assert_eq!(found.decoded_share, cut.decoded_share, "{value} {length}");
            assert!(found.decoded_share.is_some(), "{value} {length}");
        }
    }
}

#[test]
fn flat_areas_are_picture_however_many_zeros_they_are_made_of() {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 600, 200);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_compression(png::Compression::NoCompression);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0; 600 * 200]).unwrap();
    writer.finish().unwrap();
    let is_zeros = |run: &[u8]| run.iter().all(|byte| *byte == 0);
    assert!(bytes.windows(600).any(is_zeros));
    assert_eq!(full(&bytes).unwrap().decoded_share, None);
}

#[test]
fn damage_in_the_middle_ends_what_is_known() {
    let frame = sample(300, 400);
    let mut bytes = plain(&frame);
    let half = bytes.len() / 2;
    bytes[half..half + 200].fill(0xA5);
    if let Ok(found) = full(&bytes) {
        assert!(found.decoded_share.is_some());
    }
    // Pixels of another writer are the same.
    let image = DynamicImage::from(image::RgbImage::from_raw(300, 400, frame.rgb.clone()).unwrap());
    let mut other = Cursor::new(Vec::new());
    image.write_to(&mut other, ImageFormat::Png).unwrap();
    assert_eq!(full(&other.into_inner()).unwrap().frame, frame);
}
