//! A batch of camera-sized pictures, made from the sample batch.

use std::{
    fs::File,
    io::{BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use image::{DynamicImage, imageops::FilterType};
use worker::media::{decode::encode_jpeg, frame::Frame};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

/// Writes a deflated zip of `count` different JPEGs of the given size and gives its path. The
/// pictures of the sample are scaled up, grained like a sensor grains them (smooth pictures
/// would decode too fast), and told apart by a comment segment, so that none is a duplicate.
pub(crate) fn make(
    sample: &Path,
    zip: &Path,
    count: usize,
    size: (u32, u32),
) -> anyhow::Result<PathBuf> {
    let pictures = pictures(sample, size)?;
    let options = SimpleFileOptions::default().compression_level(Some(1));
    let mut writer = ZipWriter::new(BufWriter::new(File::create(zip)?));
    for (number, jpeg) in pictures.iter().cycle().take(count).enumerate() {
        writer.start_file(format!("site/DCIM/100MEDIA/IMG_{number:05}.JPG"), options)?;
        writer.write_all(&with_comment(jpeg, number))?;
    }
    writer.finish()?.flush()?;
    Ok(zip.to_owned())
}

fn pictures(sample: &Path, (width, height): (u32, u32)) -> anyhow::Result<Vec<Vec<u8>>> {
    let file = File::open(sample)
        .with_context(|| format!("{} is missing: run `make setup`", sample.display()))?;
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
        pictures.push(camera_sized(&picture, width, height, index as u64)?);
    }
    anyhow::ensure!(
        !pictures.is_empty(),
        "the sample batch has no pictures: run `make setup`"
    );
    Ok(pictures)
}

fn camera_sized(
    picture: &DynamicImage,
    width: u32,
    height: u32,
    seed: u64,
) -> anyhow::Result<Vec<u8>> {
    let mut rgb = picture
        .resize_to_fill(width, height, FilterType::CatmullRom)
        .to_rgb8()
        .into_raw();
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
    Ok(encode_jpeg(&Frame { width, height, rgb })?)
}

/// Puts a comment segment after the JPEG's start marker.
fn with_comment(jpeg: &[u8], number: usize) -> Vec<u8> {
    let comment = format!("{number:08}");
    let mut out = vec![0xFF, 0xD8, 0xFF, 0xFE, 0, 10];
    out.extend(comment.as_bytes());
    out.extend(jpeg.get(2..).unwrap_or_default());
    out
}
