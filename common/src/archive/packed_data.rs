//! The packed bytes of one entry, in the order in which they are there.

use std::io::{self, Read};

use rawzip::ReaderAt as _;

use super::{
    archive_bytes::ArchiveBytes,
    entry_error::{EntryError, damaged},
};

/// The packed bytes of one entry that have not been read yet.
pub(super) struct PackedData<'a> {
    pub(super) bytes: &'a ArchiveBytes,
    pub(super) position: u64,
    pub(super) end: u64,
    /// How many are read at a time.
    pub(super) chunk_bytes: u64,
}

impl PackedData<'_> {
    /// Fills `bytes`, which are no more than there are.
    pub(super) fn take_all(&mut self, bytes: &mut [u8]) -> Result<(), EntryError> {
        if bytes.len() as u64 > self.end - self.position {
            return Err(damaged("its data is cut off").into());
        }
        Ok(self.bytes.read_exact_at(bytes, self.position)?)
    }

    /// The next piece, empty at the end.
    pub(super) fn next_chunk(&mut self, chunk: &mut Vec<u8>) -> Result<(), EntryError> {
        let length = self.chunk_bytes.min(self.end - self.position);
        chunk.resize(usize::try_from(length).unwrap_or_default(), 0);
        self.take_all(chunk)?;
        self.position += length;
        Ok(())
    }
}

/// Packed data for those who read from a stream.
pub(super) struct PackedStream<'a, 'b> {
    data: &'a mut PackedData<'b>,
    chunk: Vec<u8>,
    consumed: usize,
    /// Why the data could not be had, which its readers take for what they like.
    pub(super) error: Option<EntryError>,
}

impl<'a, 'b> PackedStream<'a, 'b> {
    pub(super) fn new(data: &'a mut PackedData<'b>) -> Self {
        Self {
            data,
            chunk: Vec::new(),
            consumed: 0,
            error: None,
        }
    }

    /// The bytes that are there without another look at the archive, empty at the end.
    fn available(&mut self) -> io::Result<&[u8]> {
        if self.consumed == self.chunk.len() {
            self.consumed = 0;
            if let Err(error) = self.data.next_chunk(&mut self.chunk) {
                self.chunk.clear();
                self.error.get_or_insert(error);
                return Err(io::Error::other("the packed data cannot be had"));
            }
        }
        Ok(self.chunk.get(self.consumed..).unwrap_or_default())
    }

    /// Whether all bytes were read.
    pub(super) fn is_at_end(&mut self) -> io::Result<bool> {
        Ok(self.available()?.is_empty())
    }

    /// Leaves bytes out, as many as there are at most.
    pub(super) fn skip(&mut self, bytes: u64) -> io::Result<()> {
        io::copy(&mut self.take(bytes), &mut io::sink()).map(drop)
    }
}

impl Read for PackedStream<'_, '_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let mut available = self.available()?;
        let read = available.read(bytes)?;
        self.consumed += read;
        Ok(read)
    }
}
