//! Finding an archive's directory from its end.
//!
//! rawzip follows an end record to the directory. This module tries the candidates for it: a
//! comment can hold the signature too, and zip64 archives can have bytes in front that their
//! offsets do not count. Formats: PKWARE APPNOTE.TXT 4.3.14..=4.3.16.

use std::io;

use rawzip::{ErrorKind, ReaderAt as _, ZipArchive, ZipLocator};

use super::{archive_bytes::ArchiveBytes, error::ArchiveError, split::SplitKind};
use crate::file_signature::{self, ZipSignature};

/// How many candidates for the end record are tried.
const MAX_ATTEMPTS: usize = 16;
const END_RECORD_BYTES: u64 = 22;
const ZIP64_LOCATOR_BYTES: u64 = 20;
const ZIP64_END_RECORD_BYTES: u64 = 56;
const DIRECTORY_SIGNATURE: [u8; 4] = *b"PK\x01\x02";
const ZIP64_LOCATOR_SIGNATURE: &[u8; 4] = b"PK\x06\x07";
const ZIP64_END_SIGNATURE: &[u8; 4] = b"PK\x06\x06";
/// General purpose flag 13: the directory is encrypted (APPNOTE 4.4.4).
const DIRECTORY_ENCRYPTED: u16 = 1 << 13;

/// Finds the directory of an archive.
pub(super) fn locate(mut file: ArchiveBytes) -> Result<ZipArchive<ArchiveBytes>, ArchiveError> {
    if file.len() == 0 {
        return Err(ArchiveError::NoBytes);
    }
    let mut buffer = vec![0; rawzip::RECOMMENDED_BUFFER_SIZE];
    let mut search_end = file.len();
    let mut last_end_record = None;
    for _ in 0..MAX_ATTEMPTS {
        let end_record;
        match ZipLocator::new().locate_in_reader(file, &mut buffer, search_end) {
            Ok(archive) if leads_to_entries(&archive)? => return unless_split(archive),
            Ok(archive) => {
                end_record = archive.eocd_offset();
                file = archive.into_inner();
            }
            Err((reader, error)) => {
                file = reader;
                let Some(offset) = error.eocd_offset() else {
                    unless_access_failed(error)?;
                    break;
                };
                end_record = offset;
            }
        }
        last_end_record.get_or_insert(end_record);
        search_end = end_record;
        if let Some(front) = bytes_before_zip64(&file, end_record)? {
            file = file.without_front(front);
            search_end = end_record - front + END_RECORD_BYTES;
        }
    }
    Err(explain(&file, last_end_record)?)
}

/// Passes an error of the disk on; that the end record was not found is not one.
fn unless_access_failed(error: rawzip::Error) -> Result<(), ArchiveError> {
    match error.into_kind() {
        ErrorKind::IO(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(error.into()),
        _ => Ok(()),
    }
}

/// Whether the end record is a real one: it leads to an entry, or announces none.
fn leads_to_entries(archive: &ZipArchive<ArchiveBytes>) -> Result<bool, ArchiveError> {
    let directory = archive.directory_offset();
    let gap = archive.eocd_offset().saturating_sub(directory);
    let is_empty = gap == 0 || gap == ZIP64_LOCATOR_BYTES + ZIP64_END_RECORD_BYTES;
    // A number of 16 bits is 0 again at 65,536 entries.
    if archive.entries_hint() == 0 && is_empty {
        return Ok(true);
    }
    Ok(archive.get_ref().array_at(directory)? == Some(DIRECTORY_SIGNATURE))
}

fn unless_split(
    archive: ZipArchive<ArchiveBytes>,
) -> Result<ZipArchive<ArchiveBytes>, ArchiveError> {
    if is_split(archive.get_ref(), archive.eocd_offset())? {
        Err(ArchiveError::Split {
            kind: SplitKind::Set,
        })
    } else {
        Ok(archive)
    }
}

/// Whether the end record says that the archive, or its directory, began in another file.
fn is_split(file: &ArchiveBytes, end_record: u64) -> io::Result<bool> {
    let Some([_, _, _, _, disk @ .., _, _, _, _, _, _, _, _, _, _]) =
        file.array_at::<18>(end_record)?
    else {
        return Ok(false);
    };
    let disk: [u8; 4] = disk;
    // 0xFFFF stands for "see the zip64 record".
    Ok(disk != [0; 4] && disk != [0xff; 4])
}

/// Whether the end record is that of a zip64 archive: a locator stands before it.
pub(super) fn has_zip64_locator(file: &ArchiveBytes, end_record: u64) -> io::Result<bool> {
    let Some(locator_at) = end_record.checked_sub(ZIP64_LOCATOR_BYTES) else {
        return Ok(false);
    };
    Ok(file.array_at(locator_at)? == Some(*ZIP64_LOCATOR_SIGNATURE))
}

/// Whether the end record stands earlier than it says itself, so that what was in front of it is
/// missing.
fn begins_before(file: &ArchiveBytes, end_record: u64) -> io::Result<bool> {
    if has_zip64_locator(file, end_record)? {
        let stated = file.array_at(end_record - ZIP64_LOCATOR_BYTES + 8)?;
        return Ok(stated.is_some_and(|stated| u64::from_le_bytes(stated) >= end_record));
    }
    let stated = file.array_at(end_record + 12)?;
    Ok(stated.is_some_and(|[s0, s1, s2, s3, o0, o1, o2, o3]| {
        let (size, offset) = ([s0, s1, s2, s3], [o0, o1, o2, o3]);
        u64::from(u32::from_le_bytes(size)) + u64::from(u32::from_le_bytes(offset)) > end_record
    }))
}

/// How many bytes a zip64 archive has in front that its offsets do not count.
fn bytes_before_zip64(file: &ArchiveBytes, end_record: u64) -> io::Result<Option<u64>> {
    let Some(locator_at) = end_record.checked_sub(ZIP64_LOCATOR_BYTES) else {
        return Ok(None);
    };
    let Some(record_at) = locator_at.checked_sub(ZIP64_END_RECORD_BYTES) else {
        return Ok(None);
    };
    let Some(locator) = file.array_at::<{ ZIP64_LOCATOR_BYTES as usize }>(locator_at)? else {
        return Ok(None);
    };
    let [s0, s1, s2, s3, _, _, _, _, stated @ .., _, _, _, _] = locator;
    let is_zip64 = [s0, s1, s2, s3] == *ZIP64_LOCATOR_SIGNATURE
        && file.array_at(record_at)? == Some(*ZIP64_END_SIGNATURE);
    let front = record_at.checked_sub(u64::from_le_bytes(stated));
    Ok(front.filter(|&front| is_zip64 && front > 0 && file.is_whole()))
}

/// Says why no directory was found.
fn explain(file: &ArchiveBytes, end_record: Option<u64>) -> io::Result<ArchiveError> {
    let mut first_bytes = [0; 16];
    let length = file.read_at(&mut first_bytes, 0)?;
    let first_bytes = first_bytes.get(..length).unwrap_or_default();
    let begins_as = ZipSignature::of(first_bytes);
    if begins_as == Some(ZipSignature::Split) {
        return Ok(ArchiveError::Split {
            kind: SplitKind::Set,
        });
    }
    let Some(end_record) = end_record else {
        return Ok(if begins_as.is_some() {
            ArchiveError::EndMissing
        } else {
            ArchiveError::NotAnArchive {
                found: file_signature::mistaken_for_zip(first_bytes),
            }
        });
    };
    if is_split(file, end_record)? {
        return Ok(ArchiveError::Split {
            kind: SplitKind::Set,
        });
    }
    if let [b'P', b'K', 3, 4, _, _, low, high, ..] = *first_bytes
        && u16::from_le_bytes([low, high]) & DIRECTORY_ENCRYPTED != 0
    {
        return Ok(ArchiveError::DirectoryEncrypted);
    }
    let is_first_part = begins_as == Some(ZipSignature::Entry);
    if !is_first_part && begins_before(file, end_record)? {
        return Ok(ArchiveError::Split {
            kind: SplitKind::Cut,
        });
    }
    let stated = file.array_at::<2>(end_record + 10)?.unwrap_or_default();
    Ok(ArchiveError::DirectoryDamaged {
        read: 0,
        stated: u16::from_le_bytes(stated).into(),
    })
}

#[cfg(test)]
mod tests {
    use crate::archive::{
        ArchiveError, ArchiveLimits,
        sample::{Sample, SampleEntry, open, open_within, paths, read},
    };

    fn two_entries() -> Sample {
        Sample::new([
            SampleEntry::stored("a.jpg", b"aaa"),
            SampleEntry::deflated("b.jpg", b"bbb"),
        ])
    }

    fn refusal(bytes: &[u8]) -> ArchiveError {
        open(bytes).err().unwrap()
    }

    /// That all of an archive's entries can be read.
    fn is_readable(sample: &Sample) {
        let archive = sample.open().unwrap();
        let entries = archive.entries().unwrap();
        assert_eq!(paths(&archive), ["a.jpg", "b.jpg"]);
        assert_eq!(read(&archive, &entries[0]).unwrap(), b"aaa");
        assert_eq!(read(&archive, &entries[1]).unwrap(), b"bbb");
    }

    #[test]
    fn archives_with_things_around_them_are_found() {
        let front = b"#!/bin/sh\nexit\n".repeat(100);
        is_readable(&two_entries());
        is_readable(&Sample {
            comment: b"made by a camera".to_vec(),
            ..two_entries()
        });
        is_readable(&Sample {
            front: front.clone(),
            ..two_entries()
        });
        is_readable(&Sample {
            is_zip64: true,
            ..two_entries()
        });
        is_readable(&Sample {
            is_zip64: true,
            front,
            comment: vec![b'!'; 60_000],
            ..two_entries()
        });
        let mut sample = two_entries();
        sample
            .entries
            .iter_mut()
            .for_each(|entry| entry.is_zip64 = true);
        is_readable(&sample);
    }

    #[test]
    fn end_records_in_the_comment_do_not_hide_the_archive() {
        for comment in [
            b"PK\x05\x06".to_vec(),
            [b"PK\x05\x06".as_slice(), &[0; 18]].concat(),
            [b"PK\x05\x06".as_slice(), &[7; 40]].concat(),
            Sample::default().bytes().repeat(3),
        ] {
            is_readable(&Sample {
                comment,
                ..two_entries()
            });
        }
    }

    #[test]
    fn bytes_after_the_archive_do_not_hide_it() {
        let bytes = [two_entries().bytes(), vec![0; 3000]].concat();
        assert_eq!(paths(&open(&bytes).unwrap()).len(), 2);
    }

    #[test]
    fn an_archive_without_entries_is_one() {
        assert!(paths(&Sample::default().open().unwrap()).is_empty());
        assert!(
            paths(
                &Sample {
                    is_zip64: true,
                    ..Sample::default()
                }
                .open()
                .unwrap()
            )
            .is_empty()
        );
    }

    #[test]
    fn files_that_are_no_archives_are_told_apart() {
        assert!(matches!(refusal(b""), ArchiveError::NoBytes));
        let error = refusal(b"7z\xbc\xaf\x27\x1c and more");
        assert!(
            error
                .to_string()
                .starts_with("the file is a 7-Zip archive, not a zip"),
            "{error}"
        );
        assert!(matches!(
            refusal(b"hello"),
            ArchiveError::NotAnArchive { found: None }
        ));
        assert!(matches!(
            refusal(&[0; 100_000]),
            ArchiveError::NotAnArchive { found: None }
        ));
    }

    #[test]
    fn an_archive_cut_off_anywhere_is_refused_with_advice() {
        let bytes = two_entries().bytes();
        for length in 4..bytes.len() {
            let error = refusal(&bytes[..length]);
            let is_explained = matches!(
                error,
                ArchiveError::EndMissing | ArchiveError::DirectoryDamaged { .. }
            );
            assert!(is_explained, "{length}: {error}");
        }
        assert!(
            refusal(&bytes[..60])
                .to_string()
                .contains("upload it again")
        );
    }

    #[test]
    fn parts_of_a_split_archive_are_recognised() {
        assert!(matches!(
            refusal(
                &Sample {
                    disk: 2,
                    ..two_entries()
                }
                .bytes()
            ),
            ArchiveError::Split { .. }
        ));
        assert!(matches!(
            refusal(b"PK\x07\x08PK\x03\x04 and more"),
            ArchiveError::Split { .. }
        ));
    }

    #[test]
    fn an_encrypted_directory_is_recognised() {
        let masked = SampleEntry::stored("1", b"?").with(|entry| entry.flags = 0x2041);
        let mut bytes = Sample::new([masked]).bytes();
        assert!(matches!(refusal(&bytes), ArchiveError::DirectoryEncrypted));
        let directory = bytes
            .windows(4)
            .position(|four| four == super::DIRECTORY_SIGNATURE)
            .unwrap();
        bytes[directory..directory + 10].fill(0xa5);
        assert!(matches!(refusal(&bytes), ArchiveError::DirectoryEncrypted));
    }

    #[test]
    fn limits_are_named_before_the_directory_is_read() {
        let limits = ArchiveLimits {
            entries: 1000,
            ..ArchiveLimits::default()
        };
        let bytes = Sample {
            is_zip64: true,
            stated_entries: Some(1001),
            ..two_entries()
        }
        .bytes();
        let error = open_within(&bytes, limits).err().unwrap().to_string();
        assert!(
            error.contains("1001 entries and the limit is 1000"),
            "{error}"
        );
        let limits = ArchiveLimits {
            directory_bytes: 100,
            ..ArchiveLimits::default()
        };
        let error = open_within(&two_entries().bytes(), limits).err().unwrap();
        assert!(
            matches!(
                error,
                ArchiveError::DirectoryTooLarge {
                    bytes: 102,
                    limit: 100
                }
            ),
            "{error:?}"
        );
    }

    #[test]
    fn more_entries_than_announced_are_counted_against_the_limit() {
        let limits = ArchiveLimits {
            entries: 1,
            ..ArchiveLimits::default()
        };
        let bytes = Sample {
            stated_entries: Some(1),
            ..two_entries()
        }
        .bytes();
        let error = open_within(&bytes, limits).err().unwrap();
        assert!(
            matches!(
                error,
                ArchiveError::TooManyEntries {
                    entries: 2,
                    limit: 1
                }
            ),
            "{error:?}"
        );
    }

    #[test]
    fn a_directory_with_fewer_entries_than_announced_is_damaged() {
        let error = refusal(
            &Sample {
                stated_entries: Some(3),
                ..two_entries()
            }
            .bytes(),
        );
        assert!(
            matches!(error, ArchiveError::DirectoryDamaged { read: 2, stated: 3 }),
            "{error:?}"
        );
    }

    #[test]
    fn a_count_that_wrapped_around_at_16_bits_is_understood() {
        let entries = (0..65_537).map(|n| SampleEntry::stored(n.to_string(), b""));
        let archive = Sample::new(entries).open().unwrap();
        assert_eq!(archive.entry_count(), 65_537);
    }

    #[test]
    fn entries_that_share_bytes_are_refused_as_a_bomb() {
        // Every entry's data holds the headers and data of the following ones.
        let mut packed = Vec::new();
        let mut entries = Vec::new();
        for n in 0..50_u8 {
            let entry = SampleEntry::stored([n], &packed);
            packed = [Sample::new([entry.clone()]).bytes()[..31 + packed.len()].to_vec()].concat();
            entries.insert(0, entry);
        }
        for (entry, n) in entries.iter_mut().zip(0..) {
            entry.offset = Some(n * 31);
            if n > 0 {
                entry.packed.clear();
            }
        }
        let error = refusal(&Sample::new(entries).bytes());
        assert!(
            matches!(error, ArchiveError::EntriesOverlap { offset: 31 }),
            "{error:?}"
        );
    }

    #[test]
    fn entries_in_another_order_than_their_data_are_fine() {
        let mut sample = two_entries();
        sample.entries[0].offset = Some(38);
        sample.entries[1].offset = Some(0);
        let [first, second] = sample.entries.as_mut_slice() else {
            unreachable!()
        };
        std::mem::swap(&mut first.name, &mut second.name);
        std::mem::swap(&mut first.method, &mut second.method);
        std::mem::swap(&mut first.compressed_size, &mut second.compressed_size);
        assert_eq!(paths(&sample.open().unwrap()).len(), 2);
    }
}
