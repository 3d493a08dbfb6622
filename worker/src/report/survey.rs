//! What can be said about all records together, gathered while they pass by.

use std::collections::BTreeMap;

use common::{Category, MediaOutcome, MediaRecord, Threshold, time_span::TimeSpan};

use super::{ReportError, columns::Label};
use crate::run_facts::Counts;

/// The images of one camera.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CameraTally {
    /// Images in its folder, processed and failed.
    pub(crate) images: u64,
    /// The earliest and the latest capture, if any image has a time.
    pub(crate) span: Option<TimeSpan>,
    /// Images by their one label, in the order of [`Label::ALL`]; together, all images.
    pub(crate) labels: [u64; Label::ALL.len()],
}

impl CameraTally {
    /// How many images have this label.
    pub(crate) fn with(&self, label: Label) -> u64 {
        let mut pairs = Label::ALL.iter().zip(self.labels);
        pairs
            .find(|(known, _)| **known == label)
            .map_or(0, |(_, images)| images)
    }

    fn add(&mut self, record: &MediaRecord, label: Label) {
        self.images += 1;
        for (known, images) in Label::ALL.iter().zip(&mut self.labels) {
            *images += u64::from(*known == label);
        }
        if let Some(time) = &record.camera.captured {
            TimeSpan::extend(&mut self.span, time.local);
        }
    }
}

/// Totals over the records. Its size is bounded by the camera limit.
pub(crate) struct Survey {
    threshold: Threshold,
    camera_limit: usize,
    /// What the records add up to.
    pub(crate) counts: Counts,
    /// Each camera folder with its images, up to the limit.
    pub(crate) cameras: BTreeMap<String, CameraTally>,
    /// The images in folders past the limit, together.
    pub(crate) further_cameras: CameraTally,
    /// All images together.
    pub(crate) all: CameraTally,
    /// Images without a time.
    pub(crate) without_time: u64,
}

impl Survey {
    /// An empty survey that names at most this many cameras.
    pub(crate) fn new(threshold: Threshold, camera_limit: usize) -> Self {
        Self {
            threshold,
            camera_limit,
            counts: Counts::default(),
            cameras: BTreeMap::new(),
            further_cameras: CameraTally::default(),
            all: CameraTally::default(),
            without_time: 0,
        }
    }

    /// Takes one more record in.
    pub(crate) fn add(&mut self, record: &MediaRecord, camera_folder: &str) {
        self.counts.add(record, self.threshold);
        let label = match &record.outcome {
            MediaOutcome::Skipped(_) => return,
            MediaOutcome::Failed(_) => Label::Failed,
            MediaOutcome::Processed(media) => media
                .category_at(self.threshold)
                .map_or(Label::Blank, Label::Category),
        };
        self.without_time += u64::from(record.camera.captured.is_none());
        self.all.add(record, label);
        self.camera(camera_folder).add(record, label);
    }

    fn camera(&mut self, folder: &str) -> &mut CameraTally {
        if self.cameras.len() >= self.camera_limit && !self.cameras.contains_key(folder) {
            return &mut self.further_cameras;
        }
        self.cameras.entry(folder.to_owned()).or_default()
    }

    /// Compares the records with what the run says it did.
    pub(crate) fn check(&self, stated: &Counts) -> Result<(), ReportError> {
        if without_zeros(&self.counts) == without_zeros(stated) {
            return Ok(());
        }
        Err(ReportError::CountsDiffer {
            counted: Box::new(self.counts.clone()),
            stated: Box::new(stated.clone()),
        })
    }
}

/// A count of 0 and no count are the same.
fn without_zeros(counts: &Counts) -> Counts {
    let mut counts = counts.clone();
    let is_counted = |_: &Category, count: &mut u64| *count > 0;
    counts.images_with.retain(is_counted);
    counts.detections.retain(is_counted);
    counts.failures.retain(|_, count| *count > 0);
    counts.skips.retain(|_, count| *count > 0);
    counts
}

#[cfg(test)]
mod tests {
    use common::{
        Failure, FailureCode, MediaPath,
        media::{CameraFacts, CaptureTime},
    };

    use super::*;

    fn failed(path: &str, day: i8) -> MediaRecord {
        let captured = CaptureTime {
            local: jiff::civil::date(2024, 5, day).at(0, 0, 0, 0),
            offset_minutes: None,
        };
        MediaRecord {
            path: MediaPath::from_display_name(path),
            size_bytes: 1,
            content_hash: None,
            camera: CameraFacts {
                captured: Some(captured),
                ..CameraFacts::default()
            },
            outcome: MediaOutcome::Failed(Failure::new(FailureCode::NoBytes, "0 bytes")),
        }
    }

    #[test]
    fn cameras_past_the_limit_are_counted_together() {
        let mut survey = Survey::new(Threshold::new(0.2).unwrap(), 2);
        for (camera, day) in [("a", 3), ("b", 4), ("c", 5), ("a", 1), ("d", 9)] {
            survey.add(&failed(&format!("{camera}/x.jpg"), day), camera);
        }
        let named: Vec<_> = survey
            .cameras
            .iter()
            .map(|(name, tally)| (name.as_str(), tally.images))
            .collect();
        assert_eq!(named, [("a", 2), ("b", 1)]);
        assert_eq!(survey.further_cameras.images, 2);
        assert_eq!(survey.further_cameras.with(Label::Failed), 2);
        assert_eq!(survey.all.with(Label::Blank), 0);
        let days = |tally: &CameraTally| tally.span.map(|span| (span.first.day(), span.last.day()));
        assert_eq!(days(&survey.cameras["a"]), Some((1, 3)));
        assert_eq!(days(&survey.all), Some((1, 9)));
    }

    #[test]
    fn records_that_the_run_did_not_count_are_noticed() {
        let mut survey = Survey::new(Threshold::new(0.2).unwrap(), 2);
        survey.add(&failed("a/x.jpg", 1), "a");
        assert!(survey.check(&Counts::default()).is_err());
        let mut stated = survey.counts.clone();
        stated.detections.insert(Category::Animal, 0);
        assert!(survey.check(&stated).is_ok());
    }
}
