//! The table of corrections: everything that was said about the results, in its order.

use common::correction::{Correction, Corrections, Verdict};

use super::{Cell, Column, Heading, Label, Style, TableRow};

/// One thing that somebody said.
pub(crate) struct CorrectionRow<'r> {
    said: &'r Correction,
    is_undone: bool,
}

impl<'r> CorrectionRow<'r> {
    /// A row for each, those that were taken back too.
    pub(crate) fn all(corrections: &'r Corrections) -> impl Iterator<Item = Self> {
        corrections.list().iter().map(|said| Self {
            said,
            is_undone: corrections.is_undone(said.number),
        })
    }
}

impl TableRow for CorrectionRow<'_> {
    fn headings() -> Vec<&'static Heading> {
        COLUMNS.iter().map(|column| &column.heading).collect()
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        COLUMNS.iter().map(|column| (column.cell)(self)).collect()
    }
}

type CorrectionCell = for<'r> fn(&'r CorrectionRow<'r>) -> Cell<'r>;

const fn column(
    name: &'static str,
    meaning: &'static str,
    cell: CorrectionCell,
) -> Column<CorrectionCell> {
    Column {
        heading: Heading {
            name,
            meaning,
            width: 16,
            style: Style::Plain,
        },
        cell,
    }
}

static COLUMNS: &[Column<CorrectionCell>] = &[
    column("number", "Its place in the order, from 1.", |row| {
        Cell::count(row.said.number.into())
    }),
    column("corrected_at", "When it was said, in UTC.", |row| {
        Cell::maybe_instant(Some(row.said.at))
    }),
    column("file_path", "The image that it is about.", |row| {
        Cell::text(row.said.path.as_str())
    }),
    column(
        "verdict",
        "shows: the image shows this category; wrong-detection: this detection is wrong; undo: an earlier number is taken back.",
        |row| {
            Cell::text(match row.said.verdict {
                Verdict::Shows(_) => "shows",
                Verdict::WrongDetection(_) => "wrong-detection",
                Verdict::Undo(_) => "undo",
            })
        },
    ),
    column("category", "What the image shows.", |row| {
        match row.said.verdict {
            Verdict::Shows(label) => Cell::Label(Label::from(label)),
            Verdict::WrongDetection(_) | Verdict::Undo(_) => Cell::Blank,
        }
    }),
    column(
        "detection",
        "The number of the wrong detection among those of the image, the most confident being 0.",
        |row| match row.said.verdict {
            Verdict::WrongDetection(number) => Cell::count(number.into()),
            Verdict::Shows(_) | Verdict::Undo(_) => Cell::Blank,
        },
    ),
    column(
        "takes_back",
        "The number that is taken back.",
        |row| match row.said.verdict {
            Verdict::Undo(number) => Cell::count(number.into()),
            Verdict::Shows(_) | Verdict::WrongDetection(_) => Cell::Blank,
        },
    ),
    column(
        "counts",
        "no: it was taken back later. What takes something back does not count by itself.",
        |row| {
            let is_undo = matches!(row.said.verdict, Verdict::Undo(_));
            Cell::yes_no(!row.is_undone && !is_undo)
        },
    ),
];
