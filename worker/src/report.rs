//! The result package: workbook, report for the browser, CSV, MegaDetector JSON, run facts.
//!
//! Everything is written in one pass over the records. The files stay under temporary names
//! until all of them are complete on the disk, so that a package is never half old, half new.

mod columns;
mod copy_source;
mod csv_table;
mod error;
mod megadetector;
mod overview;
mod staged_file;
mod survey;
mod workbook;

use std::{
    io::{self, Write as _},
    path::Path,
};

use crate::run_facts::RunFacts;
use common::{MediaOutcome, MediaRecord, correction::Corrections, deployment::camera_folder};
pub use copy_source::{CopySource, FolderCopies};
pub use error::ReportError;

use columns::{
    CorrectedDetectionRow, CorrectedImageRow, CorrectionRow, DetectionRow, FailureRow, ImageRow,
    TableRow,
};
use csv_table::CsvTable;
use megadetector::MegadetectorFile;
use overview::Overview;
use staged_file::StagedFile;
use survey::Survey;
use workbook::WorkbookFile;

/// File name of the workbook.
pub const WORKBOOK: &str = "results.xlsx";
/// File name of the report for the browser.
pub const REPORT_HTML: &str = "report.html";
/// File name of the table of images.
pub const IMAGES_CSV: &str = "images.csv";
/// File name of the table of detections.
pub const DETECTIONS_CSV: &str = "detections.csv";
/// File name of the table of what people said about the results.
pub const CORRECTIONS_CSV: &str = "corrections.csv";
/// File name of the detections in MegaDetector's format.
pub const MEGADETECTOR_JSON: &str = "megadetector.json";
/// File name of the facts about the run.
pub const RUN_JSON: &str = "run.json";

/// All reports, in the order in which they stand in a zip.
pub const FILES: [&str; 6] = [
    WORKBOOK,
    REPORT_HTML,
    IMAGES_CSV,
    DETECTIONS_CSV,
    MEGADETECTOR_JSON,
    RUN_JSON,
];

/// The reports of a package with corrections, in the order in which they stand in a zip.
pub const FILES_WITH_CORRECTIONS: [&str; 7] = [
    WORKBOOK,
    REPORT_HTML,
    IMAGES_CSV,
    DETECTIONS_CSV,
    CORRECTIONS_CSV,
    MEGADETECTOR_JSON,
    RUN_JSON,
];

/// What iterates over the records of a run.
pub type Records<'a> = Box<dyn Iterator<Item = io::Result<MediaRecord>> + 'a>;

/// Where reports get the records from: in path order, as often as they ask.
pub trait RecordSource {
    /// Starts from the first record.
    ///
    /// # Errors
    /// When the records cannot be opened.
    fn records(&self) -> io::Result<Records<'_>>;
}

/// How much fits into one part of the workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkbookLimits {
    /// Most rows below the header of one sheet; further rows go to a sheet `Images 2`, ….
    pub rows_per_sheet: u32,
    /// Most links on one sheet; further paths are plain text.
    pub links_per_sheet: u32,
    /// Most cameras that the Summary lists one by one.
    pub cameras: usize,
}

impl Default for WorkbookLimits {
    /// Excel's limits: 1,048,576 rows with the header and 65,530 links on a sheet; and 10,000
    /// cameras, so that a folder for each picture does not fill the memory.
    fn default() -> Self {
        Self {
            rows_per_sheet: 1_048_575,
            links_per_sheet: 65_530,
            cameras: 10_000,
        }
    }
}

/// Writes `results.xlsx`, `report.html`, `images.csv`, `detections.csv`, `megadetector.json` and `run.json`
/// into a folder, each beside its final name first and then renamed. Needs the same little
/// memory for a hundred records and for a million. All but `run.json` are the same, byte for
/// byte, for the same records and facts, whenever they are written.
///
/// # Errors
/// When a file cannot be written, the records cannot be read, or they do not add up to the
/// counts in `facts`.
pub fn write_all(
    records: &dyn RecordSource,
    copies: &dyn CopySource,
    facts: &RunFacts,
    folder: &Path,
) -> Result<(), ReportError> {
    write_all_within(WorkbookLimits::default(), records, copies, facts, folder)
}

/// [`write_all`] with other limits for the workbook than Excel's.
///
/// # Errors
/// As for [`write_all`].
pub fn write_all_within(
    limits: WorkbookLimits,
    records: &dyn RecordSource,
    copies: &dyn CopySource,
    facts: &RunFacts,
    folder: &Path,
) -> Result<(), ReportError> {
    let package = Package::create(limits, None, facts, folder)?;
    package.write(records, copies, folder)
}

/// [`write_all`] with what people said about the results: in columns of their own behind the
/// others of the workbook and of the CSV files, and in `corrections.csv`. Whatever the model said
/// stays as it is, and so do all counts.
///
/// # Errors
/// As for [`write_all`].
pub fn write_all_corrected(
    corrections: &Corrections,
    records: &dyn RecordSource,
    copies: &dyn CopySource,
    facts: &RunFacts,
    folder: &Path,
) -> Result<(), ReportError> {
    let limits = WorkbookLimits::default();
    let package = Package::create(limits, Some(corrections), facts, folder)?;
    package.write(records, copies, folder)
}

/// All files of the package while the records pass by.
struct Package<'f> {
    facts: &'f RunFacts,
    corrections: Option<&'f Corrections>,
    /// The number of the next record.
    number: u32,
    survey: Survey,
    workbook: WorkbookFile,
    overview: Overview,
    images: CsvTable,
    detections: CsvTable,
    megadetector: MegadetectorFile<'f>,
}

impl<'f> Package<'f> {
    fn create(
        limits: WorkbookLimits,
        corrections: Option<&'f Corrections>,
        facts: &'f RunFacts,
        folder: &Path,
    ) -> Result<Self, ReportError> {
        let is_corrected = corrections.is_some();
        let image_headings = columns::image_headings(is_corrected);
        let detection_headings = columns::detection_headings(is_corrected);
        let table = |name, headings: &[&columns::Heading]| {
            CsvTable::create(folder, name, headings, facts.options.csv_plain)
        };
        Ok(Self {
            facts,
            corrections,
            number: 0,
            survey: Survey::new(facts.options.threshold, limits.cameras),
            workbook: WorkbookFile::create(folder, facts, limits, is_corrected)?,
            overview: Overview::new(facts),
            images: table(IMAGES_CSV, &image_headings)?,
            detections: table(DETECTIONS_CSV, &detection_headings)?,
            megadetector: MegadetectorFile::create(folder, facts)?,
        })
    }

    fn write(
        mut self,
        records: &dyn RecordSource,
        copies: &dyn CopySource,
        folder: &Path,
    ) -> Result<(), ReportError> {
        let unreadable = |source| ReportError::ReadRecords { source };
        for record in records.records().map_err(unreadable)? {
            self.add(&record.map_err(unreadable)?)?;
            self.number = self.number.saturating_add(1);
        }
        self.publish(copies, folder)
    }

    fn add(&mut self, record: &MediaRecord) -> Result<(), ReportError> {
        let folder = camera_folder(&record.path);
        self.survey.add(record, &folder);
        let said = self.corrections.and_then(|all| all.about(self.number));
        self.overview.add(record, &folder, said);
        if let Some(row) = FailureRow::of(record) {
            self.workbook.add_failure(&row)?;
        }
        if matches!(record.outcome, MediaOutcome::Skipped(_)) {
            return Ok(());
        }
        let threshold = self.facts.options.threshold;
        let image = ImageRow::new(record, &folder, threshold);
        let detections = DetectionRow::all(record, &folder, self.facts);
        match self.corrections {
            None => {
                self.add_image(&image)?;
                for row in detections {
                    self.add_detection(&row)?;
                }
            }
            Some(_) => {
                self.add_image(&CorrectedImageRow::new(image, record, threshold, said))?;
                for row in CorrectedDetectionRow::all(detections, said) {
                    self.add_detection(&row)?;
                }
            }
        }
        self.megadetector.add(record)
    }

    fn add_image(&mut self, row: &impl TableRow) -> Result<(), ReportError> {
        self.workbook.add_image(row)?;
        self.images.add(row)
    }

    fn add_detection(&mut self, row: &impl TableRow) -> Result<(), ReportError> {
        self.workbook.add_detection(row)?;
        self.detections.add(row)
    }

    /// Completes every file, then renames them all.
    fn publish(self, copies: &dyn CopySource, folder: &Path) -> Result<(), ReportError> {
        self.survey.check(&self.facts.counts)?;
        let mut files = vec![
            self.workbook.finish(self.facts, &self.survey)?,
            self.overview.finish(self.facts, copies, folder)?,
            self.images.finish()?,
            self.detections.finish()?,
            self.megadetector.finish()?,
            write_run_facts(folder, self.facts)?,
        ];
        if let Some(corrections) = self.corrections {
            files.push(write_corrections(folder, corrections, self.facts)?);
        }
        files.iter_mut().try_for_each(StagedFile::seal)?;
        files.into_iter().try_for_each(StagedFile::publish)?;
        staged_file::seal_folder(folder).map_err(ReportError::writing(RUN_JSON))
    }
}

fn write_corrections(
    folder: &Path,
    corrections: &Corrections,
    facts: &RunFacts,
) -> Result<StagedFile, ReportError> {
    let headings = CorrectionRow::headings();
    let is_plain = facts.options.csv_plain;
    let mut table = CsvTable::create(folder, CORRECTIONS_CSV, &headings, is_plain)?;
    for row in CorrectionRow::all(corrections) {
        table.add(&row)?;
    }
    table.finish()
}

fn write_run_facts(folder: &Path, facts: &RunFacts) -> Result<StagedFile, ReportError> {
    let mut file = StagedFile::create(folder, RUN_JSON)?;
    serde_json::to_writer_pretty(&mut file, facts)
        .map_err(io::Error::from)
        .and_then(|()| file.write_all(b"\n"))
        .map_err(ReportError::writing(RUN_JSON))?;
    Ok(file)
}
