//! The table of files that were not processed: failed and skipped ones.

use common::{MediaOutcome, MediaRecord};

use super::{Cell, Column, Heading, Style, TableRow};

/// A failed or skipped file on its way into the workbook.
pub(crate) struct FailureRow<'r> {
    record: &'r MediaRecord,
    status: &'static str,
    code: &'static str,
    found: &'r str,
    advice: &'static str,
}

impl<'r> FailureRow<'r> {
    /// The row of a record; `None` for a processed image.
    pub(crate) fn of(record: &'r MediaRecord) -> Option<Self> {
        match &record.outcome {
            MediaOutcome::Processed(_) => None,
            MediaOutcome::Failed(failure) => Some(Self {
                record,
                status: "failed",
                code: failure.code.code(),
                found: &failure.detail,
                advice: failure.code.advice(),
            }),
            MediaOutcome::Skipped(reason) => Some(Self {
                record,
                status: "skipped",
                code: reason.code(),
                found: reason.explanation(),
                advice: "",
            }),
        }
    }
}

impl TableRow for FailureRow<'_> {
    fn headings() -> Vec<&'static Heading> {
        COLUMNS.iter().map(|column| &column.heading).collect()
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        COLUMNS.iter().map(|column| (column.cell)(self)).collect()
    }
}

type FailureCell = for<'r> fn(&'r FailureRow<'r>) -> Cell<'r>;

const fn column(
    name: &'static str,
    width: u8,
    meaning: &'static str,
    cell: FailureCell,
) -> Column<FailureCell> {
    Column {
        heading: Heading {
            name,
            meaning,
            width,
            style: Style::Plain,
        },
        cell,
    }
}

static COLUMNS: &[Column<FailureCell>] = &[
    column("file_path", 44, "Path of the file in the upload.", |row| {
        Cell::text(row.record.path.as_str())
    }),
    column(
        "status",
        10,
        "failed: an image that could not be read; skipped: not an image.",
        |row| Cell::text(row.status),
    ),
    column(
        "code",
        22,
        "The kind of failure, or why the file was skipped.",
        |row| Cell::text(row.code),
    ),
    column("found", 60, "What exactly was found.", |row| {
        Cell::text(row.found)
    }),
    column(
        "what_to_do",
        60,
        "What you can do about a failure.",
        |row| Cell::text(row.advice),
    ),
    column("size_bytes", 11, "Size of the file in bytes.", |row| {
        Cell::count(row.record.size_bytes)
    }),
];
