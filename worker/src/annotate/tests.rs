use common::{BBox, Confidence};
use proptest::prelude::*;

use super::*;
use crate::media::decode::{DecodeLimits, DecodeScale, decode};
use crate::media::orientation::Orientation;

pub(super) fn rule(threshold: f64, blurred: &[Category]) -> AnnotateRule {
    AnnotateRule {
        threshold: Threshold::new(threshold).unwrap(),
        blurred: blurred.to_vec(),
        strip_gps: false,
    }
}

pub(super) fn detection(category: Category, score: f32, corners: [f64; 4]) -> Detection {
    let [x1, y1, x2, y2] = corners;
    Detection {
        category,
        // A hair more, so that single precision does not fall below the decimal.
        confidence: Confidence::from_score(score + 1e-6).unwrap(),
        bbox: BBox::from_corners(x1, y1, x2, y2).unwrap(),
        class: None,
    }
}

/// Stripes one pixel wide, which no average keeps.
pub(super) fn stripes(width: u32, height: u32) -> Frame {
    let rgb = (0..height)
        .flat_map(|_| (0..width).flat_map(|x| [if x % 2 == 0 { 0 } else { 250 }; 3]))
        .collect();
    Frame { width, height, rgb }
}

pub(super) fn is_striped(frame: &Frame, y: u32, x0: u32, x1: u32) -> bool {
    frame
        .row(y, x0, x1)
        .as_chunks::<3>()
        .0
        .windows(2)
        .any(|pair| pair[0][0].abs_diff(pair[1][0]) > 60)
}

#[test]
fn people_are_hidden_and_animals_are_not() {
    let person = detection(Category::Person, 0.8, [0.1, 0.2, 0.4, 0.8]);
    let animal = detection(Category::Animal, 0.8, [0.6, 0.2, 0.9, 0.8]);
    let frame = render(
        stripes(1000, 500),
        &[person, animal],
        &rule(0.5, &[Category::Person]),
    )
    .unwrap();
    assert!(!is_striped(&frame, 250, 110, 390));
    assert!(is_striped(&frame, 250, 610, 890));
    assert!(is_striped(&frame, 250, 450, 550));
}

#[test]
fn a_doubtful_person_is_hidden_but_not_drawn() {
    let doubtful = detection(Category::Person, 0.1, [0.2, 0.2, 0.8, 0.8]);
    let rule = rule(0.5, &[Category::Person]);
    let frame = render(stripes(1000, 500), &[doubtful], &rule).unwrap();
    assert!(!is_striped(&frame, 250, 210, 790));
    assert!(
        !frame
            .rgb
            .as_chunks::<3>()
            .0
            .contains(&colour(Category::Person))
    );
    assert!(blurs(&[doubtful], &rule));
}

#[test]
fn the_floor_follows_a_lower_threshold() {
    let person = |score| [detection(Category::Person, score, [0.2, 0.2, 0.8, 0.8])];
    assert!(!blurs(&person(0.099), &rule(0.5, &[Category::Person])));
    assert!(blurs(&person(0.05), &rule(0.05, &[Category::Person])));
    assert!(!blurs(&person(0.9), &rule(0.5, &[])));
    assert!(!blurs(&person(0.9), &rule(0.5, &[Category::Vehicle])));
    assert!(blurs(
        &[detection(Category::Vehicle, 0.3, [0.0; 4])],
        &rule(0.5, &[Category::Person, Category::Vehicle])
    ));
}

#[test]
fn an_annotated_copy_is_a_jpeg_of_the_right_size() {
    let animal = detection(Category::Animal, 0.8, [0.6, 0.2, 0.9, 0.8]);
    let bytes = annotate(stripes(2000, 1000), &[animal], &[], &rule(0.5, &[])).unwrap();
    let copy = decode(
        &bytes,
        Orientation::Upright,
        DecodeScale::Full,
        DecodeLimits::default(),
    )
    .unwrap();
    assert_eq!((copy.source_width, copy.source_height), (1600, 800));
    assert_eq!(copy.decoded_share, None);
}

#[test]
fn the_cameras_metadata_are_in_the_copy() {
    // One entry: Make (0x010F), 8 bytes of text behind the directory.
    let tiff = b"II*\0\x08\0\0\0\x01\0\x0F\x01\x02\0\x08\0\0\0\x1A\0\0\0\0\0\0\0RECONYX\0";
    let bytes = annotate(stripes(64, 64), &[], &[tiff.to_vec()], &rule(0.5, &[])).unwrap();
    let has = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(has(b"Exif\0\0") && has(b"RECONYX\0"));
    let copy = decode(
        &bytes,
        Orientation::Upright,
        DecodeScale::Full,
        DecodeLimits::default(),
    );
    assert_eq!(copy.unwrap().source_width, 64);
}

#[test]
fn a_frame_without_pixels_is_a_failure() {
    let frame = Frame {
        width: 0,
        height: 0,
        rgb: Vec::new(),
    };
    let all = [detection(Category::Person, 0.8, [0.0, 0.0, 1.0, 1.0])];
    assert!(annotate(frame, &all, &[], &rule(0.5, &[Category::Person])).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_detections_can_be_annotated(
        width in 1u32..300, height in 1u32..300,
        boxes in proptest::collection::vec(
            (0usize..3, 0.0f32..=1.0, 0.0f64..=1.0, 0.0f64..=1.0, 0.0f64..=1.0, 0.0f64..=1.0), 0..12),
    ) {
        let detections: Vec<Detection> = boxes
            .into_iter()
            .map(|(category, score, x1, y1, x2, y2)| detection(Category::ALL[category], score, [x1, y1, x2, y2]))
            .collect();
        let rule = rule(0.3, &[Category::Person]);
        let frame = render(stripes(width, height), &detections, &rule).unwrap();
        prop_assert_eq!((frame.width, frame.height), (width, height));
        if detections.iter().all(|d| d.confidence.value() < 0.1) {
            prop_assert_eq!(&frame, &stripes(width, height));
        }
        prop_assert!(annotate(stripes(width, height), &detections, &[], &rule).is_ok());
    }
}
