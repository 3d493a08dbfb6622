//! One image in MegaDetector's format.

use std::collections::BTreeMap;

use common::{BBox, Confidence, Detection, MediaOutcome, MediaRecord};
use serde::Serialize;

/// An entry of `images`. A processed one has a list of detections and no failure; a failed one
/// has a failure and `null` for its detections.
#[derive(Serialize)]
pub(super) struct Image<'r> {
    file: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    datetime: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'static str>,
    detections: Option<Vec<ImageDetection>>,
}

/// An entry of `detections`.
#[derive(Serialize)]
struct ImageDetection {
    category: &'static str,
    conf: Confidence,
    bbox: BBox,
    #[serde(skip_serializing_if = "Option::is_none")]
    classifications: Option<[(String, Confidence); 1]>,
}

impl<'r> Image<'r> {
    /// The entry of a record; `None` for a skipped file.
    pub(super) fn of(record: &'r MediaRecord, species: &BTreeMap<u16, String>) -> Option<Self> {
        let datetime = record.camera.captured.as_ref();
        let entry = Self {
            file: record.path.as_str(),
            width: None,
            height: None,
            // The form of EXIF, as the reference program writes it.
            datetime: datetime.map(|time| time.local.strftime("%Y:%m:%d %H:%M:%S").to_string()),
            failure: None,
            detections: None,
        };
        match &record.outcome {
            MediaOutcome::Skipped(_) => None,
            MediaOutcome::Failed(failure) => Some(Self {
                failure: Some(failure.code.megadetector_text()),
                ..entry
            }),
            MediaOutcome::Processed(media) => Some(Self {
                width: Some(media.width),
                height: Some(media.height),
                detections: Some(
                    media
                        .detections
                        .iter()
                        .map(|d| ImageDetection::of(d, species))
                        .collect(),
                ),
                ..entry
            }),
        }
    }
}

impl ImageDetection {
    fn of(detection: &Detection, species: &BTreeMap<u16, String>) -> Self {
        let class = detection.class.filter(|class| species.contains_key(class));
        Self {
            category: detection.category.megadetector_id(),
            conf: detection.confidence,
            bbox: detection.bbox,
            classifications: class.map(|class| [(class.to_string(), detection.confidence)]),
        }
    }
}
