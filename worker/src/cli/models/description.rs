//! What `models info` says about a model.

use std::io::Write;

use common::Category;

use super::verdict;
use crate::model::{
    Catalogue, ModelError, ModelId,
    contract::{CanvasShape, ClassMeaning, Contract, Fit, InputRule, Nms, OutputRule, Placement},
    manifest::Manifest,
};

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
        writeln!(out, "{name:16} {value}")?;
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
    format!(
        "{} x {} px, {fit}, {:?}, {:?}, {:?}",
        input.width, input.height, input.channels, input.normalization, input.interpolation
    )
}

fn describe_output(output: &OutputRule) -> String {
    let nms = match output.nms {
        None => "no suppression needed".to_owned(),
        Some(Nms {
            iou_threshold,
            per_class,
        }) => {
            let among = if per_class {
                "each class"
            } else {
                "all classes"
            };
            format!("suppression among {among} at {iou_threshold}")
        }
    };
    format!(
        "{:?}, {nms}, at most {} detections",
        output.layout, output.max_detections
    )
}

fn state(catalogue: &Catalogue, id: &ModelId) -> String {
    match catalogue.open(id) {
        Ok(model) => format!("installed, {}", verdict(&model)),
        Err(error) => format!("{:#}", anyhow::Error::from(error)),
    }
}
