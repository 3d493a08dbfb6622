//! The table of detections: one row for every detection at or above the threshold.

use common::{Detection, MediaOutcome, MediaRecord};

use super::{Cell, Column, Heading, Label, Style, TableRow};
use crate::run_facts::RunFacts;

/// A detection on its way into the tables.
pub(crate) struct DetectionRow<'r> {
    record: &'r MediaRecord,
    camera_folder: &'r str,
    annotated: Option<&'r str>,
    detection: &'r Detection,
    species: Option<&'r str>,
}

impl<'r> DetectionRow<'r> {
    /// A row for each detection of a record that counts.
    pub(crate) fn all(
        record: &'r MediaRecord,
        camera_folder: &'r str,
        facts: &'r RunFacts,
    ) -> impl Iterator<Item = Self> {
        let media = match &record.outcome {
            MediaOutcome::Processed(media) => Some(media),
            MediaOutcome::Failed(_) | MediaOutcome::Skipped(_) => None,
        };
        let counting = media
            .into_iter()
            .flat_map(|media| media.detections_at(facts.options.threshold));
        counting.map(move |detection| Self {
            record,
            camera_folder,
            annotated: media.and_then(|media| media.annotated.as_deref()),
            detection,
            species: detection
                .class
                .and_then(|class| facts.model.species.get(&class))
                .map(String::as_str),
        })
    }

    fn bbox(&self, part: usize) -> Cell<'r> {
        Cell::number(self.detection.bbox.values().get(part).copied())
    }
}

impl TableRow for DetectionRow<'_> {
    fn headings() -> Vec<&'static Heading> {
        COLUMNS.iter().map(|column| &column.heading).collect()
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        COLUMNS.iter().map(|column| (column.cell)(self)).collect()
    }
}

type DetectionCell = for<'r> fn(&'r DetectionRow<'r>) -> Cell<'r>;

const fn column(
    name: &'static str,
    width: u8,
    style: Style,
    meaning: &'static str,
    cell: DetectionCell,
) -> Column<DetectionCell> {
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

static COLUMNS: &[Column<DetectionCell>] = &[
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
        "Folder of the camera, as in the table of images.",
        |row| Cell::text(row.camera_folder),
    ),
    column(
        "timestamp",
        20,
        Style::Moment,
        "When the image was taken, on the camera's own clock.",
        |row| Cell::moment_of(&row.record.camera),
    ),
    column("category", 11, Style::Plain, "What was found.", |row| {
        Cell::Label(Label::Category(row.detection.category))
    }),
    column(
        "species",
        20,
        Style::Plain,
        "The model's own name for it, if the model names species.",
        |row| Cell::maybe_text(row.species),
    ),
    column(
        "confidence",
        11,
        Style::Decimals(3),
        "How sure the model is, 0 to 1.",
        |row| Cell::Number(row.detection.confidence.value()),
    ),
    column(
        "bbox_x",
        9,
        Style::Decimals(4),
        "Left edge of the box, as a share of the upright image's width.",
        |row| row.bbox(0),
    ),
    column(
        "bbox_y",
        9,
        Style::Decimals(4),
        "Top edge of the box, as a share of the upright image's height.",
        |row| row.bbox(1),
    ),
    column(
        "bbox_width",
        9,
        Style::Decimals(4),
        "Width of the box, as a share of the upright image's width.",
        |row| row.bbox(2),
    ),
    column(
        "bbox_height",
        9,
        Style::Decimals(4),
        "Height of the box, as a share of the upright image's height.",
        |row| row.bbox(3),
    ),
    column(
        "annotated_copy",
        36,
        Style::Plain,
        "The copy with boxes drawn on it, in this package.",
        |row| Cell::maybe_link(row.annotated),
    ),
];
