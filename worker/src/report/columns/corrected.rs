//! The columns of what people said, behind those of what the model said.

use common::{
    Category, MediaOutcome, MediaRecord, Threshold, correction::MediaCorrection,
    media::ProcessedMedia,
};

use super::{Cell, DetectionRow, Heading, ImageRow, Label, Style, TableRow};

/// An image with what was said about it.
pub(crate) struct CorrectedImageRow<'r> {
    image: ImageRow<'r>,
    media: Option<&'r ProcessedMedia>,
    threshold: Threshold,
    said: Option<&'r MediaCorrection>,
}

impl<'r> CorrectedImageRow<'r> {
    /// The row of a record that this was said about.
    pub(crate) fn new(
        image: ImageRow<'r>,
        record: &'r MediaRecord,
        threshold: Threshold,
        said: Option<&'r MediaCorrection>,
    ) -> Self {
        Self {
            image,
            media: match &record.outcome {
                MediaOutcome::Processed(media) => Some(media),
                MediaOutcome::Failed(_) | MediaOutcome::Skipped(_) => None,
            },
            threshold,
            said,
        }
    }

    fn label(&self, said: &MediaCorrection) -> Label {
        said.label_of(self.counting()).into()
    }

    fn wrong(&self, said: &MediaCorrection) -> u64 {
        let right = said.right(self.counting()).count();
        (self.counting().count() - right) as u64
    }

    /// What the detections show that count.
    fn counting(&self) -> impl Iterator<Item = Category> {
        let media = self.media.into_iter();
        let counting = media.flat_map(|media| media.detections_at(self.threshold));
        counting.map(|found| found.category)
    }
}

impl TableRow for CorrectedImageRow<'_> {
    fn headings() -> Vec<&'static Heading> {
        let mut headings = ImageRow::headings();
        headings.extend([&LABEL, &WRONG, &AT]);
        headings
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        let mut cells = self.image.cells();
        cells.extend(match self.said {
            Some(said) => [
                Cell::Label(self.label(said)),
                Cell::count(self.wrong(said)),
                Cell::maybe_instant(said.at),
            ],
            None => [Cell::Blank, Cell::Blank, Cell::Blank],
        });
        cells
    }
}

/// A detection with what was said about it.
pub(crate) struct CorrectedDetectionRow<'r> {
    detection: DetectionRow<'r>,
    is_wrong: bool,
}

impl<'r> CorrectedDetectionRow<'r> {
    /// The rows of a record, which are its first detections in their order.
    pub(crate) fn all(
        rows: impl Iterator<Item = DetectionRow<'r>>,
        said: Option<&MediaCorrection>,
    ) -> impl Iterator<Item = Self> {
        (0..).zip(rows).map(move |(number, detection)| Self {
            detection,
            is_wrong: said.is_some_and(|said| said.wrong.contains(&number)),
        })
    }
}

impl TableRow for CorrectedDetectionRow<'_> {
    fn headings() -> Vec<&'static Heading> {
        let mut headings = DetectionRow::headings();
        headings.push(&MARKED_WRONG);
        headings
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        let mut cells = self.detection.cells();
        cells.push(Cell::yes_no(self.is_wrong));
        cells
    }
}

const fn heading(name: &'static str, width: u8, meaning: &'static str) -> Heading {
    Heading {
        name,
        meaning,
        width,
        style: Style::Plain,
    }
}

static LABEL: Heading = heading(
    "corrected_category",
    11,
    "What somebody said that the image shows; if only detections were marked wrong, what the others show. Blank where nobody said anything.",
);
static WRONG: Heading = heading(
    "detections_marked_wrong",
    11,
    "How many of the detections at or above the threshold somebody marked wrong. Blank where nobody said anything.",
);
static AT: Heading = heading(
    "corrected_at",
    22,
    "When somebody last said something about the image, in UTC.",
);
static MARKED_WRONG: Heading = heading(
    "marked_wrong",
    11,
    "yes: somebody marked this detection wrong.",
);
