//! `results.xlsx`: Summary, Images, Detections, Failures, Settings.
//!
//! Rows go to temporary files as they come, so that memory does not grow with them. Text is
//! written as text only: nothing from outside can become a formula.

mod cell;
mod formats;
mod link;
mod linked;
mod notes;
mod settings;
mod summary;
mod table_sheets;
mod text;

use std::{
    io::{self, BufReader, BufWriter, Seek as _},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use jiff::civil::date;
use rust_xlsxwriter::{DocProperties, Workbook, XlsxError};

use super::{
    ReportError, WORKBOOK, WorkbookLimits,
    columns::{FailureRow, TableRow, detection_headings, image_headings},
    staged_file::StagedFile,
    survey::Survey,
};
use crate::run_facts::RunFacts;
use formats::Formats;
use linked::NumberedLinks;
use notes::NoteSheet;
use table_sheets::{Desk, TableSheets};

/// Above this many files, sheets may pass the 4 GiB that a zip entry holds without its 64-bit
/// extension; below, the extension is left out for the sake of old readers.
const FILES_OF_A_LARGE_WORKBOOK: u64 = 500_000;

/// Widths of the columns of the Summary, in characters: names, numbers, two dates, and a count
/// for each label.
const SUMMARY_WIDTHS: [u8; 9] = [46, 20, 20, 20, 10, 10, 10, 10, 10];

/// Widths of the columns of the Settings: names, and what they mean.
const SETTINGS_WIDTHS: [u8; 2] = [36, 110];

/// How hard the sheets are compressed: level 3 takes 0.7 of the time of the usual level 6, and
/// the file is 1.2 times as large.
const COMPRESSION_LEVEL: u8 = 3;

/// `results.xlsx` being written.
pub(crate) struct WorkbookFile {
    file: StagedFile,
    is_corrected: bool,
    desk: Desk,
    images: TableSheets,
    detections: TableSheets,
    failures: TableSheets,
}

impl WorkbookFile {
    /// Starts a workbook, with or without columns for corrections; its temporary files lie in the
    /// same folder.
    pub(crate) fn create(
        folder: &Path,
        facts: &RunFacts,
        limits: WorkbookLimits,
        is_corrected: bool,
    ) -> Result<Self, ReportError> {
        let file = StagedFile::create(folder, WORKBOOK)?;
        guarded(|| {
            let mut workbook = Workbook::new();
            workbook.set_tempdir(folder)?;
            workbook.set_zip_compression_level(COMPRESSION_LEVEL);
            workbook.use_zip_large_file(facts.counts.files > FILES_OF_A_LARGE_WORKBOOK);
            workbook.set_properties(&properties(facts));
            let (formats, folder) = (Formats::new(), folder.to_owned());
            let mut desk = Desk {
                workbook,
                formats,
                limits,
                folder,
            };
            Ok(Self {
                file,
                is_corrected,
                images: TableSheets::open("Images", image_headings(is_corrected), &mut desk)?,
                detections: TableSheets::open(
                    "Detections",
                    detection_headings(is_corrected),
                    &mut desk,
                )?,
                failures: TableSheets::open("Failures", FailureRow::headings(), &mut desk)?,
                desk,
            })
        })
    }

    /// Writes a row of the Images sheet.
    pub(crate) fn add_image(&mut self, row: &impl TableRow) -> Result<(), ReportError> {
        guarded(|| self.images.add(&row.cells(), &mut self.desk))
    }

    /// Writes a row of the Detections sheet.
    pub(crate) fn add_detection(&mut self, row: &impl TableRow) -> Result<(), ReportError> {
        guarded(|| self.detections.add(&row.cells(), &mut self.desk))
    }

    /// Writes a row of the Failures sheet.
    pub(crate) fn add_failure(&mut self, row: &FailureRow<'_>) -> Result<(), ReportError> {
        guarded(|| self.failures.add(&row.cells(), &mut self.desk))
    }

    /// Puts the sheets together and gives the complete file back, to be published.
    pub(crate) fn finish(
        self,
        facts: &RunFacts,
        survey: &Survey,
    ) -> Result<StagedFile, ReportError> {
        let Self {
            mut file,
            desk:
                Desk {
                    mut workbook,
                    formats,
                    folder,
                    ..
                },
            ..
        } = self;
        guarded(|| {
            let mut notes = NoteSheet::open("Summary", &SUMMARY_WIDTHS, &mut workbook, &formats)?;
            summary::write(&mut notes, facts, survey)?;
            workbook.push_worksheet(notes.close());
            let mut links = Vec::new();
            for table in [self.images, self.detections, self.failures] {
                table.close_into(&mut workbook, &mut links)?;
            }
            let mut notes = NoteSheet::open("Settings", &SETTINGS_WIDTHS, &mut workbook, &formats)?;
            settings::write(&mut notes, facts, self.is_corrected)?;
            workbook.push_worksheet(notes.close());
            save(&mut workbook, links, &folder, &mut file)?;
            Ok(file)
        })
    }
}

/// Saves a workbook, by way of a nameless temporary file if it has links.
fn save(
    workbook: &mut Workbook,
    links: Vec<NumberedLinks>,
    folder: &Path,
    file: &mut StagedFile,
) -> Result<(), XlsxError> {
    if links.is_empty() {
        return workbook.save_to_writer(file);
    }
    let mut plain = tempfile::tempfile_in(folder)?;
    workbook.save_to_writer(BufWriter::new(&mut plain))?;
    plain.rewind()?;
    Ok(linked::copy(BufReader::new(plain), links, file)?)
}

/// The creation date is fixed: the same input shall give the same bytes.
fn properties(facts: &RunFacts) -> DocProperties {
    DocProperties::new()
        .set_title("Trapline results")
        .set_author(format!("Trapline {}", facts.trapline_version))
        .set_creation_datetime(&date(2000, 1, 1).at(0, 0, 0, 0))
}

/// Turns what the spreadsheet library says into our error. The library panics when a temporary
/// file of a sheet cannot be written, as on a full disk; that is an error like any other here.
fn guarded<T>(work: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, ReportError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(XlsxError::IoError(source))) => Err(ReportError::Write {
            file: WORKBOOK,
            source,
        }),
        Ok(Err(source)) => Err(ReportError::Workbook { source }),
        Err(_) => Err(ReportError::Write {
            file: WORKBOOK,
            source: io::Error::other("the temporary file of a sheet could not be written"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_library_is_an_error() {
        let error = guarded::<()>(|| panic!("Couldn't write to xml file")).unwrap_err();
        assert!(matches!(error, ReportError::Write { file: WORKBOOK, .. }));
    }
}
