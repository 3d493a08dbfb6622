//! Going through the records of an archive's directory within the limits.

use rawzip::{ZipArchive, ZipFileHeaderRecord};

use super::{archive_bytes::ArchiveBytes, error::ArchiveError, limits::ArchiveLimits};

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
pub(super) fn check_size(
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
