//! Unpacking what is packed by one of the rarer methods.
//!
//! What a stream claims is believed as little as its bytes: memory is taken as data comes out of
//! it, and what it may look back to is bounded. The decoders are other people's; one that
//! stumbles over its input has found damage.

mod zstandard;

use std::{
    io::{self, Read},
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::{
    EntryError,
    inflate::Inflated,
    method::RarerMethod,
    packed_data::{PackedData, PackedStream},
};

/// Most bytes that a decoder of Zstandard or XZ keeps to look back to, whatever the data asks for.
/// The strongest settings of the usual programs ask for no more.
const MOST_WINDOW_BYTES: u32 = 128 << 20;
/// LZMA takes no smaller ones.
const LEAST_LZMA_WINDOW: u32 = 4096;
/// Beside its window a decoder of LZMA takes less than this.
const LZMA_TABLES_BYTES: u32 = 8 << 20;
const FIRST_BYTES: usize = 64 << 10;
/// The properties of LZMA in a zip (APPNOTE 5.8.8): the encoder's version, and their length.
const LZMA_PROPERTIES_BYTES: [u8; 2] = [5, 0];

/// How much of an entry is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Bytes that the whole entry has, as its directory says.
    pub(super) entry_bytes: u64,
    /// Bytes that are wanted, from the start on.
    pub(super) bytes: usize,
}

/// Unpacks an entry into `output`, no more than what is wanted.
pub(super) fn unpack(
    method: RarerMethod,
    data: &mut PackedData<'_>,
    wanted: Wanted,
    output: &mut Vec<u8>,
) -> Result<Inflated, EntryError> {
    output.clear();
    let mut stream = PackedStream::new(data);
    let mut unpack = || match method {
        RarerMethod::Deflate64 => drain(
            deflate64::Deflate64Decoder::new(&mut stream),
            wanted,
            output,
        ),
        RarerMethod::Bzip2 => drain(
            bzip2::read::MultiBzDecoder::new(&mut stream),
            wanted,
            output,
        ),
        RarerMethod::Lzma => drain(lzma(&mut stream, wanted)?, wanted, output),
        RarerMethod::Zstandard => drain(
            zstandard::Frames::new(&mut stream, MOST_WINDOW_BYTES),
            wanted,
            output,
        ),
        RarerMethod::Xz => {
            let limit_kib = (MOST_WINDOW_BYTES + LZMA_TABLES_BYTES) >> 10;
            let decoder = lzma_rust2::XzReader::new_mem_limit(&mut stream, true, limit_kib);
            drain(decoder, wanted, output)
        }
    };
    let unpacked = catch_unwind(AssertUnwindSafe(&mut unpack));
    if let Some(error) = stream.error {
        return Err(error);
    }
    Ok(match unpacked {
        Ok(Ok(unpacked)) => unpacked,
        Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Inflated::CutShort(output.len())
        }
        Ok(Err(_)) | Err(_) => Inflated::Invalid,
    })
}

/// Reads a stream to its end, or as far as it is wanted.
fn drain(mut stream: impl Read, wanted: Wanted, output: &mut Vec<u8>) -> io::Result<Inflated> {
    let mut filled = 0;
    let ended = loop {
        if filled == output.len() {
            let next = (2 * filled).max(FIRST_BYTES).min(wanted.bytes);
            output.resize(next, 0);
        }
        let free = output.get_mut(filled..).unwrap_or_default();
        if free.is_empty() {
            break is_beyond(&mut stream, wanted).map(|is_beyond| {
                if is_beyond {
                    Inflated::Full
                } else {
                    Inflated::Complete(filled)
                }
            });
        }
        match stream.read(free) {
            Ok(0) => break Ok(Inflated::Complete(filled)),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    output.truncate(filled);
    ended
}

/// Whether a stream goes on behind what is wanted. Of a head that need not be known.
fn is_beyond(stream: &mut impl Read, wanted: Wanted) -> io::Result<bool> {
    if (wanted.bytes as u64) < wanted.entry_bytes {
        return Ok(true);
    }
    match stream.read_exact(&mut [0]) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// A decoder of LZMA as it is in zips. What it can look back to is never more than what is
/// wanted of it, whatever the properties say.
fn lzma<'a, 'b, 'c>(
    stream: &'a mut PackedStream<'b, 'c>,
    wanted: Wanted,
) -> io::Result<lzma_rust2::LzmaReader<&'a mut PackedStream<'b, 'c>>> {
    let mut front = [0; 9];
    stream.read_exact(&mut front)?;
    let [_, _, l0, l1, properties, window @ ..] = front;
    if [l0, l1] != LZMA_PROPERTIES_BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let window: [u8; 4] = window;
    let needed = u32::try_from(wanted.bytes).unwrap_or(u32::MAX);
    let window = u32::from_le_bytes(window)
        .min(needed)
        .max(LEAST_LZMA_WINDOW);
    let size = wanted.entry_bytes;
    lzma_rust2::LzmaReader::new_with_props(stream, size, properties, window, None)
}

#[cfg(test)]
mod tests;
