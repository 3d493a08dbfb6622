//! The result package: workbook, report for the browser, CSV, MegaDetector JSON, run facts.
//!
//! Each of its files is a `Report` in a module of its own, and stands in the list `ALL`. A new
//! one is a new module and a line in that list: then it is in the package of a command, of a job,
//! and in one that is made again.

mod columns;
mod copy_source;
mod corrections_csv;
mod csv_table;
mod detections_csv;
mod error;
mod images_csv;
mod megadetector;
mod overview;
mod record_row;
mod run_json;
mod staged_file;
mod survey;
mod workbook;
mod writing;

use std::path::Path;

use common::correction::Corrections;

use crate::run_facts::RunFacts;
pub use copy_source::{CopySource, FolderCopies};
pub use error::ReportError;
pub use workbook::WorkbookLimits;
pub use writing::{RecordSource, Records, write_all, write_all_corrected, write_all_within};

use record_row::RecordRow;
use staged_file::StagedFile;
use survey::Survey;

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

/// All reports, in the order in which they stand in a zip and get their names. The last one says
/// that the package is whole.
static ALL: [ReportKind; 7] = [
    workbook::KIND,
    overview::KIND,
    images_csv::KIND,
    detections_csv::KIND,
    corrections_csv::KIND,
    megadetector::KIND,
    run_json::KIND,
];

/// A report that can be in a package.
struct ReportKind {
    /// Its file name.
    name: &'static str,
    made: Made,
    begin: Begin,
}

/// When a report is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    /// It is in every package.
    Always,
    /// It is in packages with corrections.
    WithCorrections,
}

/// Begins a report in the package's folder, beside its final name.
type Begin = for<'a> fn(&Inputs<'a>) -> Result<Box<dyn Report + 'a>, ReportError>;

/// A file of the package while the records pass by.
trait Report {
    /// Takes the next record in.
    fn add(&mut self, row: &RecordRow<'_>) -> Result<(), ReportError>;

    /// Completes the file; it gets its name when all of them are complete.
    fn finish(self: Box<Self>, totals: &Totals<'_>) -> Result<StagedFile, ReportError>;
}

/// What is known before the first record.
#[derive(Clone, Copy)]
struct Inputs<'a> {
    /// Where the package grows.
    folder: &'a Path,
    facts: &'a RunFacts,
    /// What people said about the results. Without it, there are no columns for it.
    corrections: Option<&'a Corrections>,
    limits: WorkbookLimits,
}

/// What is known behind the last record.
#[derive(Clone, Copy)]
struct Totals<'a> {
    inputs: Inputs<'a>,
    survey: &'a Survey,
    copies: &'a dyn CopySource,
}

impl ReportKind {
    fn is_made(&self, is_corrected: bool) -> bool {
        self.made == Made::Always || is_corrected
    }
}

/// The file names of all reports of a package with or without corrections, in the order in which
/// they stand in a zip.
pub fn files(is_corrected: bool) -> impl Iterator<Item = &'static str> {
    let made = ALL.iter().filter(move |kind| kind.is_made(is_corrected));
    made.map(|kind| kind.name)
}
