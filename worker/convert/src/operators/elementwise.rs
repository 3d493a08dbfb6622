//! Operators that work value by value.

use super::{Operands, Value};
use crate::{
    error::ConvertError,
    graph::{Feature, GraphBuilder},
    shape::FeatureShape,
};

/// What can follow a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activation {
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
}

/// Applies an activation.
pub(super) fn activate(
    activation: Activation,
    input: &Feature,
    output: &str,
    graph: &mut GraphBuilder,
) -> Feature {
    let name = match activation {
        Activation::Relu => graph.node("Relu", &[&input.name], output, vec![]),
        Activation::Relu6 => {
            let (lowest, highest) = (graph.scalar(0.0), graph.scalar(6.0));
            graph.node("Clip", &[&input.name, &lowest, &highest], output, vec![])
        }
    };
    Feature {
        name,
        shape: input.shape,
    }
}

/// `Relu6`, which ONNX knows as a `Clip`.
pub(super) fn relu6(
    operands: &Operands<'_>,
    graph: &mut GraphBuilder,
) -> Result<Feature, ConvertError> {
    operands.expect_count(1)?;
    Ok(activate(
        Activation::Relu6,
        operands.feature(0)?,
        &operands.node.name,
        graph,
    ))
}

/// An operator of one feature map that has the same name in ONNX.
pub(super) fn unary(
    op_type: &str,
    operands: &Operands<'_>,
    graph: &mut GraphBuilder,
) -> Result<Feature, ConvertError> {
    operands.expect_count(1)?;
    let input = operands.feature(0)?;
    let name = graph.node(op_type, &[&input.name], &operands.node.name, vec![]);
    Ok(Feature {
        name,
        shape: input.shape,
    })
}

/// `Add` or `Mul` of two feature maps, or of one and a constant, in either order.
pub(super) fn binary(
    op_type: &str,
    operands: &Operands<'_>,
    graph: &mut GraphBuilder,
) -> Result<Feature, ConvertError> {
    operands.expect_count(2)?;
    let (first, second) = (operands.input(0)?.1, operands.input(1)?.1);
    let (left, right, shape) = match (first, second) {
        (Value::Feature(left), Value::Feature(right)) => {
            let shape = left.shape.broadcast(right.shape);
            let shape = shape.ok_or_else(|| operands.wrong_shape(left.shape, right.shape))?;
            (left.name.clone(), right.name.clone(), shape)
        }
        (Value::Feature(left), Value::Constant(_)) => (
            left.name.clone(),
            constant(operands, 1, left.shape, graph)?,
            left.shape,
        ),
        (Value::Constant(_), Value::Feature(right)) => (
            constant(operands, 0, right.shape, graph)?,
            right.name.clone(),
            right.shape,
        ),
        (Value::Constant(_), Value::Constant(_)) => return operands.feature(0).cloned(),
    };
    let name = graph.node(op_type, &[&left, &right], &operands.node.name, vec![]);
    Ok(Feature { name, shape })
}

/// A constant beside a feature map: one number for all, or one for each channel, which was the
/// last axis and becomes the second.
fn constant(
    operands: &Operands<'_>,
    position: usize,
    feature: FeatureShape,
    graph: &mut GraphBuilder,
) -> Result<String, ConvertError> {
    let (shape, values) = operands.floats(position)?;
    match (shape, values) {
        ([], [value]) => Ok(graph.scalar(*value)),
        ([_], values) if u32::try_from(values.len()) == Ok(feature.channels) => {
            let dims = [1, i64::from(feature.channels), 1, 1];
            Ok(graph.floats(&format!("{}:constant", operands.node.name), &dims, values))
        }
        _ => Err(operands.wrong_shape(
            format!(
                "a constant that is a scalar or has {} values",
                feature.channels
            ),
            format!("{shape:?}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::toy;
    use super::*;

    #[test]
    fn relu6_is_a_clip_from_zero_to_six() {
        let mut model = toy::Model::default();
        model.images([1, 4, 4, 3]);
        model.node("r", "Relu6", &["images"], json!({}));
        let graph = model.convert("r").unwrap().graph;
        let clip = graph.only("Clip");
        assert_eq!(graph.floats(&clip.input[1]), (&[][..], vec![0.0]));
        assert_eq!(graph.floats(&clip.input[2]), (&[][..], vec![6.0]));
    }

    #[test]
    fn operands_keep_their_order() {
        let mut model = toy::Model::default();
        model.images([1, 4, 4, 3]);
        model.floats("half", &[], &[0.5]);
        model.node("left", "Mul", &["half", "images"], json!({}));
        model.node("right", "AddV2", &["left", "half"], json!({}));
        let graph = model.convert("right").unwrap().graph;
        assert_eq!(graph.only("Mul").input, ["scalar:0.5", "images"]);
        assert_eq!(graph.only("Add").input, ["left", "scalar:0.5"]);
    }

    #[test]
    fn a_constant_for_each_channel_moves_to_the_channel_axis() {
        let mut model = toy::Model::default();
        model.images([1, 4, 4, 3]);
        model.floats("scale", &[3], &[1.0, 2.0, 3.0]);
        model.node("m", "Mul", &["images", "scale"], json!({}));
        let graph = model.convert("m").unwrap().graph;
        assert_eq!(
            graph.floats("m:constant"),
            (&[1i64, 3, 1, 1][..], vec![1.0, 2.0, 3.0])
        );
    }

    #[test]
    fn a_constant_that_fits_no_channels_is_refused() {
        for shape in [vec![2], vec![4], vec![3, 1], vec![1, 4, 4, 3]] {
            let mut model = toy::Model::default();
            model.images([1, 4, 4, 3]);
            model.floats("c", &shape, &vec![1.0; shape.iter().product()]);
            model.node("m", "Mul", &["images", "c"], json!({}));
            let error = model.convert("m").err().unwrap();
            assert!(
                matches!(error, ConvertError::WrongShape { .. }),
                "{shape:?} {error:?}"
            );
        }
    }

    #[test]
    fn two_constants_are_refused() {
        let mut model = toy::Model::default();
        model.floats("a", &[], &[1.0]);
        model.node("m", "Mul", &["a", "a"], json!({}));
        let error = model.convert("m").err().unwrap();
        assert!(
            matches!(&error, ConvertError::NotAFeatureMap { input, .. } if input == "a"),
            "{error:?}"
        );
    }
}
