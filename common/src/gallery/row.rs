//! One file of a job, as the results page needs it.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::{
    Category, Confidence, Detection, FailureCode, MediaOutcome, MediaPath, MediaRecord, SkipReason,
    Threshold,
    media::{PicturePlace, Position, ProcessedMedia},
};

/// One file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Where the file was in the upload.
    pub path: MediaPath,
    /// Its camera's folder, as a number in [`Gallery::cameras`](super::Gallery::cameras).
    pub camera: u32,
    /// When it was taken, on the camera's clock.
    pub captured: Option<DateTime>,
    /// The clock's offset from UTC in minutes, when the file gives one.
    pub offset_minutes: Option<i16>,
    /// Where the camera stood, if it wrote that.
    pub position: Option<Position>,
    /// What became of it.
    pub state: RowState,
    /// What the model saw at or above the gallery's floor, most confident first.
    pub sightings: Vec<Sighting>,
    /// Where its preview and thumbnail are; a duplicate has those of the first file.
    pub picture: Option<PicturePlace>,
    /// Where its whole record is among the kept ones.
    pub record: RecordPlace,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowState {
    /// The model looked at it.
    Processed {
        /// Width of the upright image in source pixels.
        width: u32,
        /// Height of the upright image in source pixels.
        height: u32,
        /// Whether its file was truncated.
        is_truncated: bool,
        /// Whether an earlier file has the same bytes.
        is_duplicate: bool,
    },
    /// It is an image, or claims to be one, but could not be read.
    Failed(FailureCode),
    /// It is not an image.
    Skipped(SkipReason),
}

/// A detection, in 16 bytes. Its number among the detections of its record is its place in the
/// row: rows keep the most confident, and both have the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// What it is.
    pub category: Category,
    /// How sure the model is, in thousandths.
    confidence: u16,
    /// x and y of the top left corner, width, height, in ten-thousandths of the upright image.
    bbox: [u16; 4],
    /// The model's own class, for models that name species.
    pub class: Option<u16>,
}

/// A run of bytes among the kept records: one line, without its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordPlace {
    /// Number of the first byte.
    pub offset: u64,
    /// How many bytes.
    pub bytes: u32,
}

impl Row {
    /// The row of a record whose camera has this number, with what is at or above `floor`.
    #[must_use]
    pub fn of(record: &MediaRecord, camera: u32, floor: Threshold, place: RecordPlace) -> Self {
        let captured = record.camera.captured.as_ref();
        let media = match &record.outcome {
            MediaOutcome::Processed(media) => Some(media),
            _ => None,
        };
        Self {
            path: record.path.clone(),
            camera,
            captured: captured.map(|time| time.local),
            offset_minutes: captured.and_then(|time| time.offset_minutes),
            position: record.camera.position,
            state: RowState::of(&record.outcome),
            sightings: media.map_or_else(Vec::new, |media| {
                let found = media.detections_at(floor);
                found.map(Sighting::of).collect()
            }),
            picture: media.and_then(|media| media.picture),
            record: place,
        }
    }

    /// Whether the model looked at it.
    #[must_use]
    pub const fn is_processed(&self) -> bool {
        matches!(self.state, RowState::Processed { .. })
    }

    /// What counts at a threshold, most confident first.
    #[must_use]
    pub fn sightings_at(&self, threshold: Threshold) -> &[Sighting] {
        let end = self
            .sightings
            .partition_point(|found| threshold.admits(found.confidence()));
        self.sightings.get(..end).unwrap_or_default()
    }

    /// Its [leading category](Category::leading) by the model at a threshold; `None` when it is
    /// blank, or was not looked at.
    #[must_use]
    pub fn category_at(&self, threshold: Threshold) -> Option<Category> {
        let counted = self.sightings_at(threshold);
        Category::leading(counted.iter().map(|found| found.category))
    }

    /// The confidence of its surest detection at or above the floor.
    #[must_use]
    pub fn highest_confidence(&self) -> Option<Confidence> {
        self.sightings.first().map(|found| found.confidence())
    }
}

impl RowState {
    fn of(outcome: &MediaOutcome) -> Self {
        match outcome {
            MediaOutcome::Processed(media) => Self::of_media(media),
            MediaOutcome::Failed(failure) => Self::Failed(failure.code),
            MediaOutcome::Skipped(reason) => Self::Skipped(*reason),
        }
    }

    fn of_media(media: &ProcessedMedia) -> Self {
        Self::Processed {
            width: media.width,
            height: media.height,
            is_truncated: media.decoded_share.is_some(),
            is_duplicate: media.duplicate_of.is_some(),
        }
    }
}

impl Sighting {
    /// A detection of a record.
    #[must_use]
    pub fn of(detection: &Detection) -> Self {
        Self {
            category: detection.category,
            confidence: detection.confidence.thousandths(),
            bbox: detection.bbox.ten_thousandths(),
            class: detection.class,
        }
    }

    /// How sure the model is.
    #[must_use]
    pub const fn confidence(&self) -> Confidence {
        Confidence::from_thousandths(self.confidence)
    }

    /// x and y of the top left corner, width, height, each in ten-thousandths of the upright
    /// image.
    #[must_use]
    pub const fn box_ten_thousandths(&self) -> [u16; 4] {
        self.bbox
    }
}
