//! The rows of a strip that is cut.

use std::io::{Read, Seek};

use tiff::{TiffResult, decoder::Decoder};

use super::{Rows, directory::Layout, pixels::Samples};

/// Reads as many whole rows of a strip as there are.
///
/// The decoder fails, but fills its buffer until then. It does not say how far; what it wrote is
/// what is the same, whatever the buffer held before.
pub(super) fn first_of_strip<R: Read + Seek>(
    decoder: &mut Decoder<R>,
    layout: &Layout,
    chunk: u32,
) -> TiffResult<Rows> {
    let (width, _) = decoder.chunk_data_dimensions(chunk);
    let size = decoder.image_chunk_buffer_layout(chunk)?.len;
    let mut read = |fill: u8| {
        let mut buffer = vec![fill; size];
        let ended = decoder.read_chunk_bytes(chunk, &mut buffer);
        (buffer, ended)
    };
    let (mut found, ended) = read(0);
    let (other, _) = read(0xFF);
    let pairs = found.iter().zip(&other);
    let filled = pairs.take_while(|(a, b)| a == b).count();
    let samples = usize::from(layout.samples);
    let row_bytes = (width as usize * samples * usize::from(layout.bits)).div_ceil(8);
    let count = filled / row_bytes.max(1);
    let is_done = ended.is_ok();
    if count == 0 {
        ended?;
    }
    found.truncate(count * row_bytes);
    Ok(Rows {
        samples: finished(found, layout, row_bytes, is_done),
        count: Some(count),
    })
}

/// What the decoder does with whole strips: byte order and predictor.
fn finished(mut bytes: Vec<u8>, layout: &Layout, row_bytes: usize, is_done: bool) -> Samples {
    let samples = usize::from(layout.samples);
    if layout.bits == 16 {
        let to_word = match (is_done, layout.is_little_endian) {
            (true, _) => u16::from_ne_bytes,
            (false, true) => u16::from_le_bytes,
            (false, false) => u16::from_be_bytes,
        };
        let pairs = bytes.as_chunks::<2>().0;
        let mut words: Vec<u16> = pairs.iter().map(|pair| to_word(*pair)).collect();
        if layout.has_predictor && !is_done {
            for row in words.chunks_mut((row_bytes / 2).max(1)) {
                sum_up(row, samples, u16::wrapping_add);
            }
        }
        return Samples::Words(words);
    }
    if layout.has_predictor && !is_done {
        for row in bytes.chunks_mut(row_bytes.max(1)) {
            sum_up(row, samples, u8::wrapping_add);
        }
    }
    Samples::Bytes(bytes)
}

/// Each sample was stored as the difference to that of the pixel before.
fn sum_up<T: Copy>(row: &mut [T], samples: usize, add: fn(T, T) -> T) {
    for at in samples..row.len() {
        let (before, rest) = row.split_at_mut(at);
        if let (Some(left), Some(value)) = (before.get(at - samples), rest.first_mut()) {
            *value = add(*value, *left);
        }
    }
}
