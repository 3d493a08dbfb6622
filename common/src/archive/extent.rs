//! Where an entry lies and how large it is.

use rawzip::{CompressionMethod, ZipFileHeaderRecord};

use super::overlap;

/// What a field of 32 bits loses when it overflows once.
pub(super) const WRAP: u64 = 1 << 32;

/// Packing makes data that cannot be packed larger by less than one byte in so many,
const BYTES_PER_ADDED: u64 = 1024;
/// and by so many once.
const MOST_ADDED_ONCE: u64 = 4096;

/// Where an entry lies in the archive and how large it is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EntryExtent {
    /// Where its local header starts.
    pub(super) header_offset: u64,
    /// Its packed size.
    pub(super) compressed_bytes: u64,
    /// Its unpacked size.
    pub(super) size_bytes: u64,
    pub(super) is_stored: bool,
}

impl EntryExtent {
    /// What a record of the directory says.
    pub(super) fn stated(record: &ZipFileHeaderRecord<'_>) -> Self {
        Self {
            header_offset: record.local_header_offset(),
            compressed_bytes: record.compressed_size_hint(),
            size_bytes: record.uncompressed_size_hint(),
            is_stored: record.compression_method() == CompressionMethod::STORE,
        }
    }

    /// The bytes that it takes at least.
    pub(super) fn range(self) -> overlap::Extent {
        overlap::extent(self.header_offset, self.compressed_bytes)
    }

    /// The same entry with a packed size that is larger by `lost` bytes, and an unpacked size
    /// that can belong to it. How often that of a packed entry overflowed beyond is unknown.
    pub(super) fn widened(self, lost: u64) -> Self {
        let compressed_bytes = self.compressed_bytes.saturating_add(lost);
        let least = if self.is_stored {
            self.size_bytes.saturating_add(lost)
        } else {
            (compressed_bytes - compressed_bytes / BYTES_PER_ADDED).saturating_sub(MOST_ADDED_ONCE)
        };
        let wraps = least.saturating_sub(self.size_bytes).div_ceil(WRAP);
        Self {
            compressed_bytes,
            size_bytes: self.size_bytes.saturating_add(wraps.saturating_mul(WRAP)),
            ..self
        }
    }
}
