//! `run.json`: the facts about the run. It gets its name last: where it is, the package is whole.

use std::io::{self, Write as _};

use super::{
    Inputs, Made, RUN_JSON, Report, ReportError, ReportKind, Totals, record_row::RecordRow,
    staged_file::StagedFile,
};

pub(super) const KIND: ReportKind = ReportKind {
    name: RUN_JSON,
    made: Made::Always,
    begin,
};

struct RunJson;

fn begin<'a>(_: &Inputs<'a>) -> Result<Box<dyn Report + 'a>, ReportError> {
    Ok(Box::new(RunJson))
}

impl Report for RunJson {
    fn add(&mut self, _: &RecordRow<'_>) -> Result<(), ReportError> {
        Ok(())
    }

    fn finish(self: Box<Self>, totals: &Totals<'_>) -> Result<StagedFile, ReportError> {
        let mut file = StagedFile::create(totals.inputs.folder, RUN_JSON)?;
        serde_json::to_writer_pretty(&mut file, totals.inputs.facts)
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(b"\n"))
            .map_err(ReportError::writing(RUN_JSON))?;
        Ok(file)
    }
}
