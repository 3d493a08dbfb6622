//! The result package: workbook, CSV, MegaDetector JSON, run facts.

use std::path::Path;

use common::MediaRecord;

use crate::run_facts::RunFacts;

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The disk refused.
    #[error("writing {file}")]
    Write {
        /// The report's file name.
        file: &'static str,
        /// What the disk said.
        #[source]
        source: std::io::Error,
    },
}

/// Where reports get the records from: in path order, as often as they ask.
pub trait RecordSource {
    /// Starts from the first record.
    ///
    /// # Errors
    /// When the records cannot be opened.
    fn records(&self) -> std::io::Result<Box<dyn Iterator<Item = std::io::Result<MediaRecord>> + '_>>;
}

/// Writes `results.xlsx`, `images.csv`, `detections.csv`, `megadetector.json` and `run.json`
/// into a folder, each beside its final name first and then renamed. Needs the same little
/// memory for a hundred records and for a million.
///
/// # Errors
/// When a file cannot be written or the records cannot be read.
pub fn write_all(
    _records: &dyn RecordSource,
    _facts: &RunFacts,
    _folder: &Path,
) -> Result<(), ReportError> {
    todo!()
}
