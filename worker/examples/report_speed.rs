//! Writes the result package of made-up records, and prints rows a second and the peak memory.
//!
//! Usage: `cargo run --release --example report_speed -- [IMAGES] [annotated]`: 100,000 images
//! with one detection each, or as many as asked for; with `annotated`, each has an annotated
//! copy to link to.

use std::{env, fs, io, time::Instant};

use common::{
    BBox, Category, Confidence, Detection, MediaOutcome, MediaPath, MediaRecord, Threshold,
    media::{CameraFacts, CaptureTime, Position, ProcessedMedia},
};
use jiff::{ToSpan, civil::date};
use worker::{
    report::{FolderCopies, RecordSource, Records, write_all},
    resources::ResourceUse,
    run_facts::{AnnotateChoice, Counts, ExecutionFacts, ModelFacts, RunFacts, RunOptions},
};

/// Records that are made when they are read.
struct MadeUp {
    images: u32,
    has_annotated_copies: bool,
}

impl RecordSource for MadeUp {
    fn records(&self) -> io::Result<Records<'_>> {
        Ok(Box::new(
            (0..self.images).map(|number| Ok(self.record(number))),
        ))
    }
}

impl MadeUp {
    fn record(&self, number: u32) -> MediaRecord {
        let path = format!(
            "site {:03}/DCIM/100RECNX/IMG_{number:07}.JPG",
            number / 2000
        );
        let media = ProcessedMedia {
            width: 4000,
            height: 3000,
            detections: detections(number),
            decoded_share: None,
            duplicate_of: None,
            annotated: self
                .has_annotated_copies
                .then(|| format!("annotated/{path}")),
            original: None,
            picture: None,
        };
        MediaRecord {
            path: MediaPath::from_display_name(&path),
            size_bytes: 1_700_000 + u64::from(number),
            content_hash: Some(format!("{number:064x}")),
            camera: camera_facts(number),
            outcome: MediaOutcome::Processed(media),
        }
    }
}

fn detections(number: u32) -> Vec<Detection> {
    let shift = f64::from(number % 1000) / 2000.0;
    let bbox = BBox::from_corners(shift, shift, shift + 0.3, shift + 0.2);
    let confidence = Confidence::from_score(0.876_5);
    let found = |(bbox, confidence)| Detection {
        category: Category::Animal,
        confidence,
        bbox,
        class: None,
    };
    bbox.zip(confidence).map(found).into_iter().collect()
}

fn camera_facts(number: u32) -> CameraFacts {
    CameraFacts {
        captured: Some(CaptureTime {
            local: date(2024, 5, 1).at(6, 30, 15, 0) + i64::from(number).seconds(),
            offset_minutes: None,
        }),
        make: Some("RECONYX".to_owned()),
        model: Some("HF2 PRO COVERT".to_owned()),
        serial_number: Some("HF2PXL0012345".to_owned()),
        temperature_celsius: Some(f64::from(number % 40) - 10.0),
        position: Position::new(52.372_4, 9.735_5, None),
        description: None,
        ..CameraFacts::default()
    }
}

fn facts(counts: Counts, threshold: Threshold) -> RunFacts {
    RunFacts {
        trapline_version: env!("CARGO_PKG_VERSION").to_owned(),
        options: RunOptions {
            threshold,
            blur: Vec::new(),
            annotate: AnnotateChoice::None,
            originals: false,
            strip_gps: false,
            round_positions: false,
            csv_plain: false,
            names: None,
            full_decode: false,
        },
        model: ModelFacts {
            id: "made-up".to_owned(),
            display_name: "Made up".to_owned(),
            version: None,
            sha256: String::new(),
            licence: "none".to_owned(),
            notice: None,
            image_size: 416,
            typical_threshold: threshold,
            conservative_threshold: threshold,
            species: std::collections::BTreeMap::new(),
        },
        inputs: Vec::new(),
        names: Vec::new(),
        counts,
        execution: ExecutionFacts::default(),
    }
}

/// The most memory this process has used so far, in MiB.
#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn peak_mib() -> f64 {
    ResourceUse::now().peak_memory_bytes as f64 / f64::from(1 << 20)
}

#[expect(clippy::print_stdout, reason = "printing is what it is for")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let images = env::args()
        .nth(1)
        .map_or(Ok(100_000), |number| number.parse())?;
    let source = MadeUp {
        images,
        has_annotated_copies: env::args().nth(2).is_some(),
    };
    let threshold = Threshold::new(0.2)?;
    let mut counts = Counts::default();
    for record in source.records()? {
        counts.add(&record?, threshold);
    }
    let folder = tempfile::tempdir()?;
    let before = peak_mib();
    let cpu_before = ResourceUse::now().cpu_seconds;
    let start = Instant::now();
    let copies = FolderCopies(folder.path());
    write_all(&source, &copies, &facts(counts, threshold), folder.path())?;
    let seconds = start.elapsed().as_secs_f64();
    let rows = f64::from(images) * 2.0;
    println!(
        "{images} images, {rows} rows of both tables: {seconds:.2} s, {:.0} rows/s, \
         {:.0} rows per processor second",
        rows / seconds,
        rows / (ResourceUse::now().cpu_seconds - cpu_before)
    );
    println!("peak memory {:.1} MiB ({before:.1} MiB before)", peak_mib());
    for entry in fs::read_dir(folder.path())? {
        let entry = entry?;
        println!(
            "{:>12} bytes {}",
            entry.metadata()?.len(),
            entry.file_name().display()
        );
    }
    Ok(())
}
