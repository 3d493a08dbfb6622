//! Archives written byte by byte, so that every field can lie (APPNOTE 4.3).

use std::{fs::File, io::Write as _, os::unix::fs::FileExt as _, path::Path};

use flate2::{Compression, write::DeflateEncoder};

/// One entry: what its headers say, and what is there.
#[derive(Clone)]
pub struct RawEntry {
    pub name: Vec<u8>,
    packed: Vec<u8>,
    pub size: u32,
    pub packed_size: u32,
    pub crc32: u32,
    pub method: u16,
    /// What the local header says instead.
    pub local_method: u16,
    pub flags: u16,
    pub unix_mode: u32,
    /// The name in the local header, if it is another one.
    pub local_name: Option<Vec<u8>>,
    /// Whether the sizes stand in a zip64 field.
    pub is_zip64: bool,
    /// The unpacked size in the zip64 field, if it is another one.
    pub wide_size: Option<u64>,
    /// Where the directory says that the entry starts, if not where it does.
    pub offset: Option<u32>,
}

impl RawEntry {
    pub fn stored(name: impl AsRef<[u8]>, data: &[u8]) -> Self {
        let size = u32::try_from(data.len()).unwrap();
        Self {
            name: name.as_ref().to_vec(),
            packed: data.to_vec(),
            size,
            packed_size: size,
            crc32: crc32(data),
            method: 0,
            local_method: 0,
            flags: 0,
            unix_mode: 0o100_644,
            local_name: None,
            is_zip64: false,
            wide_size: None,
            offset: None,
        }
    }

    pub fn deflated(name: impl AsRef<[u8]>, data: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        let packed = encoder.finish().unwrap();
        Self {
            packed_size: u32::try_from(packed.len()).unwrap(),
            packed,
            method: 8,
            local_method: 8,
            ..Self::stored(name, data)
        }
    }

    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn local_header(&self) -> Vec<u8> {
        // With bit 3 set the sizes follow the data.
        let is_streamed = self.flags & 8 != 0;
        let sizes = if is_streamed {
            [0; 3]
        } else {
            [self.crc32, self.packed_size, self.size]
        };
        let mut header = b"PK\x03\x04\x14\0".to_vec();
        header.extend(self.flags.to_le_bytes());
        header.extend(self.local_method.to_le_bytes());
        header.extend([0; 4]);
        header.extend(sizes.into_iter().flat_map(u32::to_le_bytes));
        let name = self.local_name.as_ref().unwrap_or(&self.name);
        header.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        header.extend([0; 2]);
        header.extend(name);
        header.extend(&self.packed);
        if is_streamed {
            header.extend(b"PK\x07\x08");
            let sizes = [self.crc32, self.packed_size, self.size];
            header.extend(sizes.into_iter().flat_map(u32::to_le_bytes));
        }
        header
    }

    fn directory_record(&self, offset: u32) -> Vec<u8> {
        let mut extra = Vec::new();
        let mut sizes = [self.packed_size, self.size];
        if self.is_zip64 {
            extra.extend([1, 0, 16, 0]);
            extra.extend(self.wide_size.unwrap_or(self.size.into()).to_le_bytes());
            extra.extend(u64::from(self.packed_size).to_le_bytes());
            sizes = [u32::MAX; 2];
        }
        let mut record = b"PK\x01\x02\x14\x03\x14\0".to_vec();
        record.extend(self.flags.to_le_bytes());
        record.extend(self.method.to_le_bytes());
        record.extend([0; 4]);
        record.extend(self.crc32.to_le_bytes());
        record.extend(sizes.into_iter().flat_map(u32::to_le_bytes));
        record.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        record.extend(u16::try_from(extra.len()).unwrap().to_le_bytes());
        record.extend([0; 6]);
        record.extend((self.unix_mode << 16).to_le_bytes());
        record.extend(self.offset.unwrap_or(offset).to_le_bytes());
        record.extend(&self.name);
        record.extend(extra);
        record
    }
}

/// An archive of these entries.
pub fn archive(entries: &[RawEntry]) -> Vec<u8> {
    archive_with(entries, false, b"")
}

/// An archive of these entries, with its end in the zip64 form or not, and with a comment.
pub fn archive_with(entries: &[RawEntry], is_zip64: bool, comment: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        directory.extend(entry.directory_record(u32::try_from(bytes.len()).unwrap()));
        bytes.extend(entry.local_header());
    }
    let start = u32::try_from(bytes.len()).unwrap();
    let length = u32::try_from(directory.len()).unwrap();
    let mut count = u16::try_from(entries.len()).unwrap();
    let mut place = [length, start];
    bytes.extend(directory);
    if is_zip64 {
        bytes.extend(zip64_end(count, place));
        (count, place) = (u16::MAX, [u32::MAX; 2]);
    }
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].into_iter().flat_map(u16::to_le_bytes));
    bytes.extend(place.into_iter().flat_map(u32::to_le_bytes));
    bytes.extend(u16::try_from(comment.len()).unwrap().to_le_bytes());
    bytes.extend(comment);
    bytes
}

/// Writes an archive as the Archive Utility of macOS does: no zip64, of every number the lower
/// bits alone. Each entry's data goes on with so many zero bytes, which take no room on the disk.
pub fn write_mac_archive(path: &Path, entries: &[(RawEntry, u64)]) {
    let file = File::create(path).unwrap();
    let (mut end, mut directory) = (0, Vec::new());
    for (entry, hole) in entries {
        let lower = |value: u32| (u64::from(value) + hole) as u32;
        let entry = entry.clone().with(|entry| {
            (entry.size, entry.packed_size) = (lower(entry.size), lower(entry.packed_size));
        });
        directory.extend(entry.directory_record(end as u32));
        let local = entry.local_header();
        file.write_all_at(&local, end).unwrap();
        end += local.len() as u64 + hole;
    }
    let place = [directory.len() as u32, end as u32];
    let count = u16::try_from(entries.len()).unwrap();
    directory.extend(b"PK\x05\x06\0\0\0\0");
    directory.extend([count, count].into_iter().flat_map(u16::to_le_bytes));
    directory.extend(place.into_iter().flat_map(u32::to_le_bytes));
    directory.extend([0; 2]);
    file.write_all_at(&directory, end).unwrap();
}

/// The zip64 end record and its locator, for a directory of so many entries, with its length and
/// start.
fn zip64_end(count: u16, [length, start]: [u32; 2]) -> Vec<u8> {
    let wide = |value: u32| u64::from(value).to_le_bytes();
    let mut bytes = b"PK\x06\x06".to_vec();
    bytes.extend(wide(44));
    bytes.extend([45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for value in [count.into(), count.into(), length, start] {
        bytes.extend(wide(value));
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(wide(start + length));
    bytes.extend([1, 0, 0, 0]);
    bytes
}

/// CRC-32 of some bytes, as in zip and PNG.
pub fn crc32(data: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(data);
    crc.sum()
}
