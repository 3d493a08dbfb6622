//! Taking the bytes of one entry out of an archive.

use super::{
    Archive, ArchiveEntry, EntryError, EntryKind, EntryLocation,
    entry_error::damaged,
    inflate::{Inflated, inflate},
    local_header::{LOCAL_HEADER_BYTES, LocalHeader},
    method::Method,
    packed_data::PackedData,
    unpack::{Wanted, unpack},
};
use crate::failure::{Failure, FailureCode};

/// Packed bytes read at a time where only the head of an entry is wanted.
const HEAD_CHUNK_BYTES: u64 = 4 << 10;

impl Archive {
    /// Reads one entry into `bytes`, whose memory is used again, and checks it against its size
    /// and checksum. After an error `bytes` has no content.
    ///
    /// # Errors
    /// When something is wrong with this entry, or the archive cannot be read.
    pub fn read(&self, entry: &ArchiveEntry, bytes: &mut Vec<u8>) -> Result<(), EntryError> {
        self.read_location(&entry.location, entry.size_bytes, bytes)
    }

    /// As [`Self::read`], for callers that keep paths elsewhere.
    ///
    /// # Errors
    /// When something is wrong with this entry, or the archive cannot be read.
    pub fn read_location(
        &self,
        location: &EntryLocation,
        size_bytes: u64,
        bytes: &mut Vec<u8>,
    ) -> Result<(), EntryError> {
        let result = self.read_checked(location, size_bytes, bytes);
        if result.is_err() {
            bytes.clear();
        }
        result
    }

    /// Reads the first bytes of an entry into `bytes`: `count` of them, or fewer if it is
    /// shorter. Its checksum is not checked.
    ///
    /// # Errors
    /// When something is wrong with this entry, or the archive cannot be read.
    pub fn read_head(
        &self,
        location: &EntryLocation,
        size_bytes: u64,
        count: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<(), EntryError> {
        bytes.clear();
        let method = usable_method(location)?;
        let mut data = self.packed_data(location)?;
        data.chunk_bytes = HEAD_CHUNK_BYTES;
        let wanted = Wanted {
            entry_bytes: size_bytes,
            bytes: count.min(usize::try_from(size_bytes).unwrap_or(usize::MAX)),
        };
        let read = match unpack_as(method, &mut data, wanted, bytes) {
            Ok(Inflated::Complete(written) | Inflated::CutShort(written)) => Ok(written),
            Ok(Inflated::Full) => Ok(wanted.bytes),
            Ok(Inflated::Invalid) => Err(damaged("its compressed data makes no sense").into()),
            Err(error) => Err(error),
        };
        bytes.truncate(*read.as_ref().unwrap_or(&0));
        read.map(drop)
    }

    fn read_checked(
        &self,
        location: &EntryLocation,
        size_bytes: u64,
        bytes: &mut Vec<u8>,
    ) -> Result<(), EntryError> {
        let method = usable_method(location)?;
        let mut data = self.packed_data(location)?;
        let size = self.plausible_size(method, location, size_bytes)?;
        let wanted = Wanted {
            entry_bytes: size_bytes,
            bytes: size,
        };
        match unpack_as(method, &mut data, wanted, bytes)? {
            Inflated::Complete(written) if written == size => {}
            Inflated::Complete(written) | Inflated::CutShort(written) => {
                let what = format!("it ends after {written} of {size} bytes");
                return Err(damaged(&what).into());
            }
            Inflated::Full => {
                let what = format!("it unpacks to more than its {size} bytes");
                return Err(damaged(&what).into());
            }
            Inflated::Invalid => {
                return Err(damaged("its compressed data makes no sense").into());
            }
        }
        let crc32 = crc32fast::hash(bytes);
        if crc32 != location.crc32 {
            let stated = location.crc32;
            let what = format!("its checksum is {crc32:08x} instead of {stated:08x}");
            return Err(damaged(&what).into());
        }
        Ok(())
    }

    /// The size of the unpacked entry, when the limits and its packed size allow for it. Only
    /// then is memory taken for it.
    fn plausible_size(
        &self,
        method: Method,
        location: &EntryLocation,
        size_bytes: u64,
    ) -> Result<usize, Failure> {
        let packed = location.compressed_bytes;
        let is_possible = match method {
            Method::Stored => size_bytes == packed,
            Method::Deflated => size_bytes <= packed.saturating_mul(self.limits.ratio),
            // Of these memory is taken only as data comes.
            Method::Rarer(_) => true,
        };
        let limit = self.limits.entry_bytes;
        if size_bytes > limit {
            let detail = format!("{size_bytes} bytes unpacked; the limit is {limit}");
            return Err(Failure::new(FailureCode::TooManyBytes, detail));
        }
        usize::try_from(size_bytes)
            .ok()
            .filter(|_| is_possible)
            .ok_or_else(|| {
                damaged(&format!(
                    "it claims {size_bytes} bytes unpacked out of {packed} packed"
                ))
            })
    }

    /// Finds the packed data of an entry behind its local header, which must agree with the
    /// directory. Its sizes and checksum are not compared: they are often left 0 for a record
    /// after the data, and the data is checked against the directory's anyway.
    fn packed_data(&self, location: &EntryLocation) -> Result<PackedData<'_>, EntryError> {
        let start = location.header_offset;
        let directory = self.directory.directory_offset();
        let is_cut_off = || damaged("its data is cut off");
        if start
            .checked_add(LOCAL_HEADER_BYTES)
            .is_none_or(|end| end > directory)
        {
            return Err(is_cut_off().into());
        }
        let bytes = self.directory.get_ref();
        let header = bytes.array_at::<30>(start)?.ok_or_else(is_cut_off)?;
        let header = LocalHeader::parse(header).ok_or_else(|| damaged("its header is missing"))?;
        if header.method != location.method || header.is_encrypted {
            return Err(damaged("its header and the archive's directory disagree").into());
        }
        let start = start + LOCAL_HEADER_BYTES + header.variable_bytes();
        let end = start
            .checked_add(location.compressed_bytes)
            .filter(|&end| end <= directory);
        Ok(PackedData {
            bytes,
            position: start,
            end: end.ok_or_else(is_cut_off)?,
            chunk_bytes: bytes.file().chunk_bytes(),
        })
    }
}

/// Unpacks what is wanted of an entry into `bytes`. Where less comes, what they hold beyond it
/// has no meaning.
fn unpack_as(
    method: Method,
    data: &mut PackedData<'_>,
    wanted: Wanted,
    bytes: &mut Vec<u8>,
) -> Result<Inflated, EntryError> {
    match method {
        Method::Stored => {
            bytes.resize(wanted.bytes, 0);
            data.take_all(bytes)?;
            Ok(Inflated::Complete(wanted.bytes))
        }
        Method::Deflated => {
            bytes.resize(wanted.bytes, 0);
            inflate(|chunk| data.next_chunk(chunk), bytes)
        }
        Method::Rarer(method) => unpack(method, data, wanted, bytes),
    }
}

/// How an entry is packed, if its data can be read at all.
fn usable_method(location: &EntryLocation) -> Result<Method, Failure> {
    if location.kind != EntryKind::File {
        return Err(Failure::new(
            FailureCode::AccessFailed,
            "a folder, link or device, not a file",
        ));
    }
    if location.is_encrypted {
        return Err(Failure::new(
            FailureCode::Encrypted,
            "the archive entry needs a password",
        ));
    }
    Method::of(location.method)
}

#[cfg(test)]
mod tests {
    use std::{io::Write as _, os::unix::fs::FileExt as _};

    use proptest::prelude::*;

    use super::*;
    use crate::archive::{
        ArchiveLimits,
        sample::{Sample, SampleEntry, failure, failure_of, open, open_within, read},
    };

    fn head(entry: SampleEntry, count: usize) -> Result<Vec<u8>, EntryError> {
        let archive = Sample::new([entry]).open().unwrap();
        let entries = archive.entries().unwrap();
        let mut bytes = b"left from before".to_vec();
        archive.read_head(
            &entries[0].location,
            entries[0].size_bytes,
            count,
            &mut bytes,
        )?;
        Ok(bytes)
    }

    #[test]
    fn entries_whose_sizes_follow_the_data_are_read() {
        let entry = SampleEntry::deflated("a", b"streamed").with(|entry| entry.flags = 8);
        let archive = Sample::new([entry.clone(), entry]).open().unwrap();
        for entry in archive.entries().unwrap() {
            assert_eq!(read(&archive, &entry).unwrap(), b"streamed");
        }
    }

    #[test]
    fn what_cannot_be_unpacked_says_why() {
        let (code, detail) = failure_of(SampleEntry::stored("a", b"?").with(|e| e.flags = 1));
        assert_eq!(code, FailureCode::Encrypted, "{detail}");
        let (code, _) = failure_of(SampleEntry::stored("a", b"?").with(|e| e.method = 99));
        assert_eq!(code, FailureCode::Encrypted);
        let (code, detail) = failure_of(SampleEntry::stored("a", b"?").with(|e| e.method = 98));
        assert_eq!(code, FailureCode::UnsupportedCompression);
        assert!(detail.contains("method 98 (PPMd)"), "{detail}");
        let (code, _) =
            failure_of(SampleEntry::stored("a", b"?").with(|e| e.unix_mode = 0o120_777));
        assert_eq!(code, FailureCode::AccessFailed);
    }

    #[test]
    fn lies_about_size_checksum_and_method_are_damage() {
        let entry = || SampleEntry::deflated("a", &[b'x'; 1000]);
        for lying in [
            entry().with(|e| e.size = 10),
            entry().with(|e| e.size = 1001),
            entry().with(|e| e.size = 1 << 20),
            entry().with(|e| e.crc32 ^= 1),
            entry().with(|e| e.local_method = 0),
            entry().with(|e| e.packed[0] = 0xff),
            entry().with(|e| e.compressed_size -= 3),
            entry().with(|e| e.compressed_size += 3000),
            entry().with(|e| e.offset = Some(3)),
            entry().with(|e| e.offset = Some(u64::from(u32::MAX))),
            SampleEntry::stored("a", b"abc").with(|e| e.size = 4),
            SampleEntry::stored("a", b"abc").with(|e| e.packed[0] = b'b'),
        ] {
            let (code, detail) = failure_of(lying);
            assert_eq!(code, FailureCode::DamagedEntry, "{detail}");
            assert!(
                detail.starts_with("the archive entry is damaged: "),
                "{detail}"
            );
        }
    }

    #[test]
    fn an_entry_past_the_limit_is_refused_before_memory_is_taken() {
        let limits = ArchiveLimits {
            entry_bytes: 999,
            ..ArchiveLimits::default()
        };
        let bytes = Sample::new([SampleEntry::deflated("a", &[b'x'; 1000])]).bytes();
        let archive = open_within(&bytes, limits).unwrap();
        let entry = &archive.entries().unwrap()[0];
        let mut bytes = Vec::new();
        let failure = failure(archive.read(entry, &mut bytes).unwrap_err());
        assert_eq!(failure.code, FailureCode::TooManyBytes);
        assert_eq!(failure.detail, "1000 bytes unpacked; the limit is 999");
        assert_eq!(bytes.capacity(), 0);
    }

    #[test]
    fn a_claim_beyond_what_deflate_can_do_is_refused_before_memory_is_taken() {
        let entry = SampleEntry::deflated("a", b"tiny").with(|e| e.size = 100 << 20);
        let archive = Sample::new([entry]).open().unwrap();
        let mut bytes = Vec::new();
        let entries = archive.entries().unwrap();
        let failure = failure(archive.read(&entries[0], &mut bytes).unwrap_err());
        assert_eq!(failure.code, FailureCode::DamagedEntry);
        assert_eq!(bytes.capacity(), 0);
    }

    #[test]
    fn entries_past_four_gibibytes_are_read() {
        // A sparse file: the entry, a hole, and the directory behind it.
        let hole = 5_u64 << 30;
        let entry = SampleEntry::stored("far.jpg", b"far away").with(|e| {
            e.is_zip64 = true;
            e.offset = Some(hole);
        });
        let bytes = Sample {
            is_zip64: true,
            ..Sample::new([entry])
        }
        .bytes();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"PK").unwrap();
        file.as_file().write_all_at(&bytes, hole).unwrap();
        let end = hole + bytes.len() as u64;
        let local_bytes = 30 + 7 + 8;
        // The offsets of the directory and of its zip64 end record.
        file.as_file()
            .write_all_at(&(hole + local_bytes).to_le_bytes(), end - 22 - 20 - 8)
            .unwrap();
        file.as_file()
            .write_all_at(&(end - 22 - 20 - 56).to_le_bytes(), end - 22 - 12)
            .unwrap();
        let archive = Archive::open(file.path(), ArchiveLimits::default(), None).unwrap();
        assert_eq!(
            read(&archive, &archive.entries().unwrap()[0]).unwrap(),
            b"far away"
        );
    }

    #[test]
    fn the_head_of_an_entry_is_read_without_the_rest() {
        let data: Vec<u8> = (0..=255).cycle().take(500_000).collect();
        assert_eq!(
            head(SampleEntry::deflated("a", &data), 300).unwrap(),
            &data[..300]
        );
        assert_eq!(
            head(SampleEntry::stored("a", &data), 300).unwrap(),
            &data[..300]
        );
        assert_eq!(head(SampleEntry::stored("a", b"abc"), 300).unwrap(), b"abc");
        assert_eq!(
            head(SampleEntry::deflated("a", b"abc"), 300).unwrap(),
            b"abc"
        );
        let large = SampleEntry::deflated("a", b"abc").with(|e| e.size = 1 << 40);
        assert_eq!(head(large.with(|e| e.is_zip64 = true), 2).unwrap(), b"ab");
        assert!(head(SampleEntry::deflated("a", b"abc").with(|e| e.flags = 1), 2).is_err());
    }

    proptest! {
        #[test]
        fn no_changed_byte_leads_to_other_content_or_a_panic(
            position in any::<prop::sample::Index>(),
            value in any::<u8>(),
        ) {
            let data = b"some data that deflates, some data that deflates".repeat(3);
            let sample = Sample::new([
                SampleEntry::stored("a", &data),
                SampleEntry::deflated("b", &data).with(|e| e.is_zip64 = true),
            ]);
            let mut bytes = Sample { is_zip64: true, comment: b"!".to_vec(), ..sample }.bytes();
            let position = position.index(bytes.len());
            bytes[position] = value;
            if let Ok(archive) = open(&bytes) {
                for entry in archive.entries().unwrap() {
                    if let Ok(content) = read(&archive, &entry) {
                        // A checksum cannot tell a folder from a file or fix its name.
                        prop_assert_eq!(content, data.clone());
                    }
                }
            }
        }
    }
}
