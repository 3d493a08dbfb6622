//! TensorFlow operators as ONNX nodes. Feature maps change from NHWC to NCHW on the way: no
//! transpose is needed anywhere, because every operator here knows its axes.

mod concatenation;
mod convolution;
mod elementwise;
mod mean;
mod resize;
mod window;

use std::collections::BTreeMap;

use crate::{
    error::ConvertError,
    graph::{Feature, GraphBuilder},
    shape::FeatureShape,
    tfjs::{Node, Weight},
};

/// Input of the ONNX model.
const IMAGES: &str = "images";
/// The longest canvas side that is believed, in pixels.
const LONGEST_SIDE: i64 = 8192;

/// What a node of the TensorFlow graph gives.
pub(crate) enum Value<'m> {
    /// Computed from the images.
    Feature(Feature),
    /// Known now.
    Constant(&'m Weight),
}

/// A node with its inputs.
pub(crate) struct Operands<'a> {
    node: &'a Node,
    inputs: Vec<(&'a str, &'a Value<'a>)>,
}

impl<'a> Operands<'a> {
    /// Looks up a node's inputs.
    pub(crate) fn gather(
        node: &'a Node,
        values: &'a BTreeMap<&'a str, Value<'a>>,
    ) -> Result<Self, ConvertError> {
        let found = |name| {
            let missing = || ConvertError::MissingNode {
                node: String::from(name),
                wanted_by: node.name.clone(),
            };
            values
                .get(name)
                .map(|value| (name, value))
                .ok_or_else(missing)
        };
        let inputs = node
            .inputs()?
            .into_iter()
            .map(found)
            .collect::<Result<_, _>>()?;
        Ok(Self { node, inputs })
    }

    fn expect_count(&self, expected: usize) -> Result<(), ConvertError> {
        let found = self.inputs.len();
        if found == expected {
            return Ok(());
        }
        Err(ConvertError::WrongInputCount {
            node: self.node.name.clone(),
            expected,
            found,
        })
    }

    fn input(&self, position: usize) -> Result<(&'a str, &'a Value<'a>), ConvertError> {
        self.inputs
            .get(position)
            .copied()
            .ok_or_else(|| ConvertError::WrongInputCount {
                node: self.node.name.clone(),
                expected: position + 1,
                found: self.inputs.len(),
            })
    }

    fn feature(&self, position: usize) -> Result<&'a Feature, ConvertError> {
        match self.input(position)? {
            (_, Value::Feature(feature)) => Ok(feature),
            (input, Value::Constant(_)) => Err(ConvertError::NotAFeatureMap {
                node: self.node.name.clone(),
                input: input.to_owned(),
            }),
        }
    }

    /// Shape and values of a f32 constant.
    fn floats(&self, position: usize) -> Result<(&'a [usize], &'a [f32]), ConvertError> {
        match self.input(position)? {
            (_, Value::Constant(Weight::Floats { shape, values })) => Ok((shape, values)),
            (input, _) => Err(self.not_a_constant(input, "f32")),
        }
    }

    /// Values of an int32 constant.
    fn integers(&self, position: usize) -> Result<&'a [i32], ConvertError> {
        match self.input(position)? {
            (_, Value::Constant(Weight::Integers { values, .. })) => Ok(values),
            (input, _) => Err(self.not_a_constant(input, "int32")),
        }
    }

    fn not_a_constant(&self, input: &str, expected: &'static str) -> ConvertError {
        ConvertError::NotAConstant {
            node: self.node.name.clone(),
            input: input.to_owned(),
            expected,
        }
    }

    fn wrong_shape(&self, expected: impl ToString, found: impl ToString) -> ConvertError {
        wrong_shape(self.node, expected, found)
    }
}

fn wrong_shape(node: &Node, expected: impl ToString, found: impl ToString) -> ConvertError {
    ConvertError::WrongShape {
        node: node.name.clone(),
        expected: expected.to_string(),
        found: found.to_string(),
    }
}

/// Adds one operator to the graph.
pub(crate) fn convert(
    operands: &Operands<'_>,
    graph: &mut GraphBuilder,
) -> Result<Feature, ConvertError> {
    match operands.node.op.as_str() {
        "Identity" => operands.feature(0).cloned(),
        "Conv2D" | "_FusedConv2D" => convolution::standard(operands, graph),
        "DepthwiseConv2dNative" | "FusedDepthwiseConv2dNative" => {
            convolution::depthwise(operands, graph)
        }
        "Add" | "AddV2" => elementwise::binary("Add", operands, graph),
        "Mul" => elementwise::binary("Mul", operands, graph),
        "Relu" => elementwise::unary("Relu", operands, graph),
        "Sigmoid" => elementwise::unary("Sigmoid", operands, graph),
        "Relu6" => elementwise::relu6(operands, graph),
        "Mean" => mean::global(operands, graph),
        "ResizeBilinear" => resize::bilinear(operands, graph),
        "ConcatV2" => concatenation::channels(operands, graph),
        operator => Err(ConvertError::UnsupportedOperator {
            node: operands.node.name.clone(),
            operator: operator.to_owned(),
        }),
    }
}

/// Declares the graph's input, NCHW instead of NHWC. The batch axis becomes free.
pub(crate) fn images(node: &Node, graph: &mut GraphBuilder) -> Result<Feature, ConvertError> {
    if graph.has_input() {
        return Err(ConvertError::SecondInput {
            node: node.name.clone(),
        });
    }
    let [batch, height, width, channels] = node.sides("shape")?;
    let believable = |side: i64| {
        let side = u32::try_from(side)
            .ok()
            .filter(|_| (1..=LONGEST_SIDE).contains(&side));
        side.ok_or_else(|| {
            wrong_shape(
                node,
                "known sides",
                format!("[{batch}, {height}, {width}, {channels}]"),
            )
        })
    };
    let shape = FeatureShape {
        channels: believable(channels)?,
        height: believable(height)?,
        width: believable(width)?,
    };
    graph.input(IMAGES, &[channels, height, width]);
    Ok(Feature {
        name: IMAGES.to_owned(),
        shape,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::toy, *};

    fn input_shape(sides: [i64; 4]) -> Result<FeatureShape, ConvertError> {
        let mut model = toy::Model::default();
        model.images(sides);
        model.convert("images").map(|converted| converted.shape)
    }

    #[test]
    fn the_input_is_read_as_height_width_channels() {
        assert_eq!(
            input_shape([1, 6, 8, 3]).unwrap(),
            FeatureShape {
                channels: 3,
                height: 6,
                width: 8
            }
        );
    }

    #[test]
    fn unknown_or_absurd_input_sides_are_refused() {
        for sides in [
            [1, -1, 8, 3],
            [1, 8, 0, 3],
            [1, 8, 8, i64::MAX],
            [1, 1 << 20, 8, 3],
        ] {
            assert!(
                matches!(input_shape(sides), Err(ConvertError::WrongShape { .. })),
                "{sides:?}"
            );
        }
    }

    #[test]
    fn a_second_input_is_refused() {
        let mut model = toy::Model::default();
        model.images([1, 4, 4, 3]);
        model.placeholder("more", [1, 4, 4, 3]);
        model.node("sum", "Add", &["images", "more"], json!({}));
        assert!(
            matches!(model.convert("sum"), Err(ConvertError::SecondInput { node }) if node == "more")
        );
    }

    #[test]
    fn too_few_inputs_are_counted() {
        let mut model = toy::Model::default();
        model.images([1, 4, 4, 3]);
        model.node("sum", "Add", &["images"], json!({}));
        assert!(matches!(
            model.convert("sum"),
            Err(ConvertError::WrongInputCount {
                expected: 2,
                found: 1,
                ..
            })
        ));
    }
}
