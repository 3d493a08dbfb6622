//! One value into one cell of a sheet.

use jiff::civil::DateTime;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::{formats::Formats, text::fitting};
use crate::report::columns::Cell;

/// Where a cell is; both counted from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The row.
    pub(super) row: u32,
    /// The column.
    pub(super) column: u16,
}

/// Writes a value as a real date, a real number or plain text. A link becomes plain text too;
/// only tables make links work.
pub(super) fn write(
    sheet: &mut Worksheet,
    Place { row, column }: Place,
    cell: &Cell<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Blank => return Ok(()),
        Cell::Text(text) | Cell::Link(text) => sheet.write_string(row, column, fitting(text))?,
        #[expect(
            clippy::cast_precision_loss,
            reason = "a sheet holds every number as an f64"
        )]
        Cell::Integer(value) => sheet.write_number(row, column, *value as f64)?,
        Cell::Number(value) => sheet.write_number(row, column, *value)?,
        Cell::Moment(moment) if is_known_to_excel(*moment) => {
            sheet.write_datetime_with_format(row, column, *moment, &formats.moment)?
        }
        Cell::Moment(moment) => sheet.write_string(row, column, moment.to_string())?,
        Cell::Label(label) => {
            sheet.write_string_with_format(row, column, label.name(), formats.label(*label))?
        }
    };
    Ok(())
}

/// Excel's calendar begins in 1900 and counts a 29 February 1900 that never was.
fn is_known_to_excel(moment: DateTime) -> bool {
    moment.year() > 1900
}
