//! `detections.csv`: the table of detections.

use super::{
    DETECTIONS_CSV, Inputs, Made, Report, ReportError, ReportKind, Totals,
    columns::detection_headings, csv_table::CsvTable, record_row::RecordRow,
    staged_file::StagedFile,
};

pub(super) const KIND: ReportKind = ReportKind {
    name: DETECTIONS_CSV,
    made: Made::Always,
    begin,
};

struct DetectionsCsv(CsvTable);

fn begin<'a>(inputs: &Inputs<'a>) -> Result<Box<dyn Report + 'a>, ReportError> {
    let headings = detection_headings(inputs.corrections.is_some());
    let is_plain = inputs.facts.options.csv_plain;
    let table = CsvTable::create(inputs.folder, DETECTIONS_CSV, &headings, is_plain)?;
    Ok(Box::new(DetectionsCsv(table)))
}

impl Report for DetectionsCsv {
    fn add(&mut self, row: &RecordRow<'_>) -> Result<(), ReportError> {
        row.detections
            .iter()
            .try_for_each(|cells| self.0.add(cells))
    }

    fn finish(self: Box<Self>, _: &Totals<'_>) -> Result<StagedFile, ReportError> {
        self.0.finish()
    }
}
