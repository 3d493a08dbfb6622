//! A sheet of facts for people: titles, lines of a name and values, sentences.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{
    cell::{self, Place},
    formats::Formats,
    text::fitting,
};
use crate::report::columns::{Cell, Label};

/// Height of a line of text in points, as spreadsheet programs have it by default.
const LINE_POINTS: f64 = 15.0;

/// The tallest row that Excel allows, in points.
const TALLEST_ROW_POINTS: f64 = 409.0;

/// A sheet of notes being written from top to bottom.
pub(super) struct NoteSheet<'w> {
    sheet: Worksheet,
    formats: &'w Formats,
    widths: &'static [u8],
    next_row: u32,
}

impl<'w> NoteSheet<'w> {
    /// Starts a sheet with columns of these widths, in characters.
    pub(super) fn open(
        title: &str,
        widths: &'static [u8],
        workbook: &mut Workbook,
        formats: &'w Formats,
    ) -> Result<Self, XlsxError> {
        let mut sheet = workbook.new_worksheet_with_constant_memory()?;
        sheet.set_name(title)?.set_screen_gridlines(false);
        for (column, width) in (0..).zip(widths) {
            sheet.set_column_width(column, *width)?;
        }
        sheet.set_landscape().set_print_fit_to_pages(1, 0);
        Ok(Self {
            sheet,
            formats,
            widths,
            next_row: 0,
        })
    }

    /// Has all values, numbers too, stand as text does: at the left, in as many lines as needed.
    pub(super) fn align_values(&mut self) -> Result<(), XlsxError> {
        self.sheet.set_column_format(1, &self.formats.value)?;
        Ok(())
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
        let formats = self.formats;
        self.across(text, &formats.notice)
    }

    /// A sentence.
    pub(super) fn sentence(&mut self, text: &str) -> Result<(), XlsxError> {
        let formats = self.formats;
        self.across(text, &formats.sentence)
    }

    /// A text in lines across all columns.
    fn across(&mut self, text: &str, format: &Format) -> Result<(), XlsxError> {
        let Cell::Text(text) = Cell::text(text) else {
            return Ok(());
        };
        let width: usize = self.widths.iter().copied().map(usize::from).sum();
        // Letters are of different widths; a fifth to spare is enough for any language.
        let lines = (text.chars().count() * 6 / 5).div_ceil(width.max(1)).max(1);
        let height = LINE_POINTS * f64::from(u32::try_from(lines).unwrap_or(u32::MAX));
        self.sheet
            .set_row_height(self.next_row, height.min(TALLEST_ROW_POINTS))?;
        let last = u16::try_from(self.widths.len().saturating_sub(1)).unwrap_or(0);
        let (row, text) = (self.next_row, fitting(&text));
        if last > 0 {
            self.sheet.merge_range(row, 0, row, last, &text, format)?;
        } else {
            self.sheet.write_string_with_format(row, 0, text, format)?;
        }
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
