//! Going through an archive's directory once, before anything is taken from it.

use rawzip::ZipArchive;

use super::{
    NameEncoding,
    archive_bytes::ArchiveBytes,
    corrections::{Corrections, for_each_placed},
    directory::check_size,
    error::ArchiveError,
    limits::ArchiveLimits,
    names::{NameEncodings, NameSurvey},
    overlap::{self, OverlapCheck},
    wrapped::find_corrections,
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
    let corrections = find_corrections(directory, limits)?;
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
