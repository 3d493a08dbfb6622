//! From the samples of a strip or tile to red, green and blue.

use std::io::{Read, Seek};

use tiff::{TiffFormatError, TiffResult, decoder::Decoder, tags::Tag};

use super::{
    Rows,
    directory::{Colours, Layout, Place},
};
use crate::media::frame::Frame;

/// Samples as they are stored; those of fewer than 8 bits are packed into bytes, row by row.
pub(super) enum Samples {
    Bytes(Vec<u8>),
    Words(Vec<u16>),
}

/// What the samples of a picture mean.
pub(super) struct Pixels {
    colours: Colours,
    bits: u8,
    samples: usize,
    is_planar: bool,
    palette: Vec<[u8; 3]>,
}

impl Pixels {
    /// Takes the palette from the file, where it needs one.
    pub(super) fn new<R: Read + Seek>(
        decoder: &mut Decoder<R>,
        layout: &Layout,
    ) -> TiffResult<Self> {
        let palette = if layout.colours == Colours::Palette {
            let values: Vec<u16> = decoder
                .find_tag_unsigned_vec(Tag::ColorMap)?
                .ok_or(TiffFormatError::RequiredTagNotFound(Tag::ColorMap))?;
            palette(&values)
        } else {
            Vec::new()
        };
        Ok(Self {
            colours: layout.colours,
            bits: layout.bits,
            samples: usize::from(layout.samples),
            is_planar: layout.planes > 1,
            palette,
        })
    }

    /// Puts a chunk into its place. How many pixels of its plane are known by it.
    pub(super) fn write(&mut self, rows: &Rows, place: Place, frame: &mut Frame) -> u64 {
        let per_row = match &rows.samples {
            Samples::Bytes(_) => {
                (place.width as usize * self.samples * usize::from(self.bits)).div_ceil(8)
            }
            Samples::Words(_) => place.width as usize * self.samples,
        };
        let height = rows
            .count
            .unwrap_or(place.height as usize)
            .min(place.height as usize);
        let width = place.width.min(frame.width.saturating_sub(place.left)) as usize;
        let mut known = 0;
        for row in 0..height {
            let y = place.top as usize + row;
            let begin = (y * frame.width as usize + place.left as usize) * 3;
            let Some(target) = frame.rgb.get_mut(begin..begin + width * 3) else {
                break;
            };
            let range = row * per_row..(row + 1) * per_row;
            let is_there = match &rows.samples {
                Samples::Bytes(all) => all
                    .get(range)
                    .map(|from| self.write_bytes(from, place.plane, target)),
                Samples::Words(all) => all
                    .get(range)
                    .map(|from| self.write_words(from, place.plane, target)),
            };
            if is_there.is_none() {
                break;
            }
            known += width as u64;
        }
        known
    }

    fn write_bytes(&self, row: &[u8], plane: u32, target: &mut [u8]) {
        if self.bits < 8 {
            let per_byte = usize::from(8 / self.bits);
            let mask = (1u8 << self.bits) - 1;
            let value = |index: usize| {
                let shift = (per_byte - 1 - index % per_byte) * usize::from(self.bits);
                row.get(index / per_byte)
                    .map_or(0, |byte| byte >> shift & mask)
            };
            self.write_row(plane, target, |pixel, sample| {
                u16::from(value(pixel * self.samples + sample))
            });
        } else if self.colours == Colours::Rgb && self.samples == 3 {
            target.copy_from_slice(row.get(..target.len()).unwrap_or(row));
        } else {
            self.write_row(plane, target, |pixel, sample| {
                row.get(pixel * self.samples + sample)
                    .map_or(0, |value| u16::from(*value))
            });
        }
    }

    fn write_words(&self, row: &[u16], plane: u32, target: &mut [u8]) {
        self.write_row(plane, target, |pixel, sample| {
            row.get(pixel * self.samples + sample).copied().unwrap_or(0)
        });
    }

    fn write_row(&self, plane: u32, target: &mut [u8], raw: impl Fn(usize, usize) -> u16) {
        let level = |pixel, sample| self.level(raw(pixel, sample));
        for (pixel, rgb) in target.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            if self.is_planar && self.colours == Colours::Rgb {
                if let Some(channel) = rgb.get_mut(plane as usize) {
                    *channel = level(pixel, 0);
                }
                continue;
            }
            if plane > 0 {
                return;
            }
            *rgb = match self.colours {
                Colours::BlackIsZero => [level(pixel, 0); 3],
                Colours::WhiteIsZero => [255 - level(pixel, 0); 3],
                Colours::Rgb => [0, 1, 2].map(|sample| level(pixel, sample)),
                Colours::Palette => {
                    let index = usize::from(raw(pixel, 0));
                    self.palette.get(index).copied().unwrap_or_default()
                }
                Colours::Inks => of_inks([0, 1, 2, 3].map(|sample| level(pixel, sample))),
                Colours::YCbCr => of_ycbcr([0, 1, 2].map(|sample| level(pixel, sample))),
            };
        }
    }

    /// A sample as a level of 0..=255.
    fn level(&self, raw: u16) -> u8 {
        let level = match self.bits {
            1 => raw * 255,
            2 => raw * 85,
            4 => raw * 17,
            16 => return u8::try_from((u32::from(raw) + 128) / 257).unwrap_or(u8::MAX),
            _ => raw,
        };
        u8::try_from(level).unwrap_or(u8::MAX)
    }
}

/// The colours of a ColorMap: all reds, all greens, all blues, of 16 bits each. Some writers fill
/// only the lower 8.
fn palette(values: &[u16]) -> Vec<[u8; 3]> {
    let is_narrow = values.iter().all(|value| *value < 256);
    let level = |value: u16| {
        let level = if is_narrow { value } else { value >> 8 };
        u8::try_from(level).unwrap_or(u8::MAX)
    };
    let count = values.len() / 3;
    let (reds, rest) = values.split_at(count);
    let (greens, blues) = rest.split_at(count);
    reds.iter()
        .zip(greens)
        .zip(blues)
        .map(|((red, green), blue)| [*red, *green, *blue].map(level))
        .collect()
}

fn of_inks([cyan, magenta, yellow, black]: [u8; 4]) -> [u8; 3] {
    [cyan, magenta, yellow].map(|ink| {
        let light = u16::from(255 - ink) * u16::from(255 - black);
        u8::try_from((light + 127) / 255).unwrap_or(u8::MAX)
    })
}

/// ITU-R BT.601 with full range, as in JFIF.
fn of_ycbcr([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0);
    [
        y + 1.402 * cr,
        y - 0.344_136 * cb - 0.714_136 * cr,
        y + 1.772 * cb,
    ]
    .map(|level| level.round().clamp(0.0, 255.0) as u8)
}
