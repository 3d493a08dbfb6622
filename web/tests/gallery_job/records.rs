//! What cameras brought home: bursts of three, mostly of nothing.

use common::{
    BBox, Category, Confidence, Detection, Failure, FailureCode, MediaOutcome, MediaPath,
    MediaRecord, SkipReason,
    media::{CameraFacts, CaptureTime, Position, ProcessedMedia},
};
use jiff::{ToSpan as _, civil::DateTime};

const CAMERAS: [&str; 8] = [
    "north-ridge",
    "old-quarry",
    "river-bend",
    "salt-lick",
    "south-gate",
    "spring",
    "upper-meadow",
    "west-fence",
];
/// Pictures of a burst.
const BURST: usize = 3;

/// So many records, in the order of their paths.
pub fn records(files: usize) -> Vec<MediaRecord> {
    let per_camera = files.div_ceil(CAMERAS.len()).max(1);
    let of = |number: usize| record(number / per_camera, number % per_camera, per_camera);
    (0..files).map(of).collect()
}

/// A number that looks like chance, 0..1, the same for the same seed.
fn chance(seed: usize, salt: u64) -> f64 {
    let mut value = (seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03);
    value ^= value >> 32;
    value = value.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    value ^= value >> 32;
    (value % 100_000) as f64 / 100_000.0
}

fn record(camera: usize, number: usize, per_camera: usize) -> MediaRecord {
    let seed = camera * 1_000_003 + number;
    let burst = camera * 1_000_003 + number / BURST * BURST;
    let (name, folder) = (CAMERAS[camera % CAMERAS.len()], 100 + number / 9999);
    let file = number % 9999 + 1;
    let mut path = format!("{name}/DCIM/{folder}RECNX/RCNX{file:04}.JPG");
    let outcome = match (chance(seed, 1) * 1000.0) as u32 {
        0..4 => MediaOutcome::Failed(Failure::new(
            FailureCode::Unreadable,
            "the file ends in the middle",
        )),
        4..7 => {
            path = path.replace(".JPG", ".MP4");
            MediaOutcome::Skipped(SkipReason::Video)
        }
        share => MediaOutcome::Processed(processed(seed, burst, share)),
    };
    MediaRecord {
        path: MediaPath::from_display_name(&path),
        size_bytes: 700_000 + (chance(seed, 2) * 900_000.0) as u64,
        content_hash: Some(blake3::hash(path.as_bytes()).to_hex().to_string()),
        camera: facts(camera, captured(camera, number, per_camera)),
        outcome,
    }
}

fn processed(seed: usize, burst: usize, share: u32) -> ProcessedMedia {
    ProcessedMedia {
        width: 2048,
        height: 1536,
        detections: detections(seed, burst),
        decoded_share: (share < 10).then_some(0.71),
        duplicate_of: None,
        annotated: None,
        original: None,
        picture: None,
    }
}

fn detections(seed: usize, burst: usize) -> Vec<Detection> {
    let category = match (chance(burst, 3) * 100.0) as u32 {
        0..24 => Some(Category::Animal),
        24..27 => Some(Category::Person),
        27..28 => Some(Category::Vehicle),
        _ => None,
    };
    let moved = (chance(seed, 4) - 0.5) * 0.1;
    let score = category.map(|category| (category, 0.35 + 0.6 * chance(seed, 5)));
    // Stones and leaves.
    let noise = (chance(seed, 6) < 0.3).then(|| (Category::Animal, 0.05 + 0.25 * chance(seed, 7)));
    let found = score.into_iter().zip([(0.31, 0.51)]);
    let noise = noise.into_iter().zip([(0.74, 0.2)]);
    let mut detections: Vec<Detection> = found
        .chain(noise)
        .map(|((category, score), (x, y))| Detection {
            category,
            confidence: Confidence::from_score(score as f32).unwrap(),
            bbox: BBox::from_corners(x + moved, y, x + moved + 0.28 * score, y + 0.22).unwrap(),
            class: None,
        })
        .collect();
    detections.sort_by(Detection::output_order);
    detections
}

/// Bursts follow each other so that every camera is out for about ninety days.
fn captured(camera: usize, number: usize, per_camera: usize) -> DateTime {
    let start = jiff::civil::date(2026, 3, 1 + (camera % 8) as i8).at(6, 12, 0, 0);
    let bursts = per_camera.div_ceil(BURST).max(1) as i64;
    let gap = 90 * 86_400 / bursts;
    let burst = (number / BURST) as i64;
    let seconds = burst * gap + (chance(camera + number / BURST, 8) * gap as f64 * 0.4) as i64;
    start + seconds.seconds() + ((number % BURST) as i64 * 2).seconds()
}

fn facts(camera: usize, captured: DateTime) -> CameraFacts {
    let position = Position::new(
        47.1 + camera as f64 * 0.013,
        11.3 + (camera % 3) as f64 * 0.021,
        Some(1240.0),
    );
    CameraFacts {
        captured: Some(CaptureTime {
            local: captured,
            offset_minutes: camera.is_multiple_of(2).then_some(60),
        }),
        make: Some("RECONYX".to_owned()),
        model: Some("HYPERFIRE 2".to_owned()),
        serial_number: Some(format!("H2X0{camera:04}")),
        temperature_celsius: Some(4.0 + (chance(camera, 9) * 20.0).round()),
        position: position.filter(|_| camera % 4 != 3),
        description: None,
        ..CameraFacts::default()
    }
}
