//! `images.csv`: the table of images.

use super::{
    IMAGES_CSV, Inputs, Made, Report, ReportError, ReportKind, Totals, columns::image_headings,
    csv_table::CsvTable, record_row::RecordRow, staged_file::StagedFile,
};

pub(super) const KIND: ReportKind = ReportKind {
    name: IMAGES_CSV,
    made: Made::Always,
    begin,
};

struct ImagesCsv(CsvTable);

fn begin<'a>(inputs: &Inputs<'a>) -> Result<Box<dyn Report + 'a>, ReportError> {
    let headings = image_headings(inputs.corrections.is_some());
    let is_plain = inputs.facts.options.csv_plain;
    let table = CsvTable::create(inputs.folder, IMAGES_CSV, &headings, is_plain)?;
    Ok(Box::new(ImagesCsv(table)))
}

impl Report for ImagesCsv {
    fn add(&mut self, row: &RecordRow<'_>) -> Result<(), ReportError> {
        row.image.iter().try_for_each(|cells| self.0.add(cells))
    }

    fn finish(self: Box<Self>, _: &Totals<'_>) -> Result<StagedFile, ReportError> {
        self.0.finish()
    }
}
