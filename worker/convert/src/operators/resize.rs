//! Bilinear enlargement.

use super::Operands;
use crate::{
    error::ConvertError,
    graph::{Feature, GraphBuilder},
    onnx::AttributeProto,
    shape::FeatureShape,
};

/// `ResizeBilinear` to a whole multiple of the size. The factor is stored instead of the size,
/// because ONNX wants sizes for all axes and the batch is free.
pub(super) fn bilinear(
    operands: &Operands<'_>,
    graph: &mut GraphBuilder,
) -> Result<Feature, ConvertError> {
    operands.expect_count(2)?;
    let input = operands.feature(0)?;
    let shape = read_size(operands, input.shape)?;
    let factors = (
        multiple(input.shape.height, shape.height),
        multiple(input.shape.width, shape.width),
    );
    let (Some(down), Some(right)) = factors else {
        return Err(operands.wrong_shape("a whole multiple of its input's size", shape));
    };
    let node = operands.node;
    let scales = graph.floats(
        &format!("{}:scales", node.name),
        &[4],
        &[1.0, 1.0, down, right],
    );
    let attributes = vec![
        AttributeProto::text("coordinate_transformation_mode", coordinates(operands)?),
        AttributeProto::text("mode", "linear"),
    ];
    // The second input is the region of interest, which only one mode of cropping uses.
    let name = graph.node(
        "Resize",
        &[&input.name, "", &scales],
        &node.name,
        attributes,
    );
    Ok(Feature { name, shape })
}

/// Where the middle of a pixel lies in the source.
fn coordinates(operands: &Operands<'_>) -> Result<&'static str, ConvertError> {
    let node = operands.node;
    match (node.flag("align_corners"), node.flag("half_pixel_centers")) {
        (false, false) => Ok("asymmetric"),
        (false, true) => Ok("half_pixel"),
        (true, false) => Ok("align_corners"),
        (true, true) => Err(node.unsupported("align_corners", "together with half_pixel_centers")),
    }
}

fn read_size(operands: &Operands<'_>, input: FeatureShape) -> Result<FeatureShape, ConvertError> {
    let size = operands.integers(1)?;
    let side = |side: i32| u32::try_from(side).ok().filter(|side| *side > 0);
    if let [height, width] = size
        && let (Some(height), Some(width)) = (side(*height), side(*width))
    {
        return Ok(FeatureShape {
            height,
            width,
            ..input
        });
    }
    Err(operands.wrong_shape("a height and a width", format!("{size:?}")))
}

/// How often `from` goes into `to`, if it does so evenly and a few times.
fn multiple(from: u32, to: u32) -> Option<f32> {
    let factor = to
        .checked_div(from)
        .filter(|factor| factor.checked_mul(from) == Some(to))?;
    u8::try_from(factor).ok().map(f32::from)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::super::toy;
    use super::*;

    fn resize(size: &[i32], attributes: Value) -> Result<toy::Converted, ConvertError> {
        let mut model = toy::Model::default();
        model.images([1, 4, 6, 3]);
        model.integers("size", size);
        model.node("r", "ResizeBilinear", &["images", "size"], attributes);
        model.convert("r")
    }

    #[test]
    fn sizes_become_factors() {
        let converted = resize(&[8, 18], json!({})).unwrap();
        assert_eq!(
            converted.shape,
            FeatureShape {
                channels: 3,
                height: 8,
                width: 18
            }
        );
        assert_eq!(
            converted.graph.floats("r:scales"),
            (&[4i64][..], vec![1.0, 1.0, 2.0, 3.0])
        );
        assert_eq!(
            converted.graph.only("Resize").input,
            ["images", "", "r:scales"]
        );
    }

    #[test]
    fn the_placement_of_pixels_is_kept() {
        let mode = |attributes| {
            let graph = resize(&[8, 12], attributes).unwrap().graph;
            graph
                .only("Resize")
                .text("coordinate_transformation_mode")
                .to_owned()
        };
        assert_eq!(mode(json!({})), "asymmetric");
        assert_eq!(
            mode(json!({"half_pixel_centers": {"b": true}})),
            "half_pixel"
        );
        assert_eq!(mode(json!({"align_corners": {"b": true}})), "align_corners");
    }

    #[test]
    fn sizes_that_are_no_multiple_are_refused() {
        for size in [
            &[9, 12][..],
            &[2, 6],
            &[8],
            &[0, 12],
            &[-8, 12],
            &[i32::MAX, 12],
        ] {
            let error = resize(size, json!({})).err().unwrap();
            assert!(
                matches!(error, ConvertError::WrongShape { .. }),
                "{size:?} {error:?}"
            );
        }
    }
}
