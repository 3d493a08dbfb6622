//! A small job for the tests of figures and plots.

use super::Figures;
use crate::{
    BBox, Category, Confidence, Detection, Failure, FailureCode, MediaOutcome, MediaPath,
    MediaRecord,
    correction::Corrections,
    gallery::{Gallery, GalleryBuilder, RecordPlace},
    media::{CameraFacts, CaptureTime, Position, ProcessedMedia},
};

/// An image at an hour of a day in June with detections of these scores.
fn image(path: &str, day_hour: Option<(i8, i8)>, found: &[(Category, f32)]) -> MediaRecord {
    let bbox = BBox::from_corners(0.1, 0.1, 0.5, 0.5).unwrap();
    let detections = found.iter().map(|&(category, score)| Detection {
        category,
        confidence: Confidence::from_score(score).unwrap(),
        bbox,
        class: None,
    });
    MediaRecord {
        path: MediaPath::from_display_name(path),
        size_bytes: 1,
        content_hash: None,
        camera: CameraFacts {
            captured: day_hour.map(|(day, hour)| CaptureTime {
                local: jiff::civil::date(2024, 6, day).at(hour, 30, 0, 0),
                offset_minutes: Some(120),
            }),
            position: day_hour.and_then(|_| Position::new(48.2, 16.3701, None)),
            ..CameraFacts::default()
        },
        outcome: MediaOutcome::Processed(ProcessedMedia {
            width: 40,
            height: 30,
            detections: detections.collect(),
            decoded_share: None,
            duplicate_of: None,
            annotated: None,
            original: None,
            picture: None,
        }),
    }
}

/// Two cameras, five files.
pub(crate) fn gallery() -> Gallery {
    use Category::{Animal, Person};
    let mut failed = image("ridge/e.jpg", None, &[]);
    failed.outcome = MediaOutcome::Failed(Failure::new(FailureCode::NoBytes, "none"));
    let records = [
        image(
            "ridge/a.jpg",
            Some((1, 13)),
            &[(Animal, 0.9), (Person, 0.6)],
        ),
        image("ridge/b.jpg", Some((3, 1)), &[(Animal, 0.3)]),
        image("creek/c.jpg", Some((3, 1)), &[]),
        image("creek/d.jpg", None, &[(Person, 0.5)]),
        failed,
    ];
    let mut builder = GalleryBuilder::new("0.2".parse().unwrap());
    for record in &records {
        builder.add(
            record,
            RecordPlace {
                offset: 0,
                bytes: 0,
            },
        );
    }
    builder.finish()
}

/// Its figures at a threshold, with what people said.
pub(crate) fn figures(threshold: &str, said: &Corrections) -> Figures {
    let gallery = gallery();
    let mut figures = Figures::new(threshold.parse().unwrap());
    for (number, row) in (0..).zip(&gallery.rows) {
        figures.add(gallery.camera(row), row, said.about(number));
    }
    figures
}

/// Nobody said anything.
pub(crate) fn no_corrections() -> Corrections {
    Corrections::default()
}
