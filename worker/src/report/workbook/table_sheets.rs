//! A table as one sheet, or as several when it has more rows than a sheet holds.

use std::mem;

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use super::{
    cell::{self, Place},
    formats::Formats,
    link,
    text::fitting,
};
use crate::report::{
    WorkbookLimits,
    columns::{Cell, Heading},
};

/// A table being written.
pub(super) struct TableSheets {
    title: &'static str,
    headings: Vec<&'static Heading>,
    limits: WorkbookLimits,
    full: Vec<Worksheet>,
    sheet: Worksheet,
    rows: u32,
    links: u32,
}

impl TableSheets {
    /// Starts a table with its first sheet.
    pub(super) fn open(
        title: &'static str,
        headings: Vec<&'static Heading>,
        limits: WorkbookLimits,
        workbook: &mut Workbook,
        formats: &Formats,
    ) -> Result<Self, XlsxError> {
        let sheet = open_sheet(title, &headings, workbook, formats)?;
        Ok(Self {
            title,
            headings,
            limits,
            full: Vec::new(),
            sheet,
            rows: 0,
            links: 0,
        })
    }

    /// Writes a row, on a further sheet if this one is full.
    pub(super) fn add(
        &mut self,
        cells: &[Cell<'_>],
        workbook: &mut Workbook,
        formats: &Formats,
    ) -> Result<(), XlsxError> {
        if self.rows >= self.limits.rows_per_sheet {
            self.turn_page(workbook, formats)?;
        }
        self.rows += 1;
        for (column, cell) in (0..).zip(cells) {
            self.write(column, cell, formats)?;
        }
        Ok(())
    }

    fn turn_page(&mut self, workbook: &mut Workbook, formats: &Formats) -> Result<(), XlsxError> {
        let title = format!("{} {}", self.title, self.full.len() + 2);
        let fresh = open_sheet(&title, &self.headings, workbook, formats)?;
        self.filter_rows()?;
        self.full.push(mem::replace(&mut self.sheet, fresh));
        (self.rows, self.links) = (0, 0);
        Ok(())
    }

    fn write(&mut self, column: u16, cell: &Cell<'_>, formats: &Formats) -> Result<(), XlsxError> {
        match cell {
            Cell::Link(path) => self.write_link(column, path, formats),
            _ => cell::write(
                &mut self.sheet,
                Place {
                    row: self.rows,
                    column,
                },
                cell,
                formats,
            ),
        }
    }

    fn write_link(&mut self, column: u16, path: &str, formats: &Formats) -> Result<(), XlsxError> {
        let has_room = self.links < self.limits.links_per_sheet;
        match link::relative(path).filter(|_| has_room) {
            Some(url) => {
                self.links += 1;
                self.sheet
                    .write_url_with_format(self.rows, column, url, &formats.link)?;
            }
            None => {
                self.sheet.write_string(self.rows, column, fitting(path))?;
            }
        }
        Ok(())
    }

    fn filter_rows(&mut self) -> Result<(), XlsxError> {
        let last_column = u16::try_from(self.headings.len().saturating_sub(1)).unwrap_or(u16::MAX);
        self.sheet.autofilter(0, 0, self.rows, last_column)?;
        Ok(())
    }

    /// Adds all sheets of the table to the workbook.
    pub(super) fn close_into(mut self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        self.filter_rows()?;
        self.full.push(self.sheet);
        self.full
            .into_iter()
            .for_each(|sheet| workbook.push_worksheet(sheet));
        Ok(())
    }
}

fn open_sheet(
    title: &str,
    headings: &[&Heading],
    workbook: &mut Workbook,
    formats: &Formats,
) -> Result<Worksheet, XlsxError> {
    let mut sheet = workbook.new_worksheet_with_constant_memory()?;
    sheet.set_name(title)?.set_freeze_panes(1, 1)?;
    for (column, heading) in (0..).zip(headings) {
        sheet.set_column_width(column, heading.width)?;
        if let Some(format) = formats.column(heading.style) {
            sheet.set_column_format(column, &format)?;
        }
        sheet.write_string_with_format(0, column, heading.name, &formats.header)?;
    }
    Ok(sheet)
}
