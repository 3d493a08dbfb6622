//! A table as a CSV file: RFC 4180, UTF-8.
//!
//! No byte order mark: R, pandas and database loaders would take it for a part of the first
//! column's name. Readers with Excel have the workbook.

use std::{borrow::Cow, io, path::Path};

use common::formula_guard::guarded;
use csv::{Terminator, Writer, WriterBuilder};

use super::{
    ReportError,
    columns::{Cell, Heading},
    staged_file::StagedFile,
};

/// A CSV file being written.
pub(crate) struct CsvTable {
    name: &'static str,
    is_plain: bool,
    writer: Writer<StagedFile>,
}

impl CsvTable {
    /// Starts a file with the header of a table. A plain one has its text as it is, others guard
    /// it against being run as a formula.
    pub(crate) fn create(
        folder: &Path,
        name: &'static str,
        headings: &[&Heading],
        is_plain: bool,
    ) -> Result<Self, ReportError> {
        let file = StagedFile::create(folder, name)?;
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(file);
        let header = headings.iter().map(|heading| heading.name);
        writer
            .write_record(header)
            .map_err(|error| refused(name, error))?;
        Ok(Self {
            name,
            is_plain,
            writer,
        })
    }

    /// Writes one row.
    pub(crate) fn add(&mut self, cells: &[Cell<'_>]) -> Result<(), ReportError> {
        let refused = |error| refused(self.name, error);
        for cell in cells {
            self.writer
                .write_field(field(cell, self.is_plain).as_bytes())
                .map_err(refused)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(refused)
    }

    /// Gives the complete file back, to be published.
    pub(crate) fn finish(self) -> Result<StagedFile, ReportError> {
        self.writer
            .into_inner()
            .map_err(|error| ReportError::Write {
                file: self.name,
                source: error.into_error(),
            })
    }
}

fn refused(file: &'static str, error: csv::Error) -> ReportError {
    ReportError::Write {
        file,
        source: io::Error::from(error),
    }
}

/// A cell's text. Numbers keep their full precision; times are ISO 8601 without a zone.
fn field<'c>(cell: &'c Cell<'_>, is_plain: bool) -> Cow<'c, str> {
    match cell {
        Cell::Blank => Cow::Borrowed(""),
        Cell::Text(text) | Cell::Link(text) if is_plain => Cow::Borrowed(text),
        Cell::Text(text) | Cell::Link(text) => guarded(Cow::Borrowed(text)),
        Cell::Integer(value) => Cow::Owned(value.to_string()),
        Cell::Number(value) => Cow::Owned(value.to_string()),
        Cell::Moment(moment) => Cow::Owned(moment.to_string()),
        Cell::Label(label) => Cow::Borrowed(label.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_guarded_unless_the_table_is_plain() {
        for text in ["=1+1", "@SUM(A1)", "-cam/a.jpg"] {
            assert_eq!(field(&Cell::text(text), false), format!("'{text}"));
            assert_eq!(field(&Cell::text(text), true), text);
        }
        assert_eq!(field(&Cell::text("-33.123"), false), "-33.123");
        assert_eq!(field(&Cell::maybe_link(Some("=a.jpg")), false), "'=a.jpg");
    }

    #[test]
    fn numbers_are_not_guarded_and_times_are_iso() {
        assert_eq!(field(&Cell::Number(-12.5), false), "-12.5");
        assert_eq!(field(&Cell::Integer(-60), false), "-60");
        let moment = jiff::civil::date(2024, 5, 1).at(6, 30, 15, 120_000_000);
        assert_eq!(
            field(&Cell::Moment(moment), false),
            "2024-05-01T06:30:15.12"
        );
    }
}
