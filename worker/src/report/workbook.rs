//! `results.xlsx`: Summary, Images, Detections, Failures, Settings.
//!
//! Rows go to temporary files as they come, so that memory does not grow with them. Text is
//! written as text only: nothing from outside can become a formula.

mod cell;
mod formats;
mod limits;
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
    Inputs, Made, Report, ReportError, ReportKind, Totals, WORKBOOK,
    columns::{FailureRow, TableRow as _, detection_headings, image_headings},
    record_row::RecordRow,
    staged_file::StagedFile,
};
use crate::run_facts::RunFacts;
use formats::Formats;
pub use limits::WorkbookLimits;
use linked::NumberedLinks;
use notes::NoteSheet;
use table_sheets::{OpenWorkbook, TableSheets};

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

pub(super) const KIND: ReportKind = ReportKind {
    name: WORKBOOK,
    made: Made::Always,
    begin,
};

/// `results.xlsx` being written.
struct WorkbookFile {
    file: StagedFile,
    book: OpenWorkbook,
    images: TableSheets,
    detections: TableSheets,
    failures: TableSheets,
}

/// Starts a workbook, with or without columns for corrections; its temporary files lie in the
/// package's folder.
fn begin<'a>(inputs: &Inputs<'a>) -> Result<Box<dyn Report + 'a>, ReportError> {
    let Inputs { folder, facts, .. } = *inputs;
    let is_corrected = inputs.corrections.is_some();
    let file = StagedFile::create(folder, WORKBOOK)?;
    guarded(|| {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder)?;
        workbook.set_zip_compression_level(COMPRESSION_LEVEL);
        workbook.use_zip_large_file(facts.counts.files > FILES_OF_A_LARGE_WORKBOOK);
        workbook.set_properties(&properties(facts));
        let mut book = OpenWorkbook {
            workbook,
            formats: Formats::new(),
            limits: inputs.limits,
            folder: folder.to_owned(),
        };
        let detections = detection_headings(is_corrected);
        Ok(Box::new(WorkbookFile {
            file,
            images: TableSheets::open("Images", image_headings(is_corrected), &mut book)?,
            detections: TableSheets::open("Detections", detections, &mut book)?,
            failures: TableSheets::open("Failures", FailureRow::headings(), &mut book)?,
            book,
        }) as Box<dyn Report>)
    })
}

impl Report for WorkbookFile {
    fn add(&mut self, row: &RecordRow<'_>) -> Result<(), ReportError> {
        guarded(|| {
            if let Some(failure) = FailureRow::of(row.record) {
                self.failures.add(&failure.cells(), &mut self.book)?;
            }
            if let Some(image) = &row.image {
                self.images.add(image, &mut self.book)?;
            }
            for detection in &row.detections {
                self.detections.add(detection, &mut self.book)?;
            }
            Ok(())
        })
    }

    /// Puts the sheets together.
    fn finish(self: Box<Self>, totals: &Totals<'_>) -> Result<StagedFile, ReportError> {
        let Self {
            mut file,
            images,
            detections,
            failures,
            book:
                OpenWorkbook {
                    mut workbook,
                    formats,
                    folder,
                    ..
                },
        } = *self;
        let Inputs {
            facts, corrections, ..
        } = totals.inputs;
        guarded(|| {
            let mut notes = NoteSheet::open("Summary", &SUMMARY_WIDTHS, &mut workbook, &formats)?;
            summary::write(&mut notes, facts, totals.survey)?;
            workbook.push_worksheet(notes.close());
            let mut links = Vec::new();
            for table in [images, detections, failures] {
                table.close_into(&mut workbook, &mut links)?;
            }
            let mut notes = NoteSheet::open("Settings", &SETTINGS_WIDTHS, &mut workbook, &formats)?;
            settings::write(&mut notes, facts, corrections.is_some())?;
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
