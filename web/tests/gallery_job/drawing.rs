//! Small pictures of a forest, by day and by night, with something in them or nothing.

use image::{ImageEncoder as _, Rgb, RgbImage, codecs::jpeg::JpegEncoder};

/// A picture with this number, four wide to three high, as a JPEG.
pub fn jpeg(number: u32, width: u32) -> Vec<u8> {
    let height = width * 3 / 4;
    let mut noise = number.wrapping_mul(2_654_435_761) | 1;
    let is_night = number % 5 >= 3;
    let picture = RgbImage::from_fn(width, height, |x, y| {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        let grain = (noise % 17) as i32 - 8;
        let colour = colour(number, x as f32 / width as f32, y as f32 / height as f32);
        let shade = |value: f32| (value as i32 + grain).clamp(0, 255) as u8;
        if is_night {
            let [red, green, blue] = colour;
            let grey = shade((red + green + blue) / 3.6);
            return Rgb([grey, grey, grey]);
        }
        Rgb(colour.map(shade))
    });
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 80);
    let written = encoder.write_image(&picture, width, height, image::ExtendedColorType::Rgb8);
    written.unwrap();
    bytes
}

fn colour(number: u32, x: f32, y: f32) -> [f32; 3] {
    let turn = number as f32;
    // Where the detections of the records are.
    let is_body =
        number.is_multiple_of(4) && ((x - 0.45) / 0.14).powi(2) + ((y - 0.62) / 0.11).powi(2) < 1.0;
    let is_trunk = ((x * 9.0 + turn).sin() * (x * 23.0 + turn * 2.0).cos()) > 0.55;
    let horizon = 0.42 + 0.04 * (x * 7.0 + turn).sin();
    if is_body {
        [112.0, 84.0, 58.0]
    } else if is_trunk && y < 0.75 {
        [74.0, 62.0, 48.0]
    } else if y < horizon {
        [150.0 + 40.0 * (1.0 - y), 170.0 + 30.0 * (1.0 - y), 175.0]
    } else {
        let light = 40.0 * y + 14.0 * (x * 31.0 + y * 47.0 + turn).sin();
        [86.0 + light, 104.0 + light, 58.0 + light]
    }
}
