//! Archives of many gigabytes for tests, whose holes are never stored.

use std::{
    collections::BTreeMap,
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{Archive, ArchiveError, ArchiveLimits, sample::SampleEntry};
use crate::random_access::RandomAccess;

/// An archive as the Archive Utility of macOS writes it: no zip64, all fields cut to their lower
/// bits, the sizes of packed entries behind them.
#[derive(Clone, Default)]
pub(super) struct SparseSample {
    pub(super) bytes: SparseBytes,
    directory: Vec<u8>,
    entries: u64,
    /// Bytes in front that the offsets do not count.
    front: u64,
}

impl SparseSample {
    /// An archive behind so many other bytes.
    pub(super) fn behind(front: u64) -> Self {
        let mut sample = Self {
            front,
            ..Self::default()
        };
        sample.bytes.skip(front);
        sample
    }

    /// Adds an entry whose data goes on with so many zero bytes.
    pub(super) fn add(&mut self, entry: &SampleEntry, hole: u64) {
        let entry = entry.clone().with(|entry| {
            entry.size += hole;
            entry.compressed_size += hole;
        });
        let offset = self.bytes.len - self.front;
        entry.write_record(entry.offset.unwrap_or(offset), &mut self.directory);
        let mut local = Vec::new();
        entry.write_local(&mut local);
        let behind = if entry.flags & 8 == 0 { 0 } else { 16 };
        let descriptor = local.split_off(local.len() - behind);
        self.bytes.put(&local);
        self.bytes.skip(hole);
        self.bytes.put(&descriptor);
        self.entries += 1;
    }

    /// A packed picture.
    pub(super) fn add_picture(&mut self, name: &str) {
        let picture = SampleEntry::deflated(name, name.as_bytes()).with(|e| e.flags = 8);
        self.add(&picture, 0);
    }

    /// A stored video of so many bytes.
    pub(super) fn add_video(&mut self, name: &str, bytes: u64) {
        self.add(&SampleEntry::stored(name, b""), bytes);
    }

    /// The whole archive.
    pub(super) fn finish(mut self) -> SparseBytes {
        let start = self.bytes.len - self.front;
        self.bytes.put(&self.directory);
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        end.extend((self.entries as u16).to_le_bytes().repeat(2));
        end.extend((self.directory.len() as u32).to_le_bytes());
        end.extend((start as u32).to_le_bytes());
        end.extend([0; 2]);
        self.bytes.put(&end);
        self.bytes
    }

    pub(super) fn open(self) -> Result<Archive, ArchiveError> {
        Archive::open_in(Arc::new(self.finish()), ArchiveLimits::default(), None)
    }
}

/// Bytes that are zero but for some pieces.
#[derive(Clone, Default)]
pub(super) struct SparseBytes {
    pieces: BTreeMap<u64, Vec<u8>>,
    pub(super) len: u64,
    pub(super) reads: Arc<AtomicUsize>,
}

impl SparseBytes {
    fn put(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.pieces.insert(self.len, bytes.to_vec());
            self.len += bytes.len() as u64;
        }
    }

    pub(super) fn skip(&mut self, bytes: u64) {
        self.len += bytes;
    }

    /// Spoils the piece that begins at an offset.
    pub(super) fn spoil(&mut self, offset: u64) {
        self.pieces.get_mut(&offset).unwrap().fill(0xee);
    }
}

impl RandomAccess for SparseBytes {
    fn size_bytes(&self) -> u64 {
        self.len
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let read = (bytes.len() as u64).min(self.len.saturating_sub(offset)) as usize;
        let target = &mut bytes[..read];
        target.fill(0);
        let end = offset + read as u64;
        let before = self.pieces.range(..=offset).next_back();
        let inside = self.pieces.range(offset + 1..end.max(offset + 1));
        for (start, piece) in before.into_iter().chain(inside) {
            let (from, to) = (offset.max(*start), end.min(start + piece.len() as u64));
            if from < to {
                target[(from - offset) as usize..(to - offset) as usize]
                    .copy_from_slice(&piece[(from - start) as usize..(to - start) as usize]);
            }
        }
        Ok(read)
    }

    fn chunk_bytes(&self) -> u64 {
        1000
    }

    fn check_readable(&self) -> io::Result<()> {
        Ok(())
    }
}
