//! A model's inputs and outputs, checked against its contract when it is loaded.

use ort::{
    session::Session,
    value::{Outlet, TensorElementType},
};

use super::LoadError;
use crate::{
    detector::heads::{Head, shape::alternatives},
    model::contract::{CanvasShape, Fit, InputRule},
};

/// The second input of the original RT-DETR export.
const SIZE_INPUT: &str = "orig_target_sizes";

/// Most images in a batch for a model that leaves their number open. More gains nothing even on
/// a large GPU and only takes memory.
const BATCH_LIMIT: usize = 64;

/// The names of a model's inputs and outputs, and how many images it takes.
#[derive(Clone, Debug)]
pub(super) struct Ports {
    /// f32 `[n, 3, height, width]`.
    pub(super) image_input: String,
    /// int64 `[n, 2]`, for the original RT-DETR export.
    pub(super) size_input: Option<String>,
    pub(super) outputs: OutputPorts,
    pub(super) batch_limit: usize,
    /// The contract's rule, settled for this file's axes.
    pub(super) rule: InputRule,
}

/// The names of the outputs that are read.
#[derive(Clone, Debug)]
pub(super) enum OutputPorts {
    Single(String),
    Triple {
        labels: String,
        boxes: String,
        scores: String,
    },
}

impl Ports {
    /// Finds the inputs and outputs and checks their types and shapes.
    pub(super) fn check(
        session: &Session,
        rule: &InputRule,
        head: &Head,
    ) -> Result<Self, LoadError> {
        let (image, size) = find_inputs(session.inputs(), head)?;
        check_type(image, TensorElementType::Float32)?;
        let rule = &settle_canvas(image, rule);
        let mut batch_limit = check_image_shape(image, rule)?;
        let outputs = if head.is_triple() {
            find_triple(session.outputs())?
        } else {
            let output = find_single(session.outputs())?;
            check_type(output, TensorElementType::Float32)?;
            batch_limit = batch_limit.min(check_output_shape(output, rule, head)?);
            OutputPorts::Single(output.name().to_owned())
        };
        Ok(Self {
            image_input: image.name().to_owned(),
            size_input: size.map(|size| size.name().to_owned()),
            outputs,
            batch_limit,
            rule: rule.clone(),
        })
    }
}

/// A rectangle that differs from image to image needs open axes. An export of the same network
/// with fixed axes gets its fixed canvas.
fn settle_canvas(image: &Outlet, rule: &InputRule) -> InputRule {
    let shape = image.dtype().tensor_shape();
    let is_fixed = |axis: usize| {
        shape
            .and_then(|s| s.get(axis))
            .is_some_and(|side| *side >= 0)
    };
    let fit = match rule.fit {
        Fit::Letterbox(placement, CanvasShape::Rectangle { .. }) if is_fixed(2) && is_fixed(3) => {
            Fit::Letterbox(placement, CanvasShape::Fixed)
        }
        fit => fit,
    };
    InputRule {
        fit,
        ..rule.clone()
    }
}

fn find_inputs<'a>(
    inputs: &'a [Outlet],
    head: &Head,
) -> Result<(&'a Outlet, Option<&'a Outlet>), LoadError> {
    let wrong = |expected| LoadError::Ports {
        kind: "inputs",
        found: names(inputs),
        expected,
    };
    if !head.is_triple() {
        return match inputs {
            [image] => Ok((image, None)),
            _ => Err(wrong("one input, the image")),
        };
    }
    let needed = "two inputs, the image and 'orig_target_sizes'";
    match inputs {
        [size, image] | [image, size] if size.name() == SIZE_INPUT => {
            check_type(size, TensorElementType::Int64)?;
            Ok((image, Some(size)))
        }
        _ => Err(wrong(needed)),
    }
}

/// The first output: exports that have more put the decoded boxes first and raw ones behind.
fn find_single(outputs: &[Outlet]) -> Result<&Outlet, LoadError> {
    let wrong = || LoadError::Ports {
        kind: "outputs",
        found: Vec::new(),
        expected: "at least one output",
    };
    outputs.first().ok_or_else(wrong)
}

fn find_triple(outputs: &[Outlet]) -> Result<OutputPorts, LoadError> {
    let expected = "the outputs 'labels', 'boxes' and 'scores'";
    let wrong = || LoadError::Ports {
        kind: "outputs",
        found: names(outputs),
        expected,
    };
    let find = |name: &str, element_type| {
        let output = outputs
            .iter()
            .find(|output| output.name() == name)
            .ok_or_else(wrong)?;
        check_type(output, element_type)?;
        Ok::<_, LoadError>(output.name().to_owned())
    };
    Ok(OutputPorts::Triple {
        labels: find("labels", TensorElementType::Int64)?,
        boxes: find("boxes", TensorElementType::Float32)?,
        scores: find("scores", TensorElementType::Float32)?,
    })
}

fn names(ports: &[Outlet]) -> Vec<String> {
    ports.iter().map(|port| port.name().to_owned()).collect()
}

fn check_type(port: &Outlet, expected: TensorElementType) -> Result<(), LoadError> {
    let found = port.dtype().tensor_type();
    if found == Some(expected) {
        return Ok(());
    }
    let found = found.map_or("no tensor".to_owned(), |found| found.to_string());
    Err(LoadError::ElementType {
        tensor: port.name().to_owned(),
        found,
        expected,
    })
}

/// Checks `[n, 3, height, width]` and says how many images the model takes at once.
fn check_image_shape(image: &Outlet, rule: &InputRule) -> Result<usize, LoadError> {
    let found: Vec<i64> = image
        .dtype()
        .tensor_shape()
        .map(|shape| shape.to_vec())
        .unwrap_or_default();
    let is_rectangle = matches!(rule.fit, Fit::Letterbox(_, CanvasShape::Rectangle { .. }));
    // A rectangle differs from image to image: both sides must be left open.
    let is_side = |axis: i64, side: u32| axis < 0 || (!is_rectangle && axis == i64::from(side));
    match *found.as_slice() {
        [images @ (-1 | 1), -1 | 3, height, width]
            if is_side(height, rule.height) && is_side(width, rule.width) =>
        {
            Ok(if images == 1 { 1 } else { BATCH_LIMIT })
        }
        _ => {
            let sides = format!("{}, {}", rule.height, rule.width);
            let sides = if is_rectangle { "any, any" } else { &sides };
            Err(LoadError::InputShape {
                expected: format!("[1 or any, 3, {sides}]"),
                found,
            })
        }
    }
}

/// Checks the declared shape of a single output, as far as the model declares it, and says for
/// how many images it has room.
fn check_output_shape(output: &Outlet, rule: &InputRule, head: &Head) -> Result<usize, LoadError> {
    let found: Vec<i64> = output
        .dtype()
        .tensor_shape()
        .map(|shape| shape.to_vec())
        .unwrap_or_default();
    if found.is_empty() {
        // Not declared at all: the first inference tells.
        return Ok(BATCH_LIMIT);
    }
    let is_rectangle = matches!(rule.fit, Fit::Letterbox(_, CanvasShape::Rectangle { .. }));
    let canvas = (!is_rectangle).then_some((rule.width, rule.height));
    let patterns = head.patterns(None, canvas);
    if !patterns.iter().any(|pattern| pattern.admits(&found)) {
        return Err(LoadError::OutputShape {
            found,
            expected: alternatives(&patterns),
        });
    }
    let has_room_for_one = found.len() == 2 || found.first() == Some(&1);
    Ok(if has_room_for_one { 1 } else { BATCH_LIMIT })
}
