//! One entry of an archive's directory.

use rawzip::{CompressionMethod, ZipFileHeaderRecord};

use super::{extent::EntryExtent, names::NameEncodings};
use crate::path::MediaPath;

/// Unix file types in a mode (`S_IFMT` and its values, `<sys/stat.h>`).
const TYPE_MASK: u32 = 0o170_000;
const TYPE_DIRECTORY: u32 = 0o040_000;
const TYPE_REGULAR: u32 = 0o100_000;

/// One entry of an archive's central directory. It takes 48 bytes and its path.
#[derive(Clone, Debug)]
pub struct ArchiveEntry {
    /// Its readable, safe path. Other entries can have the same.
    pub path: MediaPath,
    /// Its unpacked size in bytes, as the directory says.
    pub size_bytes: u64,
    /// Where and how its data is stored.
    pub location: EntryLocation,
}

/// Where and how the data of an entry is stored, as the directory says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryLocation {
    /// Where its local header starts, in bytes from the start of the archive.
    pub header_offset: u64,
    /// Its packed size in bytes.
    pub compressed_bytes: u64,
    /// CRC-32 of its unpacked bytes.
    pub crc32: u32,
    /// How it is packed: 0 stored, 8 deflated, others not supported (APPNOTE 4.4.5).
    pub method: u16,
    /// What it is.
    pub kind: EntryKind,
    /// Whether a password is needed.
    pub is_encrypted: bool,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Directory,
    /// A symbolic link, device, pipe or socket.
    Special,
}

impl ArchiveEntry {
    pub(super) fn from_record(
        record: &ZipFileHeaderRecord<'_>,
        extent: EntryExtent,
        encodings: &NameEncodings,
    ) -> Self {
        let name = encodings.name_of(record);
        let flags = record.flags();
        Self {
            path: MediaPath::from_display_name(&name),
            size_bytes: extent.size_bytes,
            location: EntryLocation {
                header_offset: extent.header_offset,
                compressed_bytes: extent.compressed_bytes,
                crc32: record.crc32(),
                method: record.compression_method().as_u16(),
                kind: kind_of(record, &name),
                is_encrypted: flags.is_encrypted()
                    || flags.has_strong_encryption()
                    || record.compression_method() == CompressionMethod::AES,
            },
        }
    }
}

fn kind_of(record: &ZipFileHeaderRecord<'_>, name: &str) -> EntryKind {
    let is_empty = record.uncompressed_size_hint() == 0;
    // Only empty entries of backslash writers are folders: `\` can end a name elsewhere.
    if name.ends_with('/') || (name.ends_with('\\') && is_empty) {
        return EntryKind::Directory;
    }
    match record.mode().value() & TYPE_MASK {
        TYPE_DIRECTORY if is_empty => EntryKind::Directory,
        // Writers that know no file types leave 0.
        TYPE_DIRECTORY | TYPE_REGULAR | 0 => EntryKind::File,
        _ => EntryKind::Special,
    }
}
