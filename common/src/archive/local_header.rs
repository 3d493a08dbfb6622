//! The header in front of an entry's data.

use std::io;

use rawzip::{CompressionMethod, ReaderAt as _, ZipFileHeaderRecord};

use super::archive_bytes::ArchiveBytes;

/// Bytes of a local header before its name (APPNOTE 4.3.7).
pub(super) const LOCAL_HEADER_BYTES: u64 = 30;

/// The part of a local header that is used.
pub(super) struct LocalHeader {
    pub(super) method: u16,
    pub(super) is_encrypted: bool,
    name_bytes: u16,
    extra_bytes: u16,
}

impl LocalHeader {
    pub(super) fn parse(header: [u8; 30]) -> Option<Self> {
        let [b'P', b'K', 3, 4, _, _, flags, _, m0, m1, .., n0, n1, x0, x1] = header else {
            return None;
        };
        Some(Self {
            method: u16::from_le_bytes([m0, m1]),
            is_encrypted: flags & 1 != 0,
            name_bytes: u16::from_le_bytes([n0, n1]),
            extra_bytes: u16::from_le_bytes([x0, x1]),
        })
    }

    /// Bytes of the name and the extra fields that follow.
    pub(super) fn variable_bytes(&self) -> u64 {
        u64::from(self.name_bytes) + u64::from(self.extra_bytes)
    }
}

/// What tells the local header of an entry from that of another.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeaderMark {
    method: u16,
    name_bytes: u16,
    name_crc32: u32,
}

impl HeaderMark {
    /// What the header of a record's entry must hold.
    pub(super) fn of(record: &ZipFileHeaderRecord<'_>) -> Self {
        let path = record.file_path();
        let name = path.as_bytes();
        Self {
            method: record.compression_method().as_u16(),
            name_bytes: u16::try_from(name.len()).unwrap_or(u16::MAX),
            name_crc32: crc32fast::hash(name),
        }
    }

    /// Whether the entry is not packed.
    pub(super) fn is_stored(self) -> bool {
        self.method == CompressionMethod::STORE.as_u16()
    }

    /// Whether the header of this entry is at an offset.
    pub(super) fn is_at(self, bytes: &ArchiveBytes, offset: u64) -> io::Result<bool> {
        let header = bytes.array_at::<30>(offset)?.and_then(LocalHeader::parse);
        let is_alike = header.is_some_and(|header| {
            header.method == self.method && header.name_bytes == self.name_bytes
        });
        if !is_alike {
            return Ok(false);
        }
        let mut name = vec![0; self.name_bytes.into()];
        match bytes.read_exact_at(&mut name, offset.saturating_add(LOCAL_HEADER_BYTES)) {
            Ok(()) => Ok(crc32fast::hash(&name) == self.name_crc32),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        }
    }
}
