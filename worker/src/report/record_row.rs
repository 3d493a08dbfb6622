//! A record on its way into the reports, with what several of them need of it.

use common::{MediaOutcome, MediaRecord, correction::MediaCorrection, deployment::camera_folder};

use super::{
    Inputs, ReportError,
    columns::{Cell, CorrectedDetectionRow, CorrectedImageRow, DetectionRow, ImageRow, TableRow},
};

/// A record, and its rows in the tables.
pub(super) struct RecordRow<'r> {
    pub(super) record: &'r MediaRecord,
    /// Its place among all records, from 0.
    pub(super) number: usize,
    pub(super) camera_folder: &'r str,
    /// What people said about it.
    pub(super) correction: Option<&'r MediaCorrection>,
    /// Its row in the table of images; a skipped file has none.
    pub(super) image: Option<Vec<Cell<'r>>>,
    /// Its rows in the table of detections.
    pub(super) detections: Vec<Vec<Cell<'r>>>,
}

impl RecordRow<'_> {
    /// Makes the rows of a record, and hands them to `use_row`.
    pub(super) fn with(
        number: u32,
        record: &MediaRecord,
        inputs: &Inputs<'_>,
        use_row: impl FnOnce(&RecordRow<'_>) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        let camera_folder = &*camera_folder(&record.path);
        let correction = inputs.corrections.and_then(|all| all.about(number));
        let row = RecordRow {
            record,
            number: usize::try_from(number).unwrap_or(usize::MAX),
            camera_folder,
            correction,
            image: None,
            detections: Vec::new(),
        };
        if matches!(record.outcome, MediaOutcome::Skipped(_)) {
            return use_row(&row);
        }
        let threshold = inputs.facts.options.threshold;
        let image = ImageRow::new(record, camera_folder, threshold);
        let detections = DetectionRow::all(record, camera_folder, inputs.facts);
        if inputs.corrections.is_none() {
            let detections: Vec<DetectionRow<'_>> = detections.collect();
            return use_row(&row.in_tables(&image, &detections));
        }
        let image = CorrectedImageRow::new(image, record, threshold, correction);
        let detections = CorrectedDetectionRow::all(detections, correction);
        let detections: Vec<CorrectedDetectionRow<'_>> = detections.collect();
        use_row(&row.in_tables(&image, &detections))
    }
}

impl<'r> RecordRow<'r> {
    fn in_tables(self, image: &'r impl TableRow, detections: &'r [impl TableRow]) -> Self {
        Self {
            image: Some(image.cells()),
            detections: detections.iter().map(TableRow::cells).collect(),
            ..self
        }
    }
}
