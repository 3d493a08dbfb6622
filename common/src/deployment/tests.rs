use jiff::civil::{DateTime, date};
use proptest::prelude::*;

use super::*;
use crate::{
    Failure, FailureCode, MediaOutcome, MediaPath, SkipReason,
    media::{CameraFacts, CaptureTime},
};

fn at(hour: i8) -> DateTime {
    date(2024, 5, 1).at(hour, 0, 0, 0)
}

fn record(path: &str, camera: CameraFacts) -> MediaRecord {
    MediaRecord {
        path: MediaPath::from_display_name(path),
        size_bytes: 7,
        content_hash: None,
        camera,
        outcome: MediaOutcome::Failed(Failure::new(FailureCode::NoBytes, "none")),
    }
}

fn facts(hour: Option<i8>, serial_number: &str, latitude: f64) -> CameraFacts {
    CameraFacts {
        captured: hour.map(|hour| CaptureTime {
            local: at(hour),
            offset_minutes: None,
        }),
        model: Some("HC600".to_owned()),
        serial_number: Some(serial_number.to_owned()),
        position: Position::new(latitude, 7.0, None),
        ..CameraFacts::default()
    }
}

#[test]
fn a_deployment_is_known_by_what_its_pictures_say() {
    let mut all = Deployments::new(10);
    all.add(&record(
        "ridge/DCIM/100RECNX/a.jpg",
        facts(Some(9), "A1", 46.5),
    ));
    all.add(&record(
        "ridge/DCIM/101RECNX/b.jpg",
        facts(Some(4), "A1", 46.500_04),
    ));
    all.add(&record("ridge/c.jpg", facts(None, "B2", 46.7)));
    all.add(&record("valley/d.jpg", CameraFacts::default()));
    let mut skipped = record("notes/e.txt", CameraFacts::default());
    skipped.outcome = MediaOutcome::Skipped(SkipReason::NotAnImage);
    all.add(&skipped);
    let folders: Vec<&str> = all.iter().map(|found| found.folder.as_str()).collect();
    assert_eq!(folders, ["ridge", "valley"]);
    let ridge = all.of_folder("ridge").unwrap();
    assert_eq!((ridge.images, ridge.without_time), (3, 1));
    let span = ridge.span.unwrap();
    assert_eq!((span.first, span.last), (at(4), at(9)));
    let serials: Vec<_> = ridge
        .cameras
        .iter()
        .map(|it| it.serial_number.as_deref())
        .collect();
    assert_eq!(serials, [Some("A1"), Some("B2")]);
    let latitudes: Vec<f64> = ridge.positions().map(Position::latitude).collect();
    assert_eq!(latitudes, [46.5, 46.7]);
    let valley = all.of_folder("valley").unwrap();
    assert!(valley.cameras.is_empty() && valley.span.is_none());
}

proptest! {
    #[test]
    fn every_image_is_in_one_deployment_and_the_order_says_nothing(
        folders in proptest::collection::vec(0usize..6, 0..40),
        limit in 6usize..9,
    ) {
        let records: Vec<MediaRecord> = (0i8..).zip(&folders).map(|(number, folder)| {
            record(&format!("cam{folder}/{number}.jpg"), facts(Some(number % 24), "A", 46.5))
        }).collect();
        let gather = |records: &mut dyn Iterator<Item = &MediaRecord>| {
            let mut all = Deployments::new(limit);
            records.for_each(|record| all.add(record));
            all.iter().cloned().collect::<Vec<_>>()
        };
        let forwards = gather(&mut records.iter());
        let images: u64 = forwards.iter().map(|found| found.images).sum();
        prop_assert_eq!(images, records.len() as u64);
        prop_assert_eq!(&forwards, &gather(&mut records.iter().rev()));
    }

    #[test]
    fn past_the_limit_images_are_counted_together(
        folders in proptest::collection::vec(0usize..20, 0..40),
        limit in 0usize..9,
    ) {
        let mut all = Deployments::new(limit);
        for folder in &folders {
            all.add(&record(&format!("cam{folder}/a.jpg"), CameraFacts::default()));
        }
        let named: u64 = all.iter().map(|found| found.images).sum();
        prop_assert!(all.iter().count() <= limit);
        prop_assert_eq!(named + all.further().images, folders.len() as u64);
    }
}
