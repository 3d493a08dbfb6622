//! Why a report could not be written.

use std::io;

use rust_xlsxwriter::XlsxError;

use super::WORKBOOK;
use crate::run_facts::Counts;

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
        source: io::Error,
    },
    /// The records could not be read back.
    #[error("the records of the files could not be read")]
    ReadRecords {
        /// What the source of the records said.
        #[source]
        source: io::Error,
    },
    /// The spreadsheet library refused a cell or could not save the workbook.
    #[error("writing {WORKBOOK}")]
    Workbook {
        /// What the library said.
        #[source]
        source: XlsxError,
    },
    /// The records are not those that the run counted; a report of either would be wrong.
    #[error("the records hold {} files, the run counted {}; their counts differ", .counted.files, .stated.files)]
    CountsDiffer {
        /// What the records add up to.
        counted: Box<Counts>,
        /// What the run says it did.
        stated: Box<Counts>,
    },
}

impl ReportError {
    /// For `map_err`: the disk refused to write this file.
    pub(super) fn writing(file: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Write { file, source }
    }
}
