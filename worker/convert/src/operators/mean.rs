//! The mean over a whole feature map.

use super::Operands;
use crate::{
    error::ConvertError,
    graph::{Feature, GraphBuilder},
    shape::FeatureShape,
};

/// `Mean` over height and width that keeps these axes: `GlobalAveragePool`.
pub(super) fn global(
    operands: &Operands<'_>,
    graph: &mut GraphBuilder,
) -> Result<Feature, ConvertError> {
    operands.expect_count(2)?;
    let input = operands.feature(0)?;
    let mut axes = operands.integers(1)?.to_vec();
    axes.sort_unstable();
    if axes != [1, 2] {
        return Err(operands
            .node
            .unsupported("axes", &format!("{axes:?} instead of height and width")));
    }
    if !operands.node.flag("keep_dims") {
        return Err(operands.node.unsupported("keep_dims", "false"));
    }
    let name = graph.node(
        "GlobalAveragePool",
        &[&input.name],
        &operands.node.name,
        vec![],
    );
    Ok(Feature {
        name,
        shape: FeatureShape {
            height: 1,
            width: 1,
            ..input.shape
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::super::toy;
    use super::*;

    fn mean(axes: &[i32], attributes: Value) -> Result<toy::Converted, ConvertError> {
        let mut model = toy::Model::default();
        model.images([1, 4, 6, 3]);
        model.integers("axes", axes);
        model.node("m", "Mean", &["images", "axes"], attributes);
        model.convert("m")
    }

    #[test]
    fn height_and_width_are_averaged_and_kept() {
        let converted = mean(&[1, 2], json!({"keep_dims": {"b": true}})).unwrap();
        assert_eq!(
            converted.shape,
            FeatureShape {
                channels: 3,
                height: 1,
                width: 1
            }
        );
        assert_eq!(converted.graph.only("GlobalAveragePool").input, ["images"]);
    }

    #[test]
    fn other_means_are_refused() {
        assert!(mean(&[1, 2], json!({})).is_err());
        for axes in [&[3][..], &[1], &[], &[0, 1, 2]] {
            let error = mean(axes, json!({"keep_dims": {"b": true}})).err().unwrap();
            assert!(
                matches!(
                    error,
                    ConvertError::UnsupportedAttribute {
                        attribute: "axes",
                        ..
                    }
                ),
                "{axes:?}"
            );
        }
    }
}
