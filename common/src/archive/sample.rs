//! Archives written byte by byte for tests, so that every field can lie.

use std::{
    io::{self, Write as _},
    sync::atomic::{AtomicUsize, Ordering},
};

use tempfile::NamedTempFile;

use super::{Archive, ArchiveEntry, ArchiveError, ArchiveLimits, EntryError};
use crate::{
    failure::{Failure, FailureCode},
    random_access::RandomAccess,
};

/// One entry. The fields are what the directory says; `packed` is what is there.
#[derive(Clone)]
pub(super) struct SampleEntry {
    pub(super) name: Vec<u8>,
    pub(super) packed: Vec<u8>,
    pub(super) size: u64,
    pub(super) compressed_size: u64,
    pub(super) crc32: u32,
    pub(super) method: u16,
    pub(super) local_method: u16,
    pub(super) flags: u16,
    pub(super) unix_mode: u32,
    pub(super) extra: Vec<u8>,
    pub(super) is_zip64: bool,
    /// Overrides where the directory says that the entry starts.
    pub(super) offset: Option<u64>,
}

impl SampleEntry {
    pub(super) fn stored(name: impl AsRef<[u8]>, data: &[u8]) -> Self {
        Self {
            name: name.as_ref().to_vec(),
            packed: data.to_vec(),
            size: data.len() as u64,
            compressed_size: data.len() as u64,
            crc32: crc32fast::hash(data),
            method: 0,
            local_method: 0,
            flags: 0,
            unix_mode: 0o100_644,
            extra: Vec::new(),
            is_zip64: false,
            offset: None,
        }
    }

    pub(super) fn deflated(name: impl AsRef<[u8]>, data: &[u8]) -> Self {
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        let packed = encoder.finish().unwrap();
        Self {
            compressed_size: packed.len() as u64,
            packed,
            method: 8,
            local_method: 8,
            ..Self::stored(name, data)
        }
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(super) fn write_local(&self, bytes: &mut Vec<u8>) {
        let has_descriptor = self.flags & 8 != 0;
        bytes.extend(b"PK\x03\x04\x14\0");
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend(self.local_method.to_le_bytes());
        bytes.extend([0; 4]);
        if has_descriptor {
            bytes.extend([0; 12]);
        } else {
            bytes.extend(self.crc32.to_le_bytes());
            bytes.extend(
                u32::try_from(self.compressed_size)
                    .unwrap_or(u32::MAX)
                    .to_le_bytes(),
            );
            bytes.extend(u32::try_from(self.size).unwrap_or(u32::MAX).to_le_bytes());
        }
        bytes.extend((self.name.len() as u16).to_le_bytes());
        bytes.extend([0; 2]);
        bytes.extend(&self.name);
        bytes.extend(&self.packed);
        if has_descriptor {
            bytes.extend(b"PK\x07\x08");
            bytes.extend(self.crc32.to_le_bytes());
            bytes.extend((self.compressed_size as u32).to_le_bytes());
            bytes.extend((self.size as u32).to_le_bytes());
        }
    }

    pub(super) fn write_record(&self, offset: u64, bytes: &mut Vec<u8>) {
        let mut extra = self.extra.clone();
        let narrow = |value: u64, extra: &mut Vec<u8>| {
            if !self.is_zip64 {
                return value as u32;
            }
            extra.extend(value.to_le_bytes());
            u32::MAX
        };
        let mut wide = Vec::new();
        let size = narrow(self.size, &mut wide);
        let compressed_size = narrow(self.compressed_size, &mut wide);
        let offset = narrow(offset, &mut wide);
        if self.is_zip64 {
            extra.extend([1, 0]);
            extra.extend((wide.len() as u16).to_le_bytes());
            extra.extend(wide);
        }
        bytes.extend(b"PK\x01\x02\x14\x03\x14\0");
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend(self.method.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.crc32.to_le_bytes());
        bytes.extend(compressed_size.to_le_bytes());
        bytes.extend(size.to_le_bytes());
        bytes.extend((self.name.len() as u16).to_le_bytes());
        bytes.extend((extra.len() as u16).to_le_bytes());
        bytes.extend([0; 6]);
        bytes.extend((self.unix_mode << 16).to_le_bytes());
        bytes.extend(offset.to_le_bytes());
        bytes.extend(&self.name);
        bytes.extend(extra);
    }
}

/// An archive.
#[derive(Clone, Default)]
pub(super) struct Sample {
    pub(super) entries: Vec<SampleEntry>,
    /// What stands before the archive and is not counted by its offsets.
    pub(super) front: Vec<u8>,
    pub(super) comment: Vec<u8>,
    pub(super) is_zip64: bool,
    pub(super) stated_entries: Option<u64>,
    pub(super) disk: u16,
}

impl Sample {
    pub(super) fn new(entries: impl IntoIterator<Item = SampleEntry>) -> Self {
        Self {
            entries: entries.into_iter().collect(),
            ..Self::default()
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut directory = Vec::new();
        for entry in &self.entries {
            entry.write_record(entry.offset.unwrap_or(bytes.len() as u64), &mut directory);
            entry.write_local(&mut bytes);
        }
        let directory_start = bytes.len() as u64;
        bytes.extend(&directory);
        self.write_end(directory_start, &mut bytes);
        [self.front.clone(), bytes].concat()
    }

    fn write_end(&self, directory_start: u64, bytes: &mut Vec<u8>) {
        let directory_bytes = bytes.len() as u64 - directory_start;
        let entries = self.stated_entries.unwrap_or(self.entries.len() as u64);
        if self.is_zip64 {
            let record_start = bytes.len() as u64;
            bytes.extend(b"PK\x06\x06");
            bytes.extend(44_u64.to_le_bytes());
            bytes.extend([45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for value in [entries, entries, directory_bytes, directory_start] {
                bytes.extend(value.to_le_bytes());
            }
            bytes.extend(b"PK\x06\x07\0\0\0\0");
            bytes.extend(record_start.to_le_bytes());
            bytes.extend(1_u32.to_le_bytes());
        }
        let narrow = |value: u64| {
            if self.is_zip64 {
                u32::MAX
            } else {
                value as u32
            }
        };
        bytes.extend(b"PK\x05\x06");
        bytes.extend(self.disk.to_le_bytes());
        bytes.extend(self.disk.to_le_bytes());
        bytes.extend((narrow(entries) as u16).to_le_bytes());
        bytes.extend((narrow(entries) as u16).to_le_bytes());
        bytes.extend(narrow(directory_bytes).to_le_bytes());
        bytes.extend(narrow(directory_start).to_le_bytes());
        bytes.extend((self.comment.len() as u16).to_le_bytes());
        bytes.extend(&self.comment);
    }

    pub(super) fn open(&self) -> Result<Archive, ArchiveError> {
        open(&self.bytes())
    }
}

/// Opens an archive that consists of these bytes.
pub(super) fn open(bytes: &[u8]) -> Result<Archive, ArchiveError> {
    open_within(bytes, ArchiveLimits::default())
}

pub(super) fn open_within(bytes: &[u8], limits: ArchiveLimits) -> Result<Archive, ArchiveError> {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    Archive::open(file.path(), limits, None)
}

/// The paths of all entries.
pub(super) fn paths(archive: &Archive) -> Vec<String> {
    archive
        .entries()
        .unwrap()
        .iter()
        .map(|entry| entry.path.to_string())
        .collect()
}

/// Reads one entry.
pub(super) fn read(archive: &Archive, entry: &ArchiveEntry) -> Result<Vec<u8>, Failure> {
    let mut bytes = b"left from before".to_vec();
    let result = archive.read(entry, &mut bytes);
    assert!(
        result.is_ok() || bytes.is_empty(),
        "a failed read leaves no bytes"
    );
    result.map(|()| bytes).map_err(failure)
}

/// What is wrong with an entry of an archive that can be read.
pub(super) fn failure(error: EntryError) -> Failure {
    match error {
        EntryError::Unusable(failure) => failure,
        EntryError::Access(error) => panic!("{error}"),
    }
}

/// Reads the only entry of an archive that holds it, and says how that fails.
pub(super) fn failure_of(entry: SampleEntry) -> (FailureCode, String) {
    let archive = Sample::new([entry]).open().unwrap();
    let entries = archive.entries().unwrap();
    let failure = read(&archive, &entries[0]).unwrap_err();
    (failure.code, failure.detail)
}

/// Bytes that can be had `good` times, then `bad` times not, and then again.
pub(super) struct Faulty {
    bytes: Vec<u8>,
    good: usize,
    bad: usize,
    reads: AtomicUsize,
}

impl Faulty {
    pub(super) fn new(bytes: &[u8], good: usize, bad: usize) -> Self {
        Self {
            bytes: bytes.to_vec(),
            good,
            bad,
            reads: AtomicUsize::new(0),
        }
    }
}

impl RandomAccess for Faulty {
    fn size_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let number = self.reads.fetch_add(1, Ordering::Relaxed);
        if number >= self.good && number - self.good < self.bad {
            return Err(io::Error::other("not now"));
        }
        let rest = &self.bytes[self.bytes.len().min(offset as usize)..];
        let read = rest.len().min(bytes.len());
        bytes[..read].copy_from_slice(&rest[..read]);
        Ok(read)
    }

    fn chunk_bytes(&self) -> u64 {
        1000
    }

    fn check_readable(&self) -> io::Result<()> {
        Ok(())
    }
}
