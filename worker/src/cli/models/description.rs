//! What `models info` says about a model.

use std::io::Write;

use common::Category;

use super::{paragraph, verdict};
use crate::model::{
    Catalogue, ModelError, ModelId,
    contract::{
        BoxUnit, CanvasShape, ChannelOrder, ClassMeaning, Contract, Fit, InputRule, Interpolation,
        Nms, Normalization, OutputLayout, OutputRule, Placement, RowColumn,
    },
    manifest::Manifest,
};

/// Columns of the names of facts.
const NAME_COLUMNS: usize = 16;

/// Writes everything that one should know about a model before using it.
pub(super) fn write(
    catalogue: &Catalogue,
    id: &ModelId,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let (manifest, labels) = catalogue.describe(id)?;
    let contract = manifest.contract(&labels).map_err(ModelError::from)?;
    let mut lines = vec![
        ("id", id.to_string()),
        ("name", manifest.display_name.clone()),
    ];
    lines.extend(facts(&manifest));
    lines.extend(technique(&contract, &labels));
    lines.extend(
        manifest
            .sources
            .iter()
            .map(|source| ("source", source.to_string())),
    );
    let accepted = manifest.weights.accepted_sha256.iter();
    lines.extend(accepted.map(|hash| ("accepted sha256", hash.to_string())));
    lines.push(("folder", catalogue.folder(id).display().to_string()));
    lines.push(("state", state(catalogue, id)));
    for (name, value) in lines {
        let value = paragraph::hanging(&value, NAME_COLUMNS + 1);
        writeln!(out, "{name:NAME_COLUMNS$} {value}")?;
    }
    Ok(())
}

fn facts(manifest: &Manifest) -> Vec<(&'static str, String)> {
    let optional = [
        ("version", &manifest.version),
        ("what it is", &manifest.description),
        ("good for", &manifest.purpose),
        ("note", &manifest.notice),
    ];
    let mut lines: Vec<_> = optional
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_ref()?.trim().to_owned())))
        .collect();
    let address = manifest.licence.url.as_ref().map(|url| format!(", {url}"));
    let licence = format!("{}{}", manifest.licence.name, address.unwrap_or_default());
    lines.push(("licence", licence));
    let (typical, careful) = (manifest.typical_threshold, manifest.conservative_threshold);
    let thresholds = format!(
        "{} usually, {} to miss little",
        typical.value(),
        careful.value()
    );
    lines.push(("threshold", thresholds));
    lines
}

fn technique(contract: &Contract, labels: &[String]) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("input", describe_input(&contract.input)),
        ("output", describe_output(&contract.output)),
    ];
    for category in Category::ALL {
        let counts = |meaning: &ClassMeaning| match meaning {
            ClassMeaning::Category(found) | ClassMeaning::Species(found) => *found == category,
            ClassMeaning::Ignored => false,
        };
        let pairs = contract.classes.iter().zip(labels);
        let names: Vec<_> = pairs
            .filter(|(meaning, _)| counts(meaning))
            .map(|(_, label)| label.as_str())
            .collect();
        if !names.is_empty() {
            lines.push((category.plural(), names.join(", ")));
        }
    }
    let ignored = contract
        .classes
        .iter()
        .filter(|meaning| **meaning == ClassMeaning::Ignored);
    lines.push(("ignored classes", ignored.count().to_string()));
    lines
}

fn describe_input(input: &InputRule) -> String {
    let fit = match input.fit {
        Fit::Stretch => "stretched".to_owned(),
        Fit::Letterbox(placement, shape) => {
            let placement = match placement {
                Placement::Centred => "centred",
                Placement::TopLeft => "top left",
            };
            match shape {
                CanvasShape::Fixed => format!("letterbox, {placement}"),
                CanvasShape::Rectangle { stride } => {
                    format!("letterbox, {placement}, rectangle in steps of {stride} px")
                }
            }
        }
    };
    let channels = match input.channels {
        ChannelOrder::Rgb => "RGB",
        ChannelOrder::Bgr => "BGR",
    };
    let values = match input.normalization {
        Normalization::Unit => "0 to 1",
        Normalization::Imagenet => "by ImageNet's mean and deviation",
        Normalization::None => "0 to 255",
    };
    let interpolation = match input.interpolation {
        Interpolation::Bilinear => "bilinear",
        Interpolation::Cv2Bilinear => "bilinear as in OpenCV",
        Interpolation::Bicubic => "bicubic",
        Interpolation::Lanczos => "Lanczos",
    };
    format!(
        "{} x {} px, {fit}, {channels}, values {values}, scaled {interpolation}",
        input.width, input.height
    )
}

fn describe_layout(layout: &OutputLayout) -> String {
    match layout {
        OutputLayout::Yolov5 => "YOLOv5 grid".to_owned(),
        OutputLayout::Yolov8 => "YOLOv8 grid".to_owned(),
        OutputLayout::YoloxRaw => "raw YOLOX grid".to_owned(),
        OutputLayout::RtdetrTriple => "RT-DETR labels, boxes, scores".to_owned(),
        OutputLayout::Rows { columns, unit } => {
            let unit = match unit {
                BoxUnit::CanvasPixels => "pixels of the input",
                BoxUnit::Normalized => "shares of the input",
            };
            let columns = columns.map(describe_column).join(" ");
            format!("rows of {columns} in {unit}")
        }
    }
}

fn describe_column(column: RowColumn) -> &'static str {
    match column {
        RowColumn::X1 => "x1",
        RowColumn::Y1 => "y1",
        RowColumn::X2 => "x2",
        RowColumn::Y2 => "y2",
        RowColumn::CentreX => "centre-x",
        RowColumn::CentreY => "centre-y",
        RowColumn::Width => "width",
        RowColumn::Height => "height",
        RowColumn::Score => "score",
        RowColumn::Class => "class",
    }
}

fn describe_output(output: &OutputRule) -> String {
    let nms = match output.nms {
        None => "no overlap suppression needed".to_owned(),
        Some(Nms {
            iou_threshold,
            per_class,
        }) => {
            let among = if per_class {
                "each class"
            } else {
                "all classes"
            };
            format!("overlaps suppressed among {among} at IoU {iou_threshold}")
        }
    };
    format!(
        "{}, {nms}, at most {} detections",
        describe_layout(&output.layout),
        output.max_detections
    )
}

fn state(catalogue: &Catalogue, id: &ModelId) -> String {
    match catalogue.open(id) {
        Ok(model) => format!("installed, {}", verdict(&model)),
        Err(error) => format!("{:#}", anyhow::Error::from(error)),
    }
}
