//! Convolutions, alone or with bias and activation: `Conv`, then perhaps `Relu` or `Clip`.

use super::{
    Operands,
    elementwise::{self, Activation},
    window::{Padding, Span},
};
use crate::{
    error::ConvertError,
    graph::{Feature, GraphBuilder},
    onnx::AttributeProto,
    shape::FeatureShape,
};

/// `Conv2D` and `_FusedConv2D`: kernel `[height, width, in, out]` to `[out, in, height, width]`.
pub(super) fn standard(
    operands: &Operands<'_>,
    graph: &mut GraphBuilder,
) -> Result<Feature, ConvertError> {
    let [height, width, inputs, outputs] = kernel_sides(operands)?;
    check_channels(operands, inputs)?;
    let kernel = Kernel {
        outputs,
        group_inputs: inputs,
        height,
        width,
        groups: 1,
        values: transposed(
            operands.floats(1)?.1,
            [height, width, inputs, outputs],
            [3, 2, 0, 1],
        ),
    };
    append(operands, &kernel, graph)
}

/// `DepthwiseConv2dNative` and its fused form: kernel `[height, width, channels, multiplier]` to
/// `[channels · multiplier, 1, height, width]` with one group for each channel.
pub(super) fn depthwise(
    operands: &Operands<'_>,
    graph: &mut GraphBuilder,
) -> Result<Feature, ConvertError> {
    let [height, width, channels, multiplier] = kernel_sides(operands)?;
    check_channels(operands, channels)?;
    let outputs = channels.checked_mul(multiplier);
    let kernel = Kernel {
        outputs: outputs.ok_or_else(|| operands.wrong_shape("a kernel", "one without an end"))?,
        group_inputs: 1,
        height,
        width,
        groups: channels,
        values: transposed(
            operands.floats(1)?.1,
            [height, width, channels, multiplier],
            [2, 3, 0, 1],
        ),
    };
    append(operands, &kernel, graph)
}

/// A kernel in ONNX order: `[outputs, group_inputs, height, width]`.
struct Kernel {
    outputs: u32,
    group_inputs: u32,
    height: u32,
    width: u32,
    groups: u32,
    values: Vec<f32>,
}

fn kernel_sides(operands: &Operands<'_>) -> Result<[u32; 4], ConvertError> {
    let (shape, _) = operands.floats(1)?;
    let sides: Vec<u32> = shape
        .iter()
        .filter_map(|side| u32::try_from(*side).ok().filter(|side| *side > 0))
        .collect();
    sides
        .try_into()
        .map_err(|_| operands.wrong_shape("a kernel of four sides", format!("{shape:?}")))
}

fn check_channels(operands: &Operands<'_>, kernel_channels: u32) -> Result<(), ConvertError> {
    let found = operands.feature(0)?.shape.channels;
    if found == kernel_channels {
        return Ok(());
    }
    Err(operands.wrong_shape(
        format!("{kernel_channels} channels as in its kernel"),
        found,
    ))
}

fn append(
    operands: &Operands<'_>,
    kernel: &Kernel,
    graph: &mut GraphBuilder,
) -> Result<Feature, ConvertError> {
    let node = operands.node;
    let input = operands.feature(0)?;
    let (bias, activation) = read_fused(operands, kernel.outputs)?;
    let (attributes, shape) = read_geometry(operands, kernel, input.shape)?;

    let dims = [
        kernel.outputs,
        kernel.group_inputs,
        kernel.height,
        kernel.width,
    ]
    .map(i64::from);
    let weights = graph.floats(&format!("{}:kernel", node.name), &dims, &kernel.values);
    let mut inputs = vec![input.name.as_str(), weights.as_str()];
    let bias = bias.map(|values| {
        graph.floats(
            &format!("{}:bias", node.name),
            &[i64::from(kernel.outputs)],
            values,
        )
    });
    inputs.extend(bias.as_deref());
    let output = match activation {
        None => node.name.clone(),
        Some(_) => format!("{}:linear", node.name),
    };
    graph.node("Conv", &inputs, &output, attributes);
    let linear = Feature {
        name: output,
        shape,
    };
    Ok(match activation {
        None => linear,
        Some(activation) => elementwise::activate(activation, &linear, &node.name, graph),
    })
}

/// The operators fused into a convolution: its bias, and what comes after it.
fn read_fused<'a>(
    operands: &Operands<'a>,
    outputs: u32,
) -> Result<(Option<&'a [f32]>, Option<Activation>), ConvertError> {
    let fused = operands.node.texts("fused_ops")?;
    let names: Vec<&str> = fused.iter().map(String::as_str).collect();
    let activation = match names.as_slice() {
        [] => {
            operands.expect_count(2)?;
            return Ok((None, None));
        }
        ["BiasAdd"] => None,
        ["BiasAdd", "Relu"] => Some(Activation::Relu),
        ["BiasAdd", "Relu6"] => Some(Activation::Relu6),
        _ => return Err(operands.node.unsupported("fused_ops", &names.join(", "))),
    };
    operands.expect_count(3)?;
    let (shape, values) = operands.floats(2)?;
    if shape.len() == 1 && u32::try_from(values.len()) == Ok(outputs) {
        return Ok((Some(values), activation));
    }
    Err(operands.wrong_shape(format!("a bias of {outputs} values"), format!("{shape:?}")))
}

/// Strides, padding and groups as ONNX attributes, and the output's shape.
fn read_geometry(
    operands: &Operands<'_>,
    kernel: &Kernel,
    input: FeatureShape,
) -> Result<(Vec<AttributeProto>, FeatureShape), ConvertError> {
    let node = operands.node;
    if node.four("dilations")? != [1; 4] {
        return Err(node.unsupported("dilations", "other than 1"));
    }
    let layout = node.text("data_format")?;
    if layout != "NHWC" {
        return Err(node.unsupported("data_format", &layout));
    }
    let (down, right) = read_strides(operands)?;
    let padding = Padding::read(node)?;
    let span = |length, size, stride| -> Result<Span, ConvertError> {
        padding.span(length, size, stride).ok_or_else(|| {
            operands.wrong_shape(
                format!("at least {} × {} pixels", kernel.width, kernel.height),
                input,
            )
        })
    };
    let rows = span(input.height, kernel.height, down)?;
    let columns = span(input.width, kernel.width, right)?;
    let attributes = vec![
        AttributeProto::int("group", i64::from(kernel.groups)),
        AttributeProto::ints(
            "kernel_shape",
            &[kernel.height, kernel.width].map(i64::from),
        ),
        AttributeProto::ints(
            "pads",
            &[rows.before, columns.before, rows.after, columns.after].map(i64::from),
        ),
        AttributeProto::ints("strides", &[down, right].map(i64::from)),
    ];
    let shape = FeatureShape {
        channels: kernel.outputs,
        height: rows.steps,
        width: columns.steps,
    };
    Ok((attributes, shape))
}

fn read_strides(operands: &Operands<'_>) -> Result<(u32, u32), ConvertError> {
    let strides = operands.node.four("strides")?;
    let stride = |side: i64| u32::try_from(side).ok().filter(|side| *side > 0);
    match strides.map(stride) {
        [Some(1), Some(down), Some(right), Some(1)] => Ok((down, right)),
        _ => Err(operands
            .node
            .unsupported("strides", &format!("{strides:?}"))),
    }
}

/// A tensor with its axes in another order: axis `i` of the result is axis `order[i]` of the
/// source. Values that are not there are left out, which cannot happen for a [`Weight`].
///
/// [`Weight`]: super::super::tfjs::Weight
fn transposed(values: &[f32], sides: [u32; 4], order: [usize; 4]) -> Vec<f32> {
    let sides = sides.map(|side| side as usize);
    let [_, b, c, d] = sides;
    let steps = [b * c * d, c * d, d, 1];
    let [p, q, r, s] = order.map(|axis| (sides[axis], steps[axis]));
    let along = |(side, step): (usize, usize)| (0..side).map(move |index| index * step);
    along(p)
        .flat_map(|at| along(q).map(move |offset| at + offset))
        .flat_map(|at| along(r).map(move |offset| at + offset))
        .flat_map(|at| along(s).map(move |offset| at + offset))
        .filter_map(|at| values.get(at).copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::{onnx, toy};
    use super::*;

    fn counting(count: u8) -> Vec<f32> {
        (0..count).map(f32::from).collect()
    }

    #[test]
    fn a_kernel_changes_from_hwio_to_oihw() {
        let mut model = toy::Model::default();
        model.images([1, 8, 8, 3]);
        model.floats("kernel", &[1, 2, 3, 2], &counting(12));
        model.node(
            "conv",
            "Conv2D",
            &["images", "kernel"],
            toy::convolution("SAME", 1, &[]),
        );
        let graph = model.convert("conv").unwrap().graph;
        let (dims, values) = graph.floats("conv:kernel");
        assert_eq!(dims, [2, 3, 1, 2]);
        // Output 0 takes the even values: inputs 0, 1, 2 at the left and at the right column.
        assert_eq!(
            values,
            [0.0, 6.0, 2.0, 8.0, 4.0, 10.0, 1.0, 7.0, 3.0, 9.0, 5.0, 11.0]
        );
    }

    #[test]
    fn a_depthwise_kernel_gets_one_group_for_each_channel() {
        let mut model = toy::Model::default();
        model.images([1, 8, 8, 3]);
        model.floats("kernel", &[1, 2, 3, 2], &counting(12));
        model.node(
            "conv",
            "DepthwiseConv2dNative",
            &["images", "kernel"],
            toy::convolution("SAME", 1, &[]),
        );
        let converted = model.convert("conv").unwrap();
        assert_eq!(
            converted.shape,
            FeatureShape {
                channels: 6,
                height: 8,
                width: 8
            }
        );
        let (dims, values) = converted.graph.floats("conv:kernel");
        assert_eq!(dims, [6, 1, 1, 2]);
        assert_eq!(
            values,
            [0.0, 6.0, 1.0, 7.0, 2.0, 8.0, 3.0, 9.0, 4.0, 10.0, 5.0, 11.0]
        );
        let group = converted
            .graph
            .only("Conv")
            .attribute
            .iter()
            .find(|a| a.name == "group")
            .unwrap();
        assert_eq!(group.i, Some(3));
    }

    #[test]
    fn same_padding_at_stride_two_pads_the_end() {
        let mut model = toy::Model::default();
        model.images([1, 8, 7, 3]);
        model.floats("kernel", &[3, 3, 3, 1], &counting(27));
        model.node(
            "conv",
            "Conv2D",
            &["images", "kernel"],
            toy::convolution("SAME", 2, &[]),
        );
        let converted = model.convert("conv").unwrap();
        let conv = converted.graph.only("Conv");
        assert_eq!(conv.ints("pads"), [0, 1, 1, 1]);
        assert_eq!(conv.ints("strides"), [2, 2]);
        assert_eq!(conv.ints("kernel_shape"), [3, 3]);
        assert_eq!(
            converted.shape,
            FeatureShape {
                channels: 1,
                height: 4,
                width: 4
            }
        );
    }

    #[test]
    fn bias_and_activation_follow_the_convolution() {
        let mut model = toy::Model::default();
        model.images([1, 8, 8, 3]);
        model.floats("kernel", &[1, 1, 3, 1], &counting(3));
        model.floats("bias", &[1], &[7.0]);
        let fused = toy::convolution("VALID", 1, &["BiasAdd", "Relu"]);
        model.node("conv", "_FusedConv2D", &["images", "kernel", "bias"], fused);
        let graph = model.convert("conv").unwrap().graph;
        assert_eq!(
            graph.only("Conv").input,
            ["images", "conv:kernel", "conv:bias"]
        );
        assert_eq!(graph.floats("conv:bias"), (&[1i64][..], vec![7.0]));
        assert_eq!(graph.only("Relu").input, graph.only("Conv").output);
        assert_eq!(graph.only("Relu").output, ["conv"]);
    }

    #[test]
    fn a_kernel_or_bias_of_the_wrong_shape_is_refused() {
        for (kernel, bias) in [
            (vec![1, 1, 2, 1], 1),
            (vec![1, 3, 1], 1),
            (vec![1, 1, 3, 1], 2),
            (vec![9, 9, 3, 1], 1),
        ] {
            let mut model = toy::Model::default();
            model.images([1, 8, 8, 3]);
            model.floats("kernel", &kernel, &vec![1.0; kernel.iter().product()]);
            model.floats("bias", &[bias], &vec![0.0; bias]);
            let fused = toy::convolution("VALID", 1, &["BiasAdd"]);
            model.node("conv", "_FusedConv2D", &["images", "kernel", "bias"], fused);
            let error = model.convert("conv").err().unwrap();
            assert!(
                matches!(error, ConvertError::WrongShape { .. }),
                "{kernel:?} {bias} {error:?}"
            );
        }
    }

    #[test]
    fn what_cannot_be_honoured_is_refused() {
        let unsupported = [
            toy::convolution("EXPLICIT", 1, &[]),
            toy::convolution("SAME", 0, &[]),
            toy::convolution("SAME", 1, &["BiasAdd", "Elu"]),
            json!({}),
        ];
        for attributes in unsupported {
            let mut model = toy::Model::default();
            model.images([1, 8, 8, 3]);
            model.floats("kernel", &[1, 1, 3, 1], &counting(3));
            model.node("conv", "Conv2D", &["images", "kernel"], attributes);
            let error = model.convert("conv").err().unwrap();
            assert!(
                matches!(error, ConvertError::UnsupportedAttribute { .. }),
                "{error:?}"
            );
        }
    }

    #[test]
    fn a_computed_kernel_is_refused() {
        let mut model = toy::Model::default();
        model.images([1, 8, 8, 3]);
        model.node(
            "conv",
            "Conv2D",
            &["images", "images"],
            toy::convolution("SAME", 1, &[]),
        );
        assert!(matches!(
            model.convert("conv"),
            Err(ConvertError::NotAConstant { .. })
        ));
    }

    #[test]
    fn a_plain_convolution_is_one_node() {
        let mut model = toy::Model::default();
        model.images([1, 8, 8, 3]);
        model.floats("kernel", &[1, 1, 3, 1], &counting(3));
        model.node(
            "conv",
            "Conv2D",
            &["images", "kernel"],
            toy::convolution("SAME", 1, &[]),
        );
        let graph: onnx::GraphProto = model.convert("conv").unwrap().graph;
        assert_eq!(graph.node.len(), 1);
        assert_eq!(graph.only("Conv").output, ["conv"]);
    }
}
