//! Writing all reports of a package in one pass over the records.
//!
//! The files stay under temporary names until all of them are complete on the disk, so that a
//! package is never half old, half new.

use std::{io, path::Path};

use common::{MediaRecord, correction::Corrections};

use super::{
    ALL, CopySource, Inputs, RUN_JSON, Report, ReportError, Totals, WorkbookLimits,
    record_row::RecordRow,
    staged_file::{self, StagedFile},
    survey::Survey,
};
use crate::run_facts::RunFacts;

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

/// Writes all reports of a package without corrections into a folder, each beside its final name
/// first and then renamed. Needs the same little
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
    write(
        Inputs {
            folder,
            facts,
            corrections: None,
            limits,
        },
        records,
        copies,
    )
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
    write(
        Inputs {
            folder,
            facts,
            corrections: Some(corrections),
            limits: WorkbookLimits::default(),
        },
        records,
        copies,
    )
}

fn write(
    inputs: Inputs<'_>,
    records: &dyn RecordSource,
    copies: &dyn CopySource,
) -> Result<(), ReportError> {
    let made = ALL
        .iter()
        .filter(|kind| kind.is_made(inputs.corrections.is_some()));
    let begun = made.map(|kind| (kind.begin)(&inputs));
    let mut reports: Vec<Box<dyn Report>> = begun.collect::<Result<_, _>>()?;
    let mut survey = Survey::new(inputs.facts.options.threshold, inputs.limits.cameras);
    let unreadable = |source| ReportError::ReadRecords { source };
    for (number, record) in (0..).zip(records.records().map_err(unreadable)?) {
        let record = record.map_err(unreadable)?;
        RecordRow::with(number, &record, &inputs, |row| {
            survey.add(row.record, row.camera_folder);
            reports.iter_mut().try_for_each(|report| report.add(row))
        })?;
    }
    survey.check(&inputs.facts.counts)?;
    let totals = Totals {
        inputs,
        survey: &survey,
        copies,
    };
    let finished = reports.into_iter().map(|report| report.finish(&totals));
    publish(inputs.folder, finished.collect::<Result<_, _>>()?)
}

/// Gives complete files their names, once all of them are on the disk.
fn publish(folder: &Path, mut files: Vec<StagedFile>) -> Result<(), ReportError> {
    files.iter_mut().try_for_each(StagedFile::seal)?;
    files.into_iter().try_for_each(StagedFile::publish)?;
    staged_file::seal_folder(folder).map_err(ReportError::writing(RUN_JSON))
}
