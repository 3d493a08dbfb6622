//! The same numbers as the reference programs: `readers/reference_*.py` are their ways through a
//! picture, written down once more in Python with OpenCV, NumPy and ONNX Runtime.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on may panic"
)]

mod support;

use std::{fs, path::Path, process::Command};

use image::{GenericImage, Rgb, RgbImage};
use serde_json::Value;
use support::{
    Workbench, json,
    matching::{Findings, Found, counterpart, iou, of_reference, of_results},
    picture,
    python::read_with,
    said,
    sample::{coco_centernet, sample_files, unpack_pictures, worker_with_real_models, yolox_nano},
};
use worker::{
    letterbox::{CanvasBox, Letterbox},
    model::contract::{
        CanvasShape, ChannelOrder, Fit, InputRule, Interpolation, Normalization, Placement,
    },
};

/// Below this a detection is noise, and suppression may fall either way.
const LEAST_CONFIDENCE: f64 = 0.05;
const LEAST_IOU: f64 = 0.99;
const MOST_CONFIDENCE_APART: f64 = 0.01;
/// The typical threshold of both models.
const THRESHOLD: f64 = 0.3;
/// Three files of the sample are no whole pictures: one is cut, one blank, one is text.
const UNREADABLE: usize = 3;

fn command(model: &str, decode: &str, input: &Path, out: &Path) -> Command {
    let mut command = worker_with_real_models();
    command
        .args(["process", "--model", model, "--decode", decode])
        .args(["--device", "cpu", "--annotate", "none"])
        .arg(input)
        .arg("--out")
        .arg(out);
    command
}

fn findings(command: &mut Command, out: &Path) -> Findings {
    let output = command.output().unwrap();
    assert!(
        matches!(output.status.code(), Some(0 | 3)),
        "{}",
        said(&output)
    );
    of_results(&json(out, "megadetector.json"))
}

fn process(model: &str, decode: &str, input: &Path, out: &Path) -> Findings {
    findings(&mut command(model, decode, input, out), out)
}

fn reference(script: &str, file: &Path, pictures: &Path) -> Findings {
    of_reference(&read_with(script, &[file, pictures]))
}

/// The worst agreement of many detections.
#[derive(Debug)]
struct Worst {
    detections: usize,
    iou: f64,
    confidence_apart: f64,
}

impl Worst {
    /// Seeks the counterpart of each detection that is not noise.
    fn between(ones: &Findings, others: &Findings) -> Self {
        let mut worst = Self {
            detections: 0,
            iou: 1.0,
            confidence_apart: 0.0,
        };
        for (file, found) in ones {
            let Some((found, others)) = found.as_ref().zip(others[file].as_ref()) else {
                continue;
            };
            for one in found
                .iter()
                .filter(|one| one.confidence >= LEAST_CONFIDENCE)
            {
                let other = counterpart(one, others)
                    .unwrap_or_else(|| panic!("{file}: nothing is like {one:?}"));
                worst.detections += 1;
                worst.iou = worst.iou.min(iou(one.bbox, other.bbox));
                let apart = (one.confidence - other.confidence).abs();
                worst.confidence_apart = worst.confidence_apart.max(apart);
            }
        }
        worst
    }

    fn is_parity(&self) -> bool {
        self.iou >= LEAST_IOU && self.confidence_apart <= MOST_CONFIDENCE_APART
    }
}

fn assert_parity(model: &str, script: &str, file: &Path) {
    let bench = Workbench::new();
    let pictures = bench.path("pictures");
    let files = unpack_pictures(&pictures);
    let expected = reference(script, file, &pictures);
    let found = process(model, "full", &pictures, &bench.path("out"));
    assert_eq!(expected.len(), files);
    assert_eq!(
        expected.values().filter(|read| read.is_none()).count(),
        UNREADABLE
    );
    assert!(found.keys().eq(expected.keys()));
    for worst in [
        Worst::between(&expected, &found),
        Worst::between(&found, &expected),
    ] {
        eprintln!("{model}: {worst:?}");
        assert!(worst.detections >= 10, "{worst:?}");
        assert!(worst.is_parity(), "{worst:?}");
    }
}

#[test]
fn yolox_finds_what_its_reference_finds() {
    if let Some(file) = yolox_nano() {
        assert_parity("yolox-nano", "reference_yolox.py", &file);
    }
}

#[test]
fn centernet_finds_what_its_reference_finds() {
    assert_parity(
        "coco-centernet",
        "reference_centernet.py",
        &coco_centernet(),
    );
}

/// Pictures that are large enough to be decoded at a smaller scale, with fine detail: four of
/// the sample beside each other, as different fours.
fn collages(folder: &Path) {
    const TILE: (u32, u32) = (640, 512);
    let decoded = sample_files()
        .into_iter()
        .filter(|(name, _)| name.starts_with("north-ridge") || name.starts_with("river-crossing"))
        .filter_map(|(_, bytes)| image::load_from_memory(&bytes).ok());
    let pictures: Vec<RgbImage> = decoded.map(|picture| picture.to_rgb8()).collect();
    fs::create_dir_all(folder).unwrap();
    for first in 0..pictures.len() {
        let mut collage = RgbImage::from_pixel(TILE.0 * 2, TILE.1 * 2, Rgb([96, 100, 90]));
        let corners = [(0, 0), (TILE.0, 0), (0, TILE.1), (TILE.0, TILE.1)];
        for (place, (left, top)) in corners.into_iter().enumerate() {
            let tile = &pictures[(first + place * 2) % pictures.len()];
            collage.copy_from(tile, left, top).unwrap();
        }
        fs::write(folder.join(format!("{first}.jpg")), picture::jpeg(&collage)).unwrap();
    }
}

/// How many detections at the threshold have no counterpart.
fn lost(from: &Findings, to: &Findings) -> usize {
    let counting = |found: &[Found]| -> Vec<Found> {
        found
            .iter()
            .filter(|one| one.confidence >= THRESHOLD)
            .cloned()
            .collect()
    };
    let of_file = |(file, found): (&String, &Option<Vec<Found>>)| {
        let others = counting(to[file].as_ref().unwrap());
        let is_lost = |one: &Found| {
            counterpart(one, &others).is_none_or(|other| iou(one.bbox, other.bbox) < 0.5)
        };
        counting(found.as_ref().unwrap())
            .iter()
            .filter(|one| is_lost(one))
            .count()
    };
    from.iter().map(of_file).sum()
}

/// A folder of models that has this one alone, changed to resize with another filter.
fn with_another_filter(id: &str, file: &Path, models: &Path) {
    let folder = models.join(id);
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(file.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    let manifest = fs::read_to_string(folder.join("manifest.toml")).unwrap();
    let (ours, others) = ("\"cv2_bilinear\"", "\"bilinear\"");
    let changed = if manifest.contains(ours) {
        manifest.replacen(ours, others, 1)
    } else {
        manifest.replacen(others, ours, 1)
    };
    assert_ne!(changed, manifest);
    fs::write(folder.join("manifest.toml"), changed).unwrap();
}

/// A fast decode may change no more than a filter does, about which nobody asks: networks are
/// trained with one and used with the other.
fn assert_fast_is_near_full(model: &str, file: &Path) {
    let bench = Workbench::new();
    let (pictures, models) = (bench.path("pictures"), bench.path("models"));
    collages(&pictures);
    with_another_filter(model, file, &models);
    let full = process(model, "full", &pictures, &bench.path("full"));
    let fast = process(model, "fast", &pictures, &bench.path("fast"));
    let mut command = command(model, "full", &pictures, &bench.path("filtered"));
    let filtered = findings(
        command.env("TRAPLINE_MODELS", &models),
        &bench.path("filtered"),
    );
    let found = full.values().flatten().flatten();
    let all = found.filter(|one| one.confidence >= THRESHOLD).count();
    assert!(all >= 10, "{all} detections do not tell much");
    let changed = |other| lost(&full, other) + lost(other, &full);
    let (by_decode, by_filter) = (changed(&fast), changed(&filtered));
    eprintln!("{model}: of {all} a fast decode changes {by_decode}, a filter {by_filter}");
    // One at the threshold may fall either way.
    assert!(
        by_decode <= by_filter + 1,
        "{by_decode} and {by_filter} of {all}"
    );
    let moved = Worst::between(&full, &fast);
    assert!(
        !moved.is_parity(),
        "nothing was decoded at a smaller scale: {moved:?}"
    );
}

#[test]
fn a_fast_decode_changes_no_more_for_yolox_than_a_filter() {
    if let Some(file) = yolox_nano() {
        assert_fast_is_near_full("yolox-nano", &file);
    }
}

#[test]
fn a_fast_decode_changes_no_more_for_centernet_than_a_filter() {
    assert_fast_is_near_full("coco-centernet", &coco_centernet());
}

#[test]
fn letterboxes_are_those_of_megadetector() {
    let rule = InputRule {
        width: 1280,
        height: 1280,
        fit: Fit::Letterbox(Placement::Centred, CanvasShape::Rectangle { stride: 64 }),
        channels: ChannelOrder::Rgb,
        normalization: Normalization::Unit,
        pad_value: 114.0 / 255.0,
        interpolation: Interpolation::Cv2Bilinear,
    };
    let points = CanvasBox {
        x1: 100.0,
        y1: 100.0,
        x2: 500.0,
        y2: 400.0,
    };
    // Sides between 40 and 6039, spread by a multiplicative generator.
    let states = std::iter::successors(Some(1_u64), |state| Some(state * 48_271 % 2_147_483_647));
    let sides: Vec<u32> = states
        .skip(1)
        .take(800)
        .map(|state| (state % 6000) as u32 + 40)
        .collect();
    let sizes: Vec<String> = sides
        .chunks(2)
        .map(|size| format!("{}x{}", size[0], size[1]))
        .collect();
    let expected = read_with("reference_letterbox.py", &sizes);
    for (size, expected) in sides.chunks(2).zip(expected.as_array().unwrap()) {
        let letterbox = Letterbox::fit(size[0], size[1], &rule);
        let canvas = [letterbox.canvas_width, letterbox.canvas_height];
        assert_eq!(serde_json::json!(canvas), expected[0], "{size:?}");
        let found = letterbox.to_source(points);
        let found = [found.x1, found.y1, found.x2, found.y2];
        let expected = expected[1]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_f64);
        for (found, expected) in found.into_iter().zip(expected) {
            assert!(
                (f64::from(found) - expected).abs() < 0.001,
                "{size:?}: {found} {expected}"
            );
        }
    }
}
