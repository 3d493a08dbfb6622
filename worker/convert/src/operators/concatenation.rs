//! Joining feature maps.

use super::Operands;
use crate::{
    error::ConvertError,
    graph::{Feature, GraphBuilder},
    onnx::AttributeProto,
    shape::FeatureShape,
};

/// `ConcatV2` along the channels, the last axis in TensorFlow and the second in ONNX. Its last
/// input is the axis.
pub(super) fn channels(
    operands: &Operands<'_>,
    graph: &mut GraphBuilder,
) -> Result<Feature, ConvertError> {
    let count = operands.inputs.len().saturating_sub(1);
    let axis = operands.integers(count)?;
    if !matches!(axis, [3 | -1]) {
        return Err(operands
            .node
            .unsupported("axis", &format!("{axis:?} instead of the channels")));
    }
    let first = operands.feature(0)?;
    let (mut names, mut shape) = (vec![first.name.as_str()], first.shape);
    for position in 1..count {
        let next = operands.feature(position)?;
        names.push(&next.name);
        shape = join(shape, next.shape).ok_or_else(|| operands.wrong_shape(shape, next.shape))?;
    }
    let attributes = vec![AttributeProto::int("axis", 1)];
    let name = graph.node("Concat", &names, &operands.node.name, attributes);
    Ok(Feature { name, shape })
}

fn join(first: FeatureShape, second: FeatureShape) -> Option<FeatureShape> {
    let channels = first.channels.checked_add(second.channels)?;
    let same = (first.height, first.width) == (second.height, second.width);
    same.then_some(FeatureShape { channels, ..first })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::{onnx::GraphProto, toy};
    use super::*;

    fn concat(axis: i32) -> Result<toy::Converted, ConvertError> {
        let mut model = toy::Model::default();
        model.images([1, 4, 6, 3]);
        model.integers("axis", &[axis]);
        model.node("r", "Relu", &["images"], json!({}));
        model.node("c", "ConcatV2", &["r", "images", "axis"], json!({}));
        model.convert("c")
    }

    fn axis(graph: &GraphProto) -> Option<i64> {
        graph.only("Concat").attribute[0].i
    }

    #[test]
    fn channels_are_joined_in_order() {
        for tensorflow_axis in [3, -1] {
            let converted = concat(tensorflow_axis).unwrap();
            assert_eq!(
                converted.shape,
                FeatureShape {
                    channels: 6,
                    height: 4,
                    width: 6
                }
            );
            assert_eq!(converted.graph.only("Concat").input, ["r", "images"]);
            assert_eq!(axis(&converted.graph), Some(1));
        }
    }

    #[test]
    fn other_axes_are_refused() {
        assert!(matches!(
            concat(1),
            Err(ConvertError::UnsupportedAttribute {
                attribute: "axis",
                ..
            })
        ));
    }

    #[test]
    fn maps_of_different_size_are_refused() {
        let mut model = toy::Model::default();
        model.images([1, 4, 6, 3]);
        model.integers("axis", &[3]);
        model.integers("axes", &[1, 2]);
        model.node(
            "m",
            "Mean",
            &["images", "axes"],
            json!({"keep_dims": {"b": true}}),
        );
        model.node("c", "ConcatV2", &["m", "images", "axis"], json!({}));
        assert!(matches!(
            model.convert("c"),
            Err(ConvertError::WrongShape { .. })
        ));
    }
}
