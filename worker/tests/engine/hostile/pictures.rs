//! Pictures that are damaged, huge, tiny, odd, or not what their names say.

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};
use image::{DynamicImage, ImageFormat, RgbImage, codecs::gif::GifEncoder};
use libjpeg_turbo_rs::{Encoder, PixelFormat};

use super::case::{Case, failed, image, skipped, truncated};
use crate::{
    support::{
        picture::{self, GREEN, RED},
        raw_zip,
    },
    tiff_builder::{Data, THUMBNAIL, TiffBuilder, every_tag},
};

/// The archive of these is read as `pictures/…`, with a limit of one megapixel.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = sound();
    cases.extend(cut());
    cases.extend(broken());
    cases.extend(with_odd_metadata());
    cases
}

fn plain(width: u32, height: u32) -> RgbImage {
    RgbImage::from_pixel(width, height, image::Rgb([80, 90, 100]))
}

fn png(width: u32, height: u32) -> Vec<u8> {
    picture::encode(&plain(width, height).into(), ImageFormat::Png)
}

fn scene() -> RgbImage {
    picture::with_square(RED, 64, 32)
}

fn encoded(scene: &RgbImage, is_progressive: bool) -> Vec<u8> {
    let (width, height) = (scene.width() as usize, scene.height() as usize);
    Encoder::new(scene.as_raw(), width, height, PixelFormat::Rgb)
        .progressive(is_progressive)
        .encode()
        .unwrap()
}

fn sound() -> Vec<Case> {
    let mut cases = of_every_kind();
    cases.extend(of_odd_size());
    cases.extend(with_wrong_names());
    cases
}

fn of_every_kind() -> Vec<Case> {
    let cmyk: Vec<u8> = [200, 180, 20, 250].repeat(64 * 48);
    let cmyk = Encoder::new(&cmyk, 64, 48, PixelFormat::Cmyk).encode();
    let picture = DynamicImage::ImageRgb8(scene());
    let png_of = |picture: DynamicImage| picture::encode(&picture, ImageFormat::Png);
    let still = picture::encode(&picture, ImageFormat::WebP);
    let tiff = picture::encode(&picture, ImageFormat::Tiff);
    let bmp = picture::encode(&picture, ImageFormat::Bmp);
    let grey = picture::encode(&picture.to_luma8().into(), ImageFormat::Jpeg);
    vec![
        image("progressive.jpg", &encoded(&scene(), true)),
        image("cmyk.jpg", &cmyk.unwrap()),
        image("grey.jpg", &grey),
        image("16 bit.png", &png_of(picture.to_rgb16().into())),
        image("16 bit grey.png", &png_of(picture.to_luma16().into())),
        image("transparent.png", &png_of(picture.to_rgba8().into())),
        image("plain.tif", &tiff),
        image("plain.bmp", &bmp),
        image("plain.webp", &still),
        image("moving.gif", &moving_gif()),
        image("moving.webp", &moving_webp(&still)),
    ]
}

fn of_odd_size() -> Vec<Case> {
    let jpeg = |width, height| picture::jpeg(&plain(width, height));
    vec![
        image("1x1.png", &png(1, 1)),
        image("1x1.jpg", &jpeg(1, 1)),
        image("20000x3.jpg", &jpeg(20_000, 3)),
        image("3x20000.png", &png(3, 20_000)),
        image("65500x1.jpg", &jpeg(65_500, 1)),
        image("at the limit.png", &png(1000, 1000)),
        failed("over the limit.png", "too-many-pixels", &png(1001, 1000)),
        failed("over the limit.jpg", "too-many-pixels", &jpeg(1000, 1001)),
    ]
}

fn with_wrong_names() -> Vec<Case> {
    let jpeg = |side| picture::jpeg(&plain(side, 48));
    let bmp = picture::encode(&plain(67, 48).into(), ImageFormat::Bmp);
    let behind = |jpeg: Vec<u8>| [jpeg, b"PK\x03\x04 and more".repeat(500)].concat();
    vec![
        image("png as jpg.jpg", &png(65, 48)),
        image("jpg as png.png", &jpeg(66)),
        image("bmp as tif.tif", &bmp),
        image("jpg as raw.CR2", &jpeg(68)),
        image("IMG_0001", &jpeg(69)),
        image("jpg as text.txt", &jpeg(70)),
        image("junk behind.jpg", &behind(jpeg(71))),
        image("jpg as video.mp4", &jpeg(72)),
        image("jpg as video.AVI", &jpeg(73)),
        image("jpg as document.mov", &png(74, 48)),
    ]
}

fn moving_gif() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for colour in [RED, GREEN] {
        let frame = DynamicImage::ImageRgb8(picture::with_square(colour, 0, 0)).to_rgba8();
        encoder.encode_frame(image::Frame::new(frame)).unwrap();
    }
    drop(encoder);
    bytes
}

/// An animation of two frames, both the picture of a still WebP file of 256 × 192 pixels.
fn moving_webp(still: &[u8]) -> Vec<u8> {
    let chunk = |name: &[u8; 4], content: &[u8]| {
        let mut chunk = name.to_vec();
        chunk.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        chunk.extend(content);
        chunk.resize(chunk.len().next_multiple_of(2), 0);
        chunk
    };
    // Width and height less one, in 24 bits each.
    let size = [255, 0, 0, 191, 0, 0];
    // Behind "RIFF", a length and "WEBP" comes the chunk with the pixels.
    let frame = [&[0; 6][..], &size, &[100, 0, 0, 0], &still[12..]].concat();
    let mut body = b"WEBP".to_vec();
    body.extend(chunk(b"VP8X", &[&[2, 0, 0, 0][..], &size].concat()));
    body.extend(chunk(b"ANIM", &[0; 6]));
    body.extend(chunk(b"ANMF", &frame));
    body.extend(chunk(b"ANMF", &frame));
    chunk(b"RIFF", &body)
}

fn cut() -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, is_progressive) in [("baseline", false), ("progressive", true)] {
        let whole = encoded(&scene(), is_progressive);
        let cut = |length: usize| &whole[..length];
        let pixels = place_of(&whole, [0xff, 0xda]);
        let name = |what| format!("{kind} cut {what}.jpg");
        for (what, length) in [
            ("after its first marker", 2),
            ("in its tables", pixels / 2),
            ("before its pixels", pixels),
        ] {
            cases.push(failed(&name(what), "unreadable", cut(length)));
        }
        for (what, quarter) in [("early", 1), ("in the middle", 2), ("late", 3)] {
            let length = pixels + (whole.len() - pixels) * quarter / 4;
            cases.push(truncated(&name(what), cut(length)));
        }
        // Nothing of the picture is missing.
        let end = whole.len() - 2;
        cases.push(image(&name("before its last marker"), cut(end)));
    }
    let (png, gif) = (png(77, 50), moving_gif());
    let webp = picture::encode(&scene().into(), ImageFormat::WebP);
    cases.push(truncated("cut.png", &png[..png.len() / 2]));
    cases.push(truncated("cut.gif", &gif[..gif.len() / 3]));
    cases.push(failed("cut.webp", "unreadable", &webp[..webp.len() / 2]));
    cases
}

/// Where a JPEG has its first such marker.
fn place_of(jpeg: &[u8], marker: [u8; 2]) -> usize {
    jpeg.windows(2).position(|found| found == marker).unwrap()
}

fn broken() -> Vec<Case> {
    let mut cases = with_huge_headers();
    cases.extend(of_something_else());
    let mut no_size = picture::jpeg(&plain(10, 10));
    let frame = place_of(&no_size, [0xff, 0xc0]);
    no_size[frame + 5..frame + 9].fill(0);
    let tiff_loop = [b"II*\0\x08\0\0\0\0\0".as_slice(), &[8, 0, 0, 0]].concat();
    let mut checksum = png(12, 12);
    let end = checksum.len();
    // The checksum of the pixels stands before the 12 bytes of the last chunk. They have another one
    // inside, which is right.
    checksum[end - 16..end - 12].fill(7);
    cases.extend([
        failed("0x0.jpg", "unreadable", &no_size),
        image("checksum.png", &checksum),
        failed("tiff loop.tif", "unreadable", &tiff_loop),
        failed("markers only.jpg", "unreadable", b"\xff\xd8\xff\xd9"),
        failed("zeros.jpg", "unreadable", &[0; 4096]),
    ]);
    cases
}

/// Few bytes that promise many pixels.
fn with_huge_headers() -> Vec<Case> {
    let code = "too-many-pixels";
    let mut jpeg = picture::jpeg(&plain(9, 9));
    let frame = place_of(&jpeg, [0xff, 0xc0]);
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    let mut bmp = picture::encode(&plain(11, 11).into(), ImageFormat::Bmp);
    bmp[18..26].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f]);
    let gif = b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0";
    let webp = moving_webp(&picture::encode(&scene().into(), ImageFormat::WebP));
    let mut large = webp.clone();
    // Width and height of the canvas, behind RIFF, WEBP, VP8X and its flags.
    large[24..30].copy_from_slice(&[0x5f, 0xea, 0, 0x5f, 0xea, 0]);
    vec![
        failed("60000x60000.png", code, &promising(60_000, 60_000)),
        failed("65500x65500.jpg", code, &jpeg),
        failed("65535x65535.gif", code, gif),
        failed("60000x60000.webp", code, &large),
        failed("2 billion.bmp", "unreadable", &bmp),
        image("text bomb.png", &with_text_bomb(&png(13, 13))),
    ]
}

/// A PNG without pixels whose header, with its right checksum, gives a size.
fn promising(width: u32, height: u32) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let header = [size.as_slice(), &[8, 2, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, content) in [(b"IHDR", header), (b"IDAT", vec![0]), (b"IEND", vec![])] {
        png.extend(png_chunk(kind, &content));
    }
    png
}

/// The same PNG with a comment of 64 MB, which takes 64 kB.
fn with_text_bomb(png: &[u8]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&vec![b' '; 64 << 20]).unwrap();
    let text = [b"Comment\0\0".as_slice(), &packer.finish().unwrap()].concat();
    // Behind the signature and the header.
    let (front, rest) = png.split_at(33);
    [front, &png_chunk(b"zTXt", &text), rest].concat()
}

fn png_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), content].concat();
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let checksum = raw_zip::crc32(&body).to_be_bytes();
    [length.as_slice(), &body, &checksum].concat()
}

fn of_something_else() -> Vec<Case> {
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    let page = b"<html><script>alert(1)</script></html>";
    let vector = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    vec![
        failed("text.jpg", "unreadable", b"this is not a picture"),
        failed("page.jpg", "unreadable", page),
        failed("document.jpg", "unsupported", b"%PDF-1.7"),
        failed("program.jpg", "unreadable", b"MZ\x90\0\x03\0\0\0"),
        skipped("video.jpg", "video", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
        skipped("video.JPG", "video", b"RIFF\x10\0\0\0AVI LIST"),
        skipped("old video.jpg", "video", b"\0\0\0\x08wide\0\0\0\0mdat"),
        failed("heic.jpg", "unsupported", heic),
        failed("photo.heic", "unsupported", heic),
        failed("raw.CR2", "unsupported", b"II*\0\x10\0\0\0CR\x02\0"),
        failed("layers.psd", "unsupported", b"8BPS"),
        skipped("vector.svg", "not-an-image", vector),
    ]
}

/// A JPEG of a person with these bytes as its EXIF structure; a corner tells it from the others.
fn with_exif(tiff: &[u8], corner: u8) -> Vec<u8> {
    let mut scene = picture::with_square(GREEN, 64, 32);
    picture::add_square(&mut scene, image::Rgb([corner; 3]), 0, 0);
    picture::jpeg_with_exif(&scene, tiff)
}

fn with_odd_metadata() -> Vec<Case> {
    // A directory that follows itself and is its own EXIF and GPS directory.
    let mut circle = b"II*\0\x08\0\0\0\x02\0".to_vec();
    circle.extend(b"\x69\x87\x04\0\x01\0\0\0\x08\0\0\0");
    circle.extend(b"\x25\x88\x04\0\x01\0\0\0\x08\0\0\0");
    circle.extend([8, 0, 0, 0]);
    let everywhere = every_tag(true).build();
    let garbled: Vec<u8> = everywhere.iter().map(|byte| byte.rotate_left(3)).collect();
    let mut far = everywhere.clone();
    far[4..8].copy_from_slice(&[0xf0, 0xff, 0xff, 0xff]);
    let dated = |date: &'static [u8]| {
        TiffBuilder::new(false)
            .exif(0x9003, Data::Ascii(date))
            .build()
    };
    let alone = TiffBuilder::new(true).thumbnail(THUMBNAIL).build();
    let text: &'static [u8] = Vec::leak(b"=cmd|' /C calc'!A0 \x01\x02\x1b]<&\r\n".repeat(1200));
    let spoken = TiffBuilder::new(true)
        .ifd0(0x010e, Data::Ascii(text))
        .ifd0(0x010f, Data::Ascii(b"=1+1"))
        .ifd0(0x0110, Data::Ascii(b"\xff\xfe\xfd"))
        .ifd0(0x0112, Data::Short(vec![99]))
        .build();
    let nowhere = TiffBuilder::new(true)
        .exif(0x9400, Data::SRational(vec![(1, 0)]))
        .gps(0x0001, Data::Ascii(b"N"))
        .gps(0x0002, Data::Rational(vec![(0, 0), (1, 0), (u32::MAX, 1)]))
        .gps(0x0003, Data::Ascii(b"E"))
        .gps(0x0004, Data::Rational(vec![(u32::MAX, 1), (0, 0), (0, 0)]))
        .gps(0x0006, Data::Rational(vec![(5, 0)]))
        .build();
    vec![
        image("person.jpg", &with_exif(&everywhere, 1)),
        image(
            "thumbnail alone.jpg",
            &picture::jpeg_with_exif(&scene(), &alone),
        ),
        image("exif circle.jpg", &with_exif(&circle, 2)),
        image("exif garbled.jpg", &with_exif(&garbled, 3)),
        image("exif far.jpg", &with_exif(&far, 4)),
        image(
            "exif cut.jpg",
            &with_exif(&everywhere[..everywhere.len() / 2], 5),
        ),
        image("exif blank.jpg", &with_exif(b"", 6)),
        image(
            "exif year 0.jpg",
            &with_exif(&dated(b"0000:00:00 00:00:00"), 7),
        ),
        image(
            "exif year 1800.jpg",
            &with_exif(&dated(b"1800:01:01 00:00:00"), 8),
        ),
        image(
            "exif year 9999.jpg",
            &with_exif(&dated(b"9999:12:31 23:59:59"), 9),
        ),
        image(
            "exif month 13.jpg",
            &with_exif(&dated(b"2024:13:41 25:61:61"), 10),
        ),
        image("exif text.jpg", &with_exif(&spoken, 11)),
        image("exif nowhere.jpg", &with_exif(&nowhere, 12)),
    ]
}
