//! Records made by hand and by chance, and the facts that go with them.

use std::{collections::BTreeMap, io};

use common::{
    BBox, Category, Confidence, Detection, Failure, FailureCode, MediaOutcome, MediaPath,
    MediaRecord, SkipReason, Threshold,
    media::{CameraFacts, CaptureTime, OriginalCopy, Position, ProcessedMedia, WithheldReason},
};
use jiff::{ToSpan, civil::date};
use proptest::{collection::btree_map, option, prelude::*, sample::select};
use worker::{
    report::{RecordSource, Records},
    run_facts::{
        AnnotateChoice, Counts, ExecutionFacts, InputFacts, ModelFacts, RunFacts, RunOptions,
    },
};

/// Records in memory.
pub(crate) struct VecSource(pub(crate) Vec<MediaRecord>);

impl RecordSource for VecSource {
    fn records(&self) -> io::Result<Records<'_>> {
        Ok(Box::new(self.0.iter().cloned().map(Ok)))
    }
}

/// The facts of a run that made these records with a threshold of 0.2. The model names two
/// species, classes 16 and 17.
pub(crate) fn facts_of(records: &[MediaRecord]) -> RunFacts {
    let threshold = Threshold::new(0.2).unwrap();
    let mut counts = Counts::default();
    records
        .iter()
        .for_each(|record| counts.add(record, threshold));
    RunFacts {
        trapline_version: "0.1.0".to_owned(),
        options: RunOptions {
            threshold,
            blur: vec![Category::Person],
            annotate: AnnotateChoice::Detections,
            originals: true,
            strip_gps: false,
            round_positions: false,
            csv_plain: false,
            names: None,
            full_decode: false,
        },
        model: ModelFacts {
            id: "tiny-test".to_owned(),
            display_name: "Tiny <test> model".to_owned(),
            version: Some("1.0".to_owned()),
            sha256: "0".repeat(64),
            licence: "Apache-2.0".to_owned(),
            notice: Some("=A general model, for trying things out".to_owned()),
            image_size: 416,
            typical_threshold: threshold,
            conservative_threshold: Threshold::new(0.05).unwrap(),
            species: BTreeMap::from([(16, "bird".to_owned()), (17, "cat".to_owned())]),
        },
        names: Vec::new(),
        inputs: vec![InputFacts {
            name: "card.zip".to_owned(),
            files: counts.files,
        }],
        counts,
        execution: ExecutionFacts::default(),
    }
}

/// A file with this path and fate, about which nothing else is known.
pub(crate) fn record(path: &str, outcome: MediaOutcome) -> MediaRecord {
    MediaRecord {
        path: MediaPath::from_display_name(path),
        size_bytes: 1_234_567,
        content_hash: None,
        camera: CameraFacts::default(),
        outcome,
    }
}

/// A processed image of 4000 × 3000 pixels.
pub(crate) fn processed(detections: Vec<Detection>) -> ProcessedMedia {
    ProcessedMedia {
        width: 4000,
        height: 3000,
        detections,
        decoded_share: None,
        duplicate_of: None,
        annotated: None,
        original: None,
        picture: None,
    }
}

/// A detection in the middle of the image.
pub(crate) fn detection(category: Category, score: f32) -> Detection {
    Detection {
        category,
        confidence: Confidence::from_score(score).unwrap(),
        bbox: BBox::from_corners(0.25, 0.25, 0.75, 0.5).unwrap(),
        class: None,
    }
}

/// Facts as a good camera writes them.
pub(crate) fn camera_facts() -> CameraFacts {
    CameraFacts {
        captured: Some(CaptureTime {
            local: date(2024, 5, 1).at(6, 30, 15, 0),
            offset_minutes: Some(120),
        }),
        make: Some("RECONYX".to_owned()),
        model: Some("HF2 PRO".to_owned()),
        serial_number: Some("0012345".to_owned()),
        user_label: Some("SITE 7".to_owned()),
        temperature_celsius: Some(-3.5),
        position: Position::new(52.372_4, 9.735_5, Some(55.0)),
        description: Some("=HYPERLINK(\"http://example.org\")".to_owned()),
        comment: Some("by the brook".to_owned()),
        time_notes: None,
    }
}

/// One file of each fate, in path order.
pub(crate) fn one_of_each() -> Vec<MediaRecord> {
    let species = Detection {
        class: Some(16),
        ..detection(Category::Animal, 0.876_5)
    };
    let animal = ProcessedMedia {
        annotated: Some("annotated/north/cam 1/DCIM/a.jpg".to_owned()),
        original: Some(OriginalCopy::At(
            "originals/north/cam 1/DCIM/a.jpg".to_owned(),
        )),
        ..processed(vec![species, detection(Category::Animal, 0.1)])
    };
    let copy = ProcessedMedia {
        duplicate_of: Some(MediaPath::from_display_name("north/cam 1/DCIM/a.jpg")),
        ..animal.clone()
    };
    let person = ProcessedMedia {
        original: Some(OriginalCopy::Withheld(WithheldReason::ShowsBlurred)),
        annotated: Some("annotated/c#&1.jpg".to_owned()),
        ..processed(vec![
            detection(Category::Vehicle, 1.0),
            detection(Category::Person, 0.5),
        ])
    };
    let truncated = ProcessedMedia {
        decoded_share: Some(0.5),
        ..processed(Vec::new())
    };
    let failure = Failure::new(FailureCode::NoBytes, "0 bytes");
    let mut records = vec![
        record("north/cam 1/DCIM/a.jpg", MediaOutcome::Processed(animal)),
        record("north/cam 1/DCIM/b.jpg", MediaOutcome::Processed(copy)),
        record("c#.jpg", MediaOutcome::Processed(person)),
        record("south/d.jpg", MediaOutcome::Processed(truncated)),
        record("=1+cmd|calc!A0.jpg", MediaOutcome::Failed(failure)),
        record("south/clip.mp4", MediaOutcome::Skipped(SkipReason::Video)),
        record(
            "鹿/Thumbs.db",
            MediaOutcome::Skipped(SkipReason::SystemFile),
        ),
    ];
    records[0].camera = camera_facts();
    records.sort_by(|a, b| a.path.cmp(&b.path));
    records
}

/// Up to `most` records with different paths, in path order.
pub(crate) fn arbitrary_records(most: usize) -> impl Strategy<Value = Vec<MediaRecord>> {
    btree_map(arbitrary_path(), arbitrary_record(), 0..=most).prop_map(|files| {
        files
            .into_iter()
            .map(|(path, record)| MediaRecord { path, ..record })
            .collect()
    })
}

/// A record of any fate; its path is always the same.
pub(crate) fn arbitrary_record() -> impl Strategy<Value = MediaRecord> {
    let outcome = prop_oneof![
        4 => arbitrary_processed().prop_map(MediaOutcome::Processed),
        1 => (arbitrary_failure_code(), arbitrary_text())
            .prop_map(|(code, detail)| MediaOutcome::Failed(Failure { code, detail })),
        1 => arbitrary_skip_reason().prop_map(MediaOutcome::Skipped),
    ];
    (
        any::<u32>(),
        option::of("[0-9a-f]{64}"),
        arbitrary_camera_facts(),
        outcome,
    )
        .prop_map(|(size, content_hash, camera, outcome)| MediaRecord {
            size_bytes: size.into(),
            content_hash,
            camera,
            ..record("a.jpg", outcome)
        })
}

/// Paths as people and archives make them, also hostile ones.
pub(crate) fn arbitrary_path() -> impl Strategy<Value = MediaPath> {
    let part = prop_oneof![
        select(vec![
            "DCIM", "100MEDIA", "cam 1", "=1+1", "@x", "-rf", "a,b\"c", "鹿", "50%20"
        ])
        .prop_map(str::to_owned),
        "\\PC{1,12}",
    ];
    prop::collection::vec(part, 1..4)
        .prop_map(|parts| MediaPath::from_display_name(&format!("{}.jpg", parts.join("/"))))
}

/// Text as cameras and attackers write it.
pub(crate) fn arbitrary_text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,20}",
        any::<String>(),
        select(vec![
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n", "a\nb", "\u{1}", "_x0041_", "\u{ffff}"
        ])
        .prop_map(str::to_owned),
    ]
}

fn arbitrary_camera_facts() -> impl Strategy<Value = CameraFacts> {
    let time =
        (0..2_000_000_000_i64, option::of(-720..=840_i16)).prop_map(|(seconds, offset_minutes)| {
            CaptureTime {
                local: date(1970, 1, 1).at(0, 0, 0, 0) + seconds.seconds(),
                offset_minutes,
            }
        });
    let place = (-90.0..90.0, -180.0..180.0, option::of(-400.0..9000.0_f64));
    (
        option::of(time),
        option::of(arbitrary_text()),
        option::of(arbitrary_text()),
        option::of(-60.0..60.0_f64),
        option::of(place),
        option::of(arbitrary_text()),
    )
        .prop_map(
            |(captured, make, model, temperature_celsius, place, description)| CameraFacts {
                captured,
                make,
                serial_number: model.clone(),
                model,
                temperature_celsius,
                position: place.and_then(|(north, east, up)| Position::new(north, east, up)),
                comment: description.clone(),
                user_label: description.clone(),
                time_notes: None,
                description,
            },
        )
}

fn arbitrary_processed() -> impl Strategy<Value = ProcessedMedia> {
    (
        (1..20_000_u32, 1..20_000_u32),
        prop::collection::vec(arbitrary_detection(), 0..5),
        option::weighted(0.1, 0.0..1.0_f64),
        option::weighted(0.1, arbitrary_path()),
        option::of(arbitrary_path().prop_map(|path| format!("annotated/{path}"))),
        option::weighted(
            0.2,
            Just(OriginalCopy::Withheld(WithheldReason::HoldsMorePictures)),
        ),
    )
        .prop_map(
            |(
                (width, height),
                mut detections,
                decoded_share,
                duplicate_of,
                annotated,
                original,
            )| {
                detections.sort_by(Detection::output_order);
                ProcessedMedia {
                    width,
                    height,
                    detections,
                    decoded_share,
                    duplicate_of,
                    annotated,
                    original,
                    picture: None,
                }
            },
        )
}

/// Any detection that a model may report.
pub(crate) fn arbitrary_detection() -> impl Strategy<Value = Detection> {
    let corners = (0.0..1.0_f64, 0.0..1.0_f64, 0.0..1.0_f64, 0.0..1.0_f64);
    (
        select(Category::ALL.to_vec()),
        0.005..=1.0_f32,
        corners,
        option::of(15..18_u16),
    )
        .prop_map(|(category, score, (x1, y1, x2, y2), class)| Detection {
            category,
            confidence: Confidence::from_score(score).unwrap(),
            bbox: BBox::from_corners(x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2)).unwrap(),
            class,
        })
}

fn arbitrary_failure_code() -> impl Strategy<Value = FailureCode> {
    select(vec![
        FailureCode::NoBytes,
        FailureCode::Unreadable,
        FailureCode::InferenceFailed,
    ])
}

fn arbitrary_skip_reason() -> impl Strategy<Value = SkipReason> {
    select(vec![
        SkipReason::Video,
        SkipReason::SystemFile,
        SkipReason::Directory,
    ])
}
