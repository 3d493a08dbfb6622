//! The end of an archive whose directory lies beyond what its end record can say.

use std::io;

use rawzip::{ZipArchive, ZipFileHeaderRecord};

use super::{
    archive_bytes::ArchiveBytes, extent::WRAP, local_header::HeaderMark, locate::has_zip64_locator,
};

/// Where the end record has the offset of the directory (APPNOTE 4.3.16).
const DIRECTORY_OFFSET_AT: u64 = 16;

/// The end record of an archive above 4 GiB that is not a zip64 one.
#[derive(Clone, Copy, Debug)]
pub(super) struct NarrowEnd {
    /// How much further back the directory lies than the end record says.
    beyond: u64,
}

impl NarrowEnd {
    /// The end of such an archive; `None` for any other.
    pub(super) fn of(directory: &ZipArchive<ArchiveBytes>) -> io::Result<Option<Self>> {
        let found = directory.directory_offset();
        let (bytes, end_record) = (directory.get_ref(), directory.eocd_offset());
        if found < WRAP || has_zip64_locator(bytes, end_record)? {
            return Ok(None);
        }
        let stated = bytes.array_at::<4>(end_record + DIRECTORY_OFFSET_AT)?;
        let stated = stated.map(|stated| u64::from(u32::from_le_bytes(stated)));
        Ok(stated.and_then(|stated| {
            let beyond = found.checked_sub(stated)?;
            Some(Self { beyond })
        }))
    }

    /// How much of what rawzip adds to the offsets overflowed away, and is not there because of
    /// bytes in front of the archive. `first` is the first record.
    pub(super) fn surplus(
        self,
        bytes: &ArchiveBytes,
        first: &ZipFileHeaderRecord<'_>,
    ) -> io::Result<u64> {
        let front = self.beyond % WRAP;
        let wrapped = self.beyond - front;
        if front == 0 {
            return Ok(wrapped);
        }
        let offset = first.local_header_offset().saturating_sub(wrapped);
        let is_there = HeaderMark::of(first).is_at(bytes, offset)?;
        Ok(if is_there { wrapped } else { 0 })
    }
}
