//! Unpacking deflated data into memory of a size known before.

use flate2::{Decompress, FlushDecompress, Status};

/// What came of unpacking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inflated {
    /// The data ended; so many bytes were written.
    Complete(usize),
    /// The output is full and the data goes on.
    Full,
    /// The data stops in the middle; so many bytes were written.
    CutShort(usize),
    /// The data makes no sense.
    Invalid,
}

/// Unpacks raw deflate data (RFC 1951), which `next_chunk` brings piece by piece until it
/// brings none, into `output`.
pub(super) fn inflate<E>(
    mut next_chunk: impl FnMut(&mut Vec<u8>) -> Result<(), E>,
    output: &mut [u8],
) -> Result<Inflated, E> {
    let mut stream = Decompress::new(false);
    let mut chunk = Vec::new();
    let mut consumed = 0;
    let mut written = 0;
    loop {
        if consumed == chunk.len() {
            next_chunk(&mut chunk)?;
            consumed = 0;
        }
        let input = chunk.get(consumed..).unwrap_or_default();
        // A byte too many where the output is full tells whether the data goes on.
        let mut spare = [0];
        let free = output.get_mut(written..).unwrap_or_default();
        let is_full = free.is_empty();
        let target = if is_full { &mut spare[..] } else { free };
        let (read_before, written_before) = (stream.total_in(), stream.total_out());
        let Ok(status) = stream.decompress(input, target, FlushDecompress::None) else {
            return Ok(Inflated::Invalid);
        };
        let read = count(stream.total_in() - read_before);
        let produced = count(stream.total_out() - written_before);
        if is_full && produced > 0 {
            return Ok(Inflated::Full);
        }
        consumed += read;
        written += produced;
        if status == Status::StreamEnd {
            return Ok(Inflated::Complete(written));
        }
        if read == 0 && produced == 0 {
            return Ok(Inflated::CutShort(written));
        }
    }
}

/// Lengths inside slices fit into `usize`.
fn count(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, io::Write as _};

    use proptest::prelude::*;

    use super::*;

    fn deflate(data: &[u8]) -> Vec<u8> {
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn inflate_in_chunks(packed: &[u8], chunk_bytes: usize, output: &mut [u8]) -> Inflated {
        let mut chunks = packed.chunks(chunk_bytes);
        let Ok(inflated) = inflate::<Infallible>(
            |chunk| {
                chunk.clear();
                chunk.extend_from_slice(chunks.next().unwrap_or_default());
                Ok(())
            },
            output,
        );
        inflated
    }

    proptest! {
        #[test]
        fn what_was_deflated_comes_back_whatever_the_chunks(
            data in prop::collection::vec(0_u8..4, 0..3000),
            chunk_bytes in 1_usize..500,
        ) {
            let packed = deflate(&data);
            let mut output = vec![0; data.len()];
            let inflated = inflate_in_chunks(&packed, chunk_bytes, &mut output);
            prop_assert_eq!(inflated, Inflated::Complete(data.len()));
            prop_assert_eq!(output, data);
        }

        #[test]
        fn output_that_is_too_small_is_filled_and_reported(
            data in prop::collection::vec(0_u8..4, 1..3000),
            chunk_bytes in 1_usize..500,
        ) {
            let mut output = vec![0; data.len() - 1];
            let inflated = inflate_in_chunks(&deflate(&data), chunk_bytes, &mut output);
            prop_assert_eq!(inflated, Inflated::Full);
            prop_assert_eq!(&output, &data[..data.len() - 1]);
        }

        #[test]
        fn arbitrary_bytes_never_end_in_a_panic(packed in prop::collection::vec(any::<u8>(), 0..500)) {
            inflate_in_chunks(&packed, 100, &mut [0; 1000]);
        }
    }

    #[test]
    fn data_that_stops_is_cut_short() {
        let packed = deflate(&[7; 5000]);
        let inflated = inflate_in_chunks(&packed[..packed.len() - 2], 10, &mut [0; 5000]);
        assert!(matches!(inflated, Inflated::CutShort(_)), "{inflated:?}");
    }
}
