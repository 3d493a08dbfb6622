//! A sheet of facts for people: titles, lines of a name and values, sentences.

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use super::{
    cell::{self, Place},
    formats::Formats,
    text::fitting,
};
use crate::report::columns::{Cell, Label};

/// A sheet of notes being written from top to bottom.
pub(super) struct NoteSheet<'w> {
    sheet: Worksheet,
    formats: &'w Formats,
    next_row: u32,
}

impl<'w> NoteSheet<'w> {
    /// Starts a sheet.
    pub(super) fn open(
        title: &str,
        workbook: &mut Workbook,
        formats: &'w Formats,
    ) -> Result<Self, XlsxError> {
        let mut sheet = workbook.new_worksheet_with_constant_memory()?;
        sheet.set_name(title)?;
        sheet.set_column_width(0, 44)?.set_column_width(1, 24)?;
        sheet.set_column_width(2, 24)?.set_column_width(3, 24)?;
        Ok(Self {
            sheet,
            formats,
            next_row: 0,
        })
    }

    /// The title of the sheet.
    pub(super) fn title(&mut self, text: &str) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(
            self.next_row,
            0,
            fitting(text),
            &self.formats.title,
        )?;
        self.next_row += 1;
        Ok(())
    }

    /// The title of a block, after a free row.
    pub(super) fn heading(&mut self, text: &str) -> Result<(), XlsxError> {
        self.sheet
            .write_string_with_format(self.next_row + 1, 0, text, &self.formats.heading)?;
        self.next_row += 2;
        Ok(())
    }

    /// A sentence that must be read.
    pub(super) fn notice(&mut self, text: &str) -> Result<(), XlsxError> {
        let Cell::Text(text) = Cell::text(text) else {
            return Ok(());
        };
        self.sheet.write_string_with_format(
            self.next_row,
            0,
            fitting(&text),
            &self.formats.notice,
        )?;
        self.next_row += 1;
        Ok(())
    }

    /// Names of columns.
    pub(super) fn header(&mut self, names: &[&str]) -> Result<(), XlsxError> {
        for (column, name) in (0..).zip(names) {
            self.sheet.write_string_with_format(
                self.next_row,
                column,
                *name,
                &self.formats.header,
            )?;
        }
        self.next_row += 1;
        Ok(())
    }

    /// A name and its values.
    pub(super) fn line(&mut self, name: &str, values: &[Cell<'_>]) -> Result<(), XlsxError> {
        self.write(0, &Cell::text(name))?;
        for (column, value) in (1..).zip(values) {
            self.write(column, value)?;
        }
        self.next_row += 1;
        Ok(())
    }

    /// A line whose name has the colour of a label.
    pub(super) fn label_line(
        &mut self,
        label: Label,
        values: &[Cell<'_>],
    ) -> Result<(), XlsxError> {
        self.write(0, &Cell::Label(label))?;
        self.line("", values)
    }

    /// A name and a number.
    pub(super) fn count(&mut self, name: &str, count: u64) -> Result<(), XlsxError> {
        self.line(name, &[Cell::count(count)])
    }

    fn write(&mut self, column: u16, cell: &Cell<'_>) -> Result<(), XlsxError> {
        cell::write(
            &mut self.sheet,
            Place {
                row: self.next_row,
                column,
            },
            cell,
            self.formats,
        )
    }

    /// The complete sheet.
    pub(super) fn close(self) -> Worksheet {
        self.sheet
    }
}
