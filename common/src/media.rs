//! The record of one file: what it is, what its camera wrote about it, and what became of it.
//!
//! One record exists for every file that went in. The journal, the workbook, the CSV files and
//! the JSON are all written from these records.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::{
    category::Category,
    detection::{Confidence, Detection, Threshold},
    failure::{Failure, SkipReason},
    name_time,
    path::MediaPath,
};

pub use crate::position::Position;

/// Everything known about one file of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MediaRecord {
    /// Where the file was in the upload.
    pub path: MediaPath,
    /// Its unpacked size in bytes.
    pub size_bytes: u64,
    /// BLAKE3 hash of its bytes in hexadecimal, when they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<String>,
    /// What the camera wrote into the file.
    #[serde(default, skip_serializing_if = "CameraFacts::is_blank")]
    pub camera: CameraFacts,
    /// What became of it.
    pub outcome: MediaOutcome,
}

impl MediaRecord {
    /// The paths of its annotated copy and of its copied original inside the package. Those of a
    /// duplicate are the first file's, and are not listed again.
    pub fn copies(&self) -> impl Iterator<Item = &str> {
        let media = match &self.outcome {
            MediaOutcome::Processed(media) if media.duplicate_of.is_none() => Some(media),
            _ => None,
        };
        media.into_iter().flat_map(ProcessedMedia::copies)
    }

    /// Where its preview and thumbnail are kept, if they are.
    #[must_use]
    pub fn picture(&self) -> Option<PicturePlace> {
        match &self.outcome {
            MediaOutcome::Processed(media) => media.picture,
            _ => None,
        }
    }

    /// How an unusual capture time was read, or, where there is none, which other times there
    /// are: those in the file, and that in its name. For people to read.
    #[must_use]
    pub fn time_notes(&self) -> Option<String> {
        let name = self.path.as_str().rsplit('/').next();
        let in_name = name
            .filter(|_| self.camera.captured.is_none())
            .and_then(name_time::in_name);
        let in_name = in_name.map(|time| format!("file name {time}"));
        let notes = [self.camera.time_notes.clone(), in_name];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }

    /// The record of another file with the same bytes: the same findings under its own path. It
    /// shares the copies of the first.
    #[must_use]
    pub fn duplicate_at(&self, path: MediaPath) -> Self {
        let mut record = self.clone();
        record.path = path;
        if let MediaOutcome::Processed(media) = &mut record.outcome {
            media.duplicate_of.get_or_insert_with(|| self.path.clone());
        }
        record
    }
}

/// What became of a file: exactly one of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MediaOutcome {
    /// The model looked at it.
    Processed(ProcessedMedia),
    /// It is an image, or claims to be one, but could not be read.
    Failed(Failure),
    /// It is not an image.
    Skipped(SkipReason),
}

/// The result for an image that the model looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProcessedMedia {
    /// Width of the upright image in source pixels.
    pub width: u32,
    /// Height of the upright image in source pixels.
    pub height: u32,
    /// All detections at or above [`Confidence::FLOOR`], in [`Detection::output_order`].
    pub detections: Vec<Detection>,
    /// For a truncated file: the share of the picture that could be decoded, 0.0..1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoded_share: Option<f64>,
    /// For an exact copy of an earlier file: that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<MediaPath>,
    /// Path of the annotated copy inside the package, if one was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotated: Option<String>,
    /// What became of the copy of the original, if originals were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<OriginalCopy>,
    /// Where its preview and thumbnail are kept for the results page, if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PicturePlace>,
}

/// Where a picture's two small copies are: in the pack of a shard, the thumbnail first and the
/// preview right after it. Both are upright JPEGs without boxes, blurred as the job asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PicturePlace {
    /// The shard's number.
    pub pack: u32,
    /// Number of the thumbnail's first byte in the pack.
    pub offset: u64,
    /// Size of the thumbnail in bytes.
    pub thumbnail_bytes: u32,
    /// Size of the preview in bytes.
    pub preview_bytes: u32,
}

impl PicturePlace {
    /// The thumbnail's bytes in the pack.
    #[must_use]
    pub fn thumbnail(&self) -> std::ops::Range<u64> {
        self.offset..self.offset.saturating_add(self.thumbnail_bytes.into())
    }

    /// The preview's bytes in the pack.
    #[must_use]
    pub fn preview(&self) -> std::ops::Range<u64> {
        let start = self.thumbnail().end;
        start..start.saturating_add(self.preview_bytes.into())
    }
}

/// What became of the copy of an original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OriginalCopy {
    /// Copied to this path inside the package.
    At(String),
    /// Not copied, because something is blurred everywhere else and it shows that, or may.
    Withheld(WithheldReason),
}

/// Why the copy of an original is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WithheldReason {
    /// It shows something that is blurred.
    ShowsBlurred,
    /// It holds more pictures than the one that was looked at: further frames or pages.
    HoldsMorePictures,
    /// It is damaged, so that a part of it was not looked at, but may be in a preview.
    Damaged,
}

impl WithheldReason {
    /// What stands in tables in place of the copy's path.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::ShowsBlurred => "withheld",
            Self::HoldsMorePictures => "withheld: holds more pictures than were looked at",
            Self::Damaged => "withheld: damaged, not all of it was looked at",
        }
    }
}

impl ProcessedMedia {
    /// The paths of its annotated copy and of its copied original inside the package.
    pub fn copies(&self) -> impl Iterator<Item = &str> {
        let original = match &self.original {
            Some(OriginalCopy::At(path)) => Some(path.as_str()),
            _ => None,
        };
        self.annotated.as_deref().into_iter().chain(original)
    }

    /// The detections that count at a threshold.
    pub fn detections_at(&self, threshold: Threshold) -> impl Iterator<Item = &Detection> {
        self.detections
            .iter()
            .filter(move |d| threshold.admits(d.confidence))
    }

    /// How many detections of a category count at a threshold.
    #[must_use]
    pub fn count_at(&self, category: Category, threshold: Threshold) -> usize {
        self.detections_at(threshold)
            .filter(|d| d.category == category)
            .count()
    }

    /// The highest confidence of any detection, counting or not.
    #[must_use]
    pub fn highest_confidence(&self) -> Option<Confidence> {
        self.detections.iter().map(|d| d.confidence).max()
    }

    /// The image's [leading category](Category::leading) at a threshold; `None` when it is blank.
    #[must_use]
    pub fn category_at(&self, threshold: Threshold) -> Option<Category> {
        Category::leading(self.detections_at(threshold).map(|d| d.category))
    }
}

/// What the camera wrote into the file (EXIF). Nothing here is guessed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CameraFacts {
    /// When the picture was taken, as the camera wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured: Option<CaptureTime>,
    /// How an unusual time was read, or, without a capture time, which other times the file
    /// holds. For people to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_notes: Option<String>,
    /// The camera's maker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<String>,
    /// The camera's model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The camera's serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// What the camera's user called it or its place (Reconyx cameras).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_label: Option<String>,
    /// Ambient temperature in degrees Celsius.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature_celsius: Option<f64>,
    /// Where the camera stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The free text some makers put their facts into (EXIF `ImageDescription`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The comment that some makers put their facts into instead (EXIF `UserComment`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl CameraFacts {
    /// Whether the camera wrote nothing of use.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        *self == Self::default()
    }
}

/// The moment a picture was taken, in the camera's own clock.
///
/// Trail cameras write local time without a zone; it stays naive unless the file gives an
/// offset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CaptureTime {
    /// Date and time on the camera's clock, with the sub-second part if it wrote one.
    pub local: DateTime,
    /// Offset from UTC in minutes, when the file gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_minutes: Option<i16>,
}
