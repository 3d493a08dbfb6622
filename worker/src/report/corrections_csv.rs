//! `corrections.csv`: everything that people said about the results.

use super::{
    CORRECTIONS_CSV, Inputs, Made, Report, ReportError, ReportKind, Totals,
    columns::{CorrectionRow, TableRow as _},
    csv_table::CsvTable,
    record_row::RecordRow,
    staged_file::StagedFile,
};

pub(super) const KIND: ReportKind = ReportKind {
    name: CORRECTIONS_CSV,
    made: Made::WithCorrections,
    begin,
};

struct CorrectionsCsv(CsvTable);

fn begin<'a>(inputs: &Inputs<'a>) -> Result<Box<dyn Report + 'a>, ReportError> {
    let headings = CorrectionRow::headings();
    let is_plain = inputs.facts.options.csv_plain;
    let mut table = CsvTable::create(inputs.folder, CORRECTIONS_CSV, &headings, is_plain)?;
    for row in inputs.corrections.into_iter().flat_map(CorrectionRow::all) {
        table.add(&row.cells())?;
    }
    Ok(Box::new(CorrectionsCsv(table)))
}

impl Report for CorrectionsCsv {
    fn add(&mut self, _: &RecordRow<'_>) -> Result<(), ReportError> {
        Ok(())
    }

    fn finish(self: Box<Self>, _: &Totals<'_>) -> Result<StagedFile, ReportError> {
        self.0.finish()
    }
}
