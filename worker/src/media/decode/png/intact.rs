//! How far the bytes of a PNG file are those that were written.
//!
//! Zeros in compressed data mean pixels as well as any other bytes, and flat areas are made of
//! them. Only a chunk's checksum tells, and the decoder gets to that after the pixels.

use super::super::fill::runs;

const SIGNATURE_BYTES: usize = 8;
const DATA: &[u8] = b"IDAT";
/// Length and type before a chunk's data, and the checksum behind them.
const HEAD_BYTES: usize = 8;
const CHECKSUM_BYTES: usize = 4;

/// The bytes up to the first hole in the pixels' data: a long run of one byte in a chunk whose
/// checksum is wrong. All of them where there is none.
pub(super) fn before_hole(bytes: &[u8]) -> &[u8] {
    let runs = runs(bytes, SIGNATURE_BYTES, &[0, 0xFF]);
    let Some(last) = runs.last() else {
        return bytes;
    };
    let mut at = SIGNATURE_BYTES;
    while at < last.end
        && let Some(chunk) = Chunk::at(bytes, at)
    {
        let mut inside = runs
            .iter()
            .filter(|run| run.start < chunk.end && run.end > chunk.begin);
        if let Some(run) = inside.next()
            && chunk.kind == DATA
            && !chunk.is_intact()
        {
            let hole = run.start.max(chunk.begin);
            return bytes.get(..hole).unwrap_or(bytes);
        }
        at = chunk.end + CHECKSUM_BYTES;
    }
    bytes
}

struct Chunk<'a> {
    kind: &'a [u8],
    data: &'a [u8],
    checksum: u32,
    /// Where its data begin and end in the file.
    begin: usize,
    end: usize,
}

impl<'a> Chunk<'a> {
    /// The chunk at a place; `None` if the file ends inside it.
    fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        let head: &[u8; HEAD_BYTES] = bytes.get(at..)?.first_chunk()?;
        let length = u32::from_be_bytes(*head.first_chunk()?);
        let begin = at + HEAD_BYTES;
        let end = begin.checked_add(usize::try_from(length).ok()?)?;
        Some(Self {
            kind: bytes.get(at + 4..begin)?,
            data: bytes.get(begin..end)?,
            checksum: u32::from_be_bytes(*bytes.get(end..)?.first_chunk()?),
            begin,
            end,
        })
    }

    fn is_intact(&self) -> bool {
        let mut sum = flate2::Crc::new();
        sum.update(self.kind);
        sum.update(self.data);
        sum.sum() == self.checksum
    }
}
