//! Batches of camera-sized pictures, made from the sample batch.

use std::{
    fs::File,
    io::{BufWriter, Read, Write},
    path::Path,
};

use anyhow::Context;
use image::{
    DynamicImage, RgbImage,
    imageops::{self, FilterType},
};
use libjpeg_turbo_rs::{Encoder, PixelFormat, Subsampling};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

/// With the grain, this makes files of the size that trail cameras write.
const JPEG_QUALITY: u8 = 85;

/// How the pictures of a batch are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Width in pixels.
    pub(crate) width: u32,
    /// Height in pixels.
    pub(crate) height: u32,
    /// The picture of the sample is shown this many times across and down, so that what is on
    /// it has about the size on the canvas that the model was trained for.
    pub(crate) tiles: u32,
}

/// Writes a deflated zip of different JPEGs: the given ones in turn, told apart by a comment
/// segment, so that none is a duplicate. Deflate cannot shrink a JPEG, but must be undone.
pub(crate) fn write<'a>(
    zip: &Path,
    jpegs: impl IntoIterator<Item = &'a [u8]>,
) -> anyhow::Result<()> {
    let options = SimpleFileOptions::default().compression_level(Some(1));
    let mut writer = ZipWriter::new(BufWriter::new(File::create(zip)?));
    for (number, jpeg) in jpegs.into_iter().enumerate() {
        writer.start_file(name(number), options)?;
        writer.write_all(&with_comment(jpeg, number))?;
    }
    Ok(writer.finish()?.flush()?)
}

/// The name of picture `number` in a batch.
pub(crate) fn name(number: usize) -> String {
    format!("site/DCIM/100MEDIA/IMG_{number:05}.JPG")
}

/// `count` pictures of which `percent` in a hundred are hits, evenly spread.
pub(crate) fn mixed<'a>(
    hits: &'a [Vec<u8>],
    blanks: &'a [Vec<u8>],
    percent: usize,
    count: usize,
) -> Vec<&'a [u8]> {
    let (mut hits, mut blanks) = (hits.iter().cycle(), blanks.iter().cycle());
    (0..count)
        .filter_map(|number| {
            let is_hit = (number + 1) * percent / 100 > number * percent / 100;
            let next = if is_hit { hits.next() } else { blanks.next() };
            next.map(Vec::as_slice)
        })
        .collect()
}

/// The readable pictures of the sample as JPEGs of this shape, with as many bytes for a pixel
/// as trail cameras write (0.13 to 0.4): scaled up and grained as a sensor grains, because
/// smooth pictures would decode too fast.
pub(crate) fn pictures(sample: &Path, shape: Shape) -> anyhow::Result<Vec<Vec<u8>>> {
    let file = File::open(sample)
        .with_context(|| format!("{} is missing: run `make sample`", sample.display()))?;
    let mut archive = ZipArchive::new(file)?;
    let mut pictures = Vec::new();
    for index in 0..archive.len() {
        let mut bytes = Vec::new();
        if archive.by_index(index)?.read_to_end(&mut bytes).is_err() {
            continue;
        }
        // Its broken files, which the sample has on purpose, are of no use here.
        let Ok(picture) = image::load_from_memory(&bytes) else {
            continue;
        };
        pictures.push(camera_sized(&picture, shape, index as u64)?);
    }
    anyhow::ensure!(
        !pictures.is_empty(),
        "the sample batch has no pictures: run `make sample`"
    );
    Ok(pictures)
}

fn camera_sized(picture: &DynamicImage, shape: Shape, seed: u64) -> anyhow::Result<Vec<u8>> {
    let Shape {
        width,
        height,
        tiles,
    } = shape;
    let (tile_width, tile_height) = (width.div_ceil(tiles), height.div_ceil(tiles));
    let tile = picture
        .resize_to_fill(tile_width, tile_height, FilterType::CatmullRom)
        .to_rgb8();
    let mut whole = RgbImage::new(width, height);
    for place in 0..tiles * tiles {
        let (column, row) = (place % tiles, place / tiles);
        let (left, top) = (column * tile_width, row * tile_height);
        imageops::replace(&mut whole, &tile, left.into(), top.into());
    }
    let mut rgb = whole.into_raw();
    add_grain(&mut rgb, seed)?;
    // Half the colour across and all of it down, as trail cameras do it.
    let encoder = Encoder::new(&rgb, width as usize, height as usize, PixelFormat::Rgb)
        .quality(JPEG_QUALITY)
        .subsampling(Subsampling::S422);
    Ok(encoder.encode()?)
}

fn add_grain(rgb: &mut [u8], seed: u64) -> anyhow::Result<()> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for pixel in rgb.chunks_exact_mut(3) {
        // xorshift64: any even noise will do.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let grain = i16::try_from(state % 17)? - 8;
        for channel in pixel {
            *channel = u8::try_from((i16::from(*channel) + grain).clamp(0, 255))?;
        }
    }
    Ok(())
}

/// Puts a comment segment after the JPEG's start marker.
fn with_comment(jpeg: &[u8], number: usize) -> Vec<u8> {
    let comment = format!("{number:08}");
    let mut out = vec![0xFF, 0xD8, 0xFF, 0xFE, 0, 10];
    out.extend(comment.as_bytes());
    out.extend(jpeg.get(2..).unwrap_or_default());
    out
}
