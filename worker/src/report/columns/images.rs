//! The table of images: one row for every file that was processed or failed.

mod camera;

use common::{
    Category, Failure, MediaOutcome, MediaRecord, Threshold,
    media::{OriginalCopy, ProcessedMedia},
};

use super::{Cell, Column, Heading, Label, Style, TableRow};

/// An image on its way into the tables.
pub(crate) struct ImageRow<'r> {
    record: &'r MediaRecord,
    camera_folder: &'r str,
    threshold: Threshold,
}

impl<'r> ImageRow<'r> {
    /// A row for a record, which is not of a skipped file.
    pub(crate) fn new(
        record: &'r MediaRecord,
        camera_folder: &'r str,
        threshold: Threshold,
    ) -> Self {
        Self {
            record,
            camera_folder,
            threshold,
        }
    }

    fn media(&self) -> Option<&'r ProcessedMedia> {
        match &self.record.outcome {
            MediaOutcome::Processed(media) => Some(media),
            MediaOutcome::Failed(_) | MediaOutcome::Skipped(_) => None,
        }
    }

    fn failure(&self) -> Option<&'r Failure> {
        match &self.record.outcome {
            MediaOutcome::Failed(failure) => Some(failure),
            MediaOutcome::Processed(_) | MediaOutcome::Skipped(_) => None,
        }
    }

    fn label(&self) -> Cell<'r> {
        let on_image = |media: &ProcessedMedia| {
            media
                .category_at(self.threshold)
                .map_or(Label::Blank, Label::Category)
        };
        Cell::Label(self.media().map_or(Label::Failed, on_image))
    }

    fn count(&self, category: Category) -> Cell<'r> {
        self.media().map_or(Cell::Blank, |media| {
            Cell::count(media.count_at(category, self.threshold) as u64)
        })
    }
}

impl TableRow for ImageRow<'_> {
    fn headings() -> Vec<&'static Heading> {
        columns().map(|column| &column.heading).collect()
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        columns().map(|column| (column.cell)(self)).collect()
    }
}

type ImageCell = for<'r> fn(&'r ImageRow<'r>) -> Cell<'r>;

const fn column(
    name: &'static str,
    width: u8,
    style: Style,
    meaning: &'static str,
    cell: ImageCell,
) -> Column<ImageCell> {
    Column {
        heading: Heading {
            name,
            meaning,
            width,
            style,
        },
        cell,
    }
}

/// All columns, in their order.
fn columns() -> impl Iterator<Item = &'static Column<ImageCell>> {
    FILE_COLUMNS
        .iter()
        .chain(camera::COLUMNS)
        .chain(RESULT_COLUMNS)
}

/// Which file it is.
static FILE_COLUMNS: &[Column<ImageCell>] = &[
    column(
        "file_path",
        44,
        Style::Plain,
        "Path of the image in the upload.",
        |row| Cell::text(row.record.path.as_str()),
    ),
    column(
        "camera_folder",
        24,
        Style::Plain,
        "Folder of the camera: the image's folder without parts that cameras make, such as DCIM and 100MEDIA.",
        |row| Cell::text(row.camera_folder),
    ),
    column(
        "status",
        11,
        Style::Plain,
        "processed: the model looked at it; failed: it could not be read.",
        |row| {
            Cell::text(if row.media().is_some() {
                "processed"
            } else {
                "failed"
            })
        },
    ),
];

/// What came of it.
static RESULT_COLUMNS: &[Column<ImageCell>] = &[
    column(
        "category",
        11,
        Style::Plain,
        "What the image shows at the threshold: animal before person before vehicle; blank if nothing; failed if it could not be read.",
        |row| row.label(),
    ),
    column(
        "animals",
        9,
        Style::Plain,
        "Detections of animals at or above the threshold.",
        |row| row.count(Category::Animal),
    ),
    column(
        "people",
        9,
        Style::Plain,
        "Detections of people at or above the threshold.",
        |row| row.count(Category::Person),
    ),
    column(
        "vehicles",
        9,
        Style::Plain,
        "Detections of vehicles at or above the threshold.",
        |row| row.count(Category::Vehicle),
    ),
    column(
        "highest_confidence",
        12,
        Style::Decimals(3),
        "Highest confidence of any detection, also below the threshold; blank below 0.005.",
        |row| {
            Cell::number(
                row.media()
                    .and_then(ProcessedMedia::highest_confidence)
                    .map(|confidence| confidence.value()),
            )
        },
    ),
    column(
        "width_px",
        9,
        Style::Plain,
        "Width of the upright image in pixels.",
        |row| {
            row.media()
                .map_or(Cell::Blank, |media| Cell::count(media.width.into()))
        },
    ),
    column(
        "height_px",
        9,
        Style::Plain,
        "Height of the upright image in pixels.",
        |row| {
            row.media()
                .map_or(Cell::Blank, |media| Cell::count(media.height.into()))
        },
    ),
    column(
        "truncated",
        10,
        Style::Plain,
        "yes: the file ends too early, and the rest of the picture is missing.",
        |row| {
            row.media().map_or(Cell::Blank, |media| {
                Cell::yes_no(media.decoded_share.is_some())
            })
        },
    ),
    column(
        "decoded_share",
        10,
        Style::Decimals(3),
        "For a truncated file: the share of the picture that could be read, 0 to 1.",
        |row| Cell::number(row.media().and_then(|media| media.decoded_share)),
    ),
    column(
        "duplicate_of",
        24,
        Style::Plain,
        "For an exact copy of another file: that file.",
        |row| {
            Cell::maybe_text(
                row.media()
                    .and_then(|media| media.duplicate_of.as_ref())
                    .map(|path| path.as_str()),
            )
        },
    ),
    column(
        "annotated_copy",
        36,
        Style::Plain,
        "The copy with boxes drawn on it, in this package.",
        |row| Cell::maybe_link(row.media().and_then(|media| media.annotated.as_deref())),
    ),
    column(
        "original_copy",
        24,
        Style::Plain,
        "The copy of the original in this package; withheld: not copied, because it shows, or may show, what is blurred elsewhere.",
        |row| match row.media().and_then(|media| media.original.as_ref()) {
            Some(OriginalCopy::At(path)) => Cell::text(path),
            Some(OriginalCopy::Withheld(reason)) => Cell::text(reason.text()),
            None => Cell::Blank,
        },
    ),
    column(
        "content_hash",
        20,
        Style::Plain,
        "BLAKE3 hash of the file.",
        |row| Cell::maybe_text(row.record.content_hash.as_deref()),
    ),
    column(
        "size_bytes",
        11,
        Style::Plain,
        "Size of the file in bytes.",
        |row| Cell::count(row.record.size_bytes),
    ),
    column(
        "failure_code",
        18,
        Style::Plain,
        "For a failed image: the kind of failure.",
        |row| Cell::maybe_text(row.failure().map(|failure| failure.code.code())),
    ),
    column(
        "failure_detail",
        36,
        Style::Plain,
        "For a failed image: what exactly was found.",
        |row| Cell::maybe_text(row.failure().map(|failure| failure.detail.as_str())),
    ),
];
