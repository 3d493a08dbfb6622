//! A table as one sheet, or as several when it has more rows than a sheet holds.

use std::{mem, path::PathBuf};

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use super::{
    cell::{self, Place},
    formats::Formats,
    link::{self, SheetLinks},
    linked::NumberedLinks,
    text::fitting,
};
use crate::report::{
    WorkbookLimits,
    columns::{Cell, Heading},
};

/// Where and how the sheets of a workbook are written.
pub(super) struct OpenWorkbook {
    /// The workbook they belong to.
    pub(super) workbook: Workbook,
    /// How their cells look.
    pub(super) formats: Formats,
    /// How much fits into one.
    pub(super) limits: WorkbookLimits,
    /// Where temporary files lie.
    pub(super) folder: PathBuf,
}

/// One sheet with its links.
struct Page {
    sheet: Worksheet,
    links: SheetLinks,
    rows: u32,
}

/// A table being written.
pub(super) struct TableSheets {
    title: &'static str,
    headings: Vec<&'static Heading>,
    full: Vec<Page>,
    page: Page,
}

impl TableSheets {
    /// Starts a table with its first sheet.
    pub(super) fn open(
        title: &'static str,
        headings: Vec<&'static Heading>,
        book: &mut OpenWorkbook,
    ) -> Result<Self, XlsxError> {
        let page = Page::open(title, &headings, book)?;
        Ok(Self {
            title,
            headings,
            full: Vec::new(),
            page,
        })
    }

    /// Writes a row, on a further sheet if this one is full.
    pub(super) fn add(
        &mut self,
        cells: &[Cell<'_>],
        book: &mut OpenWorkbook,
    ) -> Result<(), XlsxError> {
        if self.page.rows >= book.limits.rows_per_sheet {
            let title = format!("{} {}", self.title, self.full.len() + 2);
            let fresh = Page::open(&title, &self.headings, book)?;
            self.full.push(mem::replace(&mut self.page, fresh));
        }
        self.page.rows += 1;
        (0..)
            .zip(cells)
            .try_for_each(|(column, cell)| self.page.write(column, cell, book))
    }

    /// Adds all sheets of the table to the workbook, and their links to `links`.
    pub(super) fn close_into(
        mut self,
        workbook: &mut Workbook,
        links: &mut Vec<NumberedLinks>,
    ) -> Result<(), XlsxError> {
        self.full.push(self.page);
        let last_column = u16::try_from(self.headings.len().saturating_sub(1)).unwrap_or(u16::MAX);
        for mut page in self.full {
            page.sheet.autofilter(0, 0, page.rows, last_column)?;
            workbook.push_worksheet(page.sheet);
            if page.links.count() > 0 {
                links.push((workbook.worksheets().len(), page.links));
            }
        }
        Ok(())
    }
}

impl Page {
    fn open(
        title: &str,
        headings: &[&Heading],
        book: &mut OpenWorkbook,
    ) -> Result<Self, XlsxError> {
        Ok(Self {
            sheet: open_sheet(title, headings, &mut book.workbook, &book.formats)?,
            links: SheetLinks::create(&book.folder)?,
            rows: 0,
        })
    }

    fn write(
        &mut self,
        column: u16,
        cell: &Cell<'_>,
        book: &OpenWorkbook,
    ) -> Result<(), XlsxError> {
        let place = Place {
            row: self.rows,
            column,
        };
        if let Cell::Link(path) = cell
            && self.links.count() < book.limits.links_per_sheet
            && let Some(target) = link::target(path)
        {
            self.links.add(place, &target)?;
            let text = fitting(path);
            self.sheet
                .write_string_with_format(place.row, column, text, &book.formats.link)?;
            return Ok(());
        }
        cell::write(&mut self.sheet, place, cell, &book.formats)
    }
}

/// The width of a column in characters: as its values need it, or its name beside the arrow of
/// the filter.
fn width(heading: &Heading) -> u32 {
    const ARROW: u32 = 4;
    let name = u32::try_from(heading.name.len()).unwrap_or(u32::MAX);
    u32::from(heading.width).max(name.saturating_add(ARROW))
}

fn open_sheet(
    title: &str,
    headings: &[&Heading],
    workbook: &mut Workbook,
    formats: &Formats,
) -> Result<Worksheet, XlsxError> {
    let mut sheet = workbook.new_worksheet_with_constant_memory()?;
    sheet.set_name(title)?.set_freeze_panes(1, 1)?;
    sheet.set_landscape().set_repeat_rows(0, 0)?;
    for (column, heading) in (0..).zip(headings) {
        sheet.set_column_width(column, width(heading))?;
        if let Some(format) = formats.column(heading.style) {
            sheet.set_column_format(column, &format)?;
        }
        sheet.write_string_with_format(0, column, heading.name, &formats.header)?;
    }
    Ok(sheet)
}
