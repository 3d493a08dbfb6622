//! Going through an archive's directory once, before anything is taken from it.

use rawzip::{ZipArchive, ZipFileHeaderRecord};

use super::{
    NameEncoding,
    archive_bytes::ArchiveBytes,
    error::ArchiveError,
    limits::ArchiveLimits,
    names::{NameEncodings, NameSurvey},
    overlap::{self, OverlapCheck},
    wrapped::{Corrections, for_each_placed},
};

/// What is known of an archive after the first look at its directory.
pub(super) struct Survey {
    pub(super) entry_count: u64,
    pub(super) name_encodings: NameEncodings,
    pub(super) corrections: Corrections,
}

/// Checks the directory against the limits, counts it, and judges its names.
pub(super) fn survey(
    directory: &ZipArchive<ArchiveBytes>,
    limits: &ArchiveLimits,
    names: Option<NameEncoding>,
) -> Result<Survey, ArchiveError> {
    check_size(directory, limits)?;
    let corrections = Corrections::find(directory, limits)?;
    let mut overlaps = OverlapCheck::default();
    let mut names = NameSurvey::new(names);
    let entry_count = for_each_placed(directory, limits, &corrections, |record, extent| {
        if record.flags().is_masked() {
            return Err(ArchiveError::DirectoryEncrypted);
        }
        overlaps.admit(extent.range());
        names.add(record);
        Ok(())
    })?;
    if overlaps.is_undecided() {
        check_extents(directory, limits, &corrections, entry_count)?;
    }
    Ok(Survey {
        entry_count,
        name_encodings: names.finish(),
        corrections,
    })
}

/// Shows every record of the directory and returns their number.
pub(super) fn for_each_record(
    directory: &ZipArchive<ArchiveBytes>,
    limits: &ArchiveLimits,
    mut visit: impl FnMut(&ZipFileHeaderRecord<'_>) -> Result<(), ArchiveError>,
) -> Result<u64, ArchiveError> {
    let stated = directory.entries_hint();
    let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let mut records = directory.entries(&mut buffer);
    let mut read = 0;
    loop {
        match records.next_entry() {
            Ok(Some(record)) => {
                read += 1;
                if read > limits.entries {
                    return Err(too_many(read, limits));
                }
                visit(&record)?;
            }
            Ok(None) => break,
            Err(error) => match error.into_kind() {
                rawzip::ErrorKind::IO(error) => return Err(error.into()),
                // Some programs leave other data between the directory and its end record.
                _ if read == stated => break,
                _ => return Err(ArchiveError::DirectoryDamaged { read, stated }),
            },
        }
    }
    // Without zip64 the stated number has 16 bits, and some programs let it wrap around.
    let is_complete =
        read == stated || stated <= u64::from(u16::MAX) && read % (1 << 16) == stated % (1 << 16);
    if is_complete {
        Ok(read)
    } else {
        Err(ArchiveError::DirectoryDamaged { read, stated })
    }
}

/// Checks what can be known without reading the directory.
fn check_size(
    directory: &ZipArchive<ArchiveBytes>,
    limits: &ArchiveLimits,
) -> Result<(), ArchiveError> {
    let entries = directory.entries_hint();
    if entries > limits.entries {
        return Err(too_many(entries, limits));
    }
    let bytes = directory
        .eocd_offset()
        .saturating_sub(directory.directory_offset());
    if bytes > limits.directory_bytes {
        return Err(ArchiveError::DirectoryTooLarge {
            bytes,
            limit: limits.directory_bytes,
        });
    }
    Ok(())
}

fn too_many(entries: u64, limits: &ArchiveLimits) -> ArchiveError {
    ArchiveError::TooManyEntries {
        entries,
        limit: limits.entries,
    }
}

fn check_extents(
    directory: &ZipArchive<ArchiveBytes>,
    limits: &ArchiveLimits,
    corrections: &Corrections,
    entry_count: u64,
) -> Result<(), ArchiveError> {
    let mut extents = Vec::with_capacity(usize::try_from(entry_count).unwrap_or_default());
    for_each_placed(directory, limits, corrections, |_, extent| {
        extents.push(extent.range());
        Ok(())
    })?;
    overlap::check_all(extents)
}
