//! How well two lists of detections agree.

use std::collections::BTreeMap;

use serde_json::Value;

/// A detection, from whichever program.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) category: String,
    pub(crate) confidence: f64,
    /// x, y, width, height as shares of the picture.
    pub(crate) bbox: [f64; 4],
}

/// Detections by file; `None` for a file that could not be read.
pub(crate) type Findings = BTreeMap<String, Option<Vec<Found>>>;

fn found(detection: &Value, category: impl Fn(&str) -> String) -> Found {
    let bbox: Vec<f64> = detection["bbox"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_f64().unwrap())
        .collect();
    Found {
        category: category(detection["category"].as_str().unwrap()),
        confidence: detection["conf"].as_f64().unwrap(),
        bbox: bbox.try_into().unwrap(),
    }
}

fn list(detections: &Value, category: impl Fn(&str) -> String) -> Option<Vec<Found>> {
    let detections = detections.as_array()?;
    Some(
        detections
            .iter()
            .map(|detection| found(detection, &category))
            .collect(),
    )
}

/// Findings of a reference script.
pub(crate) fn of_reference(printed: &Value) -> Findings {
    let files = printed.as_object().unwrap().iter();
    files
        .map(|(file, detections)| (file.clone(), list(detections, str::to_owned)))
        .collect()
}

/// Findings in a `megadetector.json`.
pub(crate) fn of_results(results: &Value) -> Findings {
    let names = &results["detection_categories"];
    let category = |id: &str| names[id].as_str().unwrap().to_owned();
    let images = results["images"].as_array().unwrap().iter();
    images
        .map(|image| {
            let file = image["file"].as_str().unwrap().to_owned();
            (file, list(&image["detections"], category))
        })
        .collect()
}

/// Intersection over union.
pub(crate) fn iou(a: [f64; 4], b: [f64; 4]) -> f64 {
    let shared = |at: usize| {
        let end = (a[at] + a[at + 2]).min(b[at] + b[at + 2]);
        (end - a[at].max(b[at])).max(0.0)
    };
    let overlap = shared(0) * shared(1);
    overlap / (a[2] * a[3] + b[2] * b[3] - overlap)
}

/// The detection of the same category that is most alike: in place, then in confidence.
pub(crate) fn counterpart<'f>(one: &Found, others: &'f [Found]) -> Option<&'f Found> {
    let unlike = |other: &Found| {
        2.0 * (1.0 - iou(one.bbox, other.bbox)) + (one.confidence - other.confidence).abs()
    };
    let alike = others.iter().filter(|other| other.category == one.category);
    alike.min_by(|a, b| unlike(a).total_cmp(&unlike(b)))
}
