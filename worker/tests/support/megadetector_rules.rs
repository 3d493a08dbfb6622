//! The rules of MegaDetector's batch format 1.6, written down once more: those that the
//! official validator applies, and those of the format's text that it does not check (ranges,
//! order, unique files).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

const TOP_LEVEL: &[&str] = &[
    "info",
    "detection_categories",
    "classification_categories",
    "classification_category_descriptions",
    "images",
];

/// The first broken rule of a document.
pub(crate) fn broken_rule(document: &Value) -> Result<(), String> {
    let top = document
        .as_object()
        .ok_or("the document is not an object")?;
    if let Some(key) = top.keys().find(|key| !TOP_LEVEL.contains(&key.as_str())) {
        return Err(format!("'{key}' does not belong to the top level"));
    }
    check_info(
        top.get("info")
            .and_then(Value::as_object)
            .ok_or("no info")?,
    )?;
    let categories = top
        .get("detection_categories")
        .ok_or("no detection_categories")?;
    let categories = category_ids(categories)?;
    let classes = top
        .get("classification_categories")
        .map(category_ids)
        .transpose()?;
    let images = top
        .get("images")
        .and_then(Value::as_array)
        .ok_or("no list of images")?;
    let mut last: Option<&str> = None;
    for image in images {
        let file = check_image(image, &categories, classes.as_ref())?;
        if last.is_some_and(|last| last >= file) {
            return Err(format!("'{file}' is listed twice or out of order"));
        }
        last = Some(file);
    }
    Ok(())
}

fn check_info(info: &Map<String, Value>) -> Result<(), String> {
    if info.get("format_version").and_then(Value::as_str) != Some("1.6") {
        return Err("format_version is not the text \"1.6\"".to_owned());
    }
    let detector = info
        .get("detector")
        .and_then(Value::as_str)
        .ok_or("no detector")?;
    if detector.is_empty() || detector.contains(['/', '\\']) {
        return Err("detector is not a file name".to_owned());
    }
    let metadata = info
        .get("detector_metadata")
        .ok_or("no detector_metadata")?;
    for key in [
        "typical_detection_threshold",
        "conservative_detection_threshold",
    ] {
        is_share(&metadata[key])
            .then_some(())
            .ok_or(format!("{key} is not a float 0..=1"))?;
    }
    Ok(())
}

fn category_ids(categories: &Value) -> Result<BTreeSet<&str>, String> {
    let categories = categories
        .as_object()
        .ok_or("categories are not an object")?;
    for (id, name) in categories {
        id.parse::<u32>()
            .map_err(|_| format!("category id '{id}' is not a whole number"))?;
        let name = name.as_str().unwrap_or_default();
        if name.trim().is_empty() {
            return Err(format!("category {id} has no name"));
        }
    }
    Ok(categories.keys().map(String::as_str).collect())
}

fn check_image<'v>(
    image: &'v Value,
    categories: &BTreeSet<&str>,
    classes: Option<&BTreeSet<&str>>,
) -> Result<&'v str, String> {
    let image = image.as_object().ok_or("an image is not an object")?;
    let file = image
        .get("file")
        .and_then(Value::as_str)
        .ok_or("an image without a file")?;
    if file.starts_with('/') || file.contains('\\') || file.split('/').any(|part| part == "..") {
        return Err(format!(
            "'{file}' is not a relative path with forward slashes"
        ));
    }
    match (image.get("failure"), image.get("detections")) {
        (None, Some(Value::Array(detections))) => {
            check_detections(detections, categories, classes)
                .map_err(|rule| format!("{file}: {rule}"))?;
        }
        (Some(Value::String(_)), Some(Value::Null)) => {}
        _ => {
            return Err(format!(
                "{file}: either a list of detections, or a failure and null"
            ));
        }
    }
    for side in ["width", "height"] {
        if image
            .get(side)
            .is_some_and(|pixels| pixels.as_u64().is_none())
        {
            return Err(format!("{file}: {side} is not a whole number"));
        }
    }
    check_datetime(image.get("datetime")).map_err(|rule| format!("{file}: {rule}"))?;
    Ok(file)
}

fn check_datetime(datetime: Option<&Value>) -> Result<(), String> {
    let Some(datetime) = datetime else {
        return Ok(());
    };
    let shape: String = datetime
        .as_str()
        .unwrap_or_default()
        .chars()
        .map(|c| if c.is_ascii_digit() { '9' } else { c })
        .collect();
    if shape == "9999:99:99 99:99:99" {
        Ok(())
    } else {
        Err(format!("datetime {datetime}"))
    }
}

fn check_detections(
    detections: &[Value],
    categories: &BTreeSet<&str>,
    classes: Option<&BTreeSet<&str>>,
) -> Result<(), String> {
    let mut last = f64::INFINITY;
    for detection in detections {
        let category = detection["category"]
            .as_str()
            .ok_or("a detection without a category")?;
        categories
            .contains(category)
            .then_some(())
            .ok_or("an unmapped category")?;
        is_share(&detection["conf"])
            .then_some(())
            .ok_or("conf is not a float 0..=1")?;
        let confidence = detection["conf"].as_f64().unwrap_or_default();
        if !(0.005..=last).contains(&confidence) {
            return Err(format!(
                "conf {confidence} is out of order or below the floor"
            ));
        }
        last = confidence;
        check_bbox(&detection["bbox"])?;
        if let Some(named) = detection.get("classifications") {
            check_classifications(named, classes.ok_or("no classification_categories")?)?;
        }
    }
    Ok(())
}

fn check_bbox(bbox: &Value) -> Result<(), String> {
    let sides = bbox
        .as_array()
        .filter(|sides| sides.len() == 4 && sides.iter().all(is_share));
    let sides = sides.ok_or("bbox is not four floats 0..=1")?;
    let side = |at: usize| sides[at].as_f64().unwrap_or_default();
    let is_inside = side(0) + side(2) <= 1.0 + 1e-9 && side(1) + side(3) <= 1.0 + 1e-9;
    is_inside
        .then_some(())
        .ok_or_else(|| "bbox leaves the image".to_owned())
}

fn check_classifications(named: &Value, classes: &BTreeSet<&str>) -> Result<(), String> {
    for pair in named.as_array().ok_or("classifications are not a list")? {
        let id = pair[0].as_str().ok_or("a classification id is not text")?;
        classes
            .contains(id)
            .then_some(())
            .ok_or("an unmapped classification")?;
        is_share(&pair[1])
            .then_some(())
            .ok_or("a classification's confidence")?;
    }
    Ok(())
}

/// Written with a decimal point, as Python needs it to see a float, and within 0..=1.
fn is_share(value: &Value) -> bool {
    value.is_f64()
        && value
            .as_f64()
            .is_some_and(|share| (0.0..=1.0).contains(&share))
}
