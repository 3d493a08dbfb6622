//! Builds an ONNX graph.

use prost::Message;

use crate::{
    onnx::{
        AttributeProto, DataType, Dimension, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
        TensorProto, ValueInfoProto,
    },
    shape::FeatureShape,
};

/// Old enough for every runtime of the last years, new enough for all operators used.
const OPSET: i64 = 13;
/// The file format's version that belongs to that time.
const IR_VERSION: i64 = 8;
/// The free first axis of input and output.
const BATCH_AXIS: &str = "n";

/// A feature map in the graph under construction.
#[derive(Clone, Debug)]
pub(crate) struct Feature {
    /// Name of the ONNX value.
    pub(crate) name: String,
    /// Its shape without the batch axis.
    pub(crate) shape: FeatureShape,
}

/// An ONNX graph under construction.
#[derive(Default)]
pub(crate) struct GraphBuilder {
    graph: GraphProto,
}

impl GraphBuilder {
    /// Whether an input was declared.
    pub(crate) fn has_input(&self) -> bool {
        !self.graph.input.is_empty()
    }

    /// Declares a f32 input `[n, sides...]`.
    pub(crate) fn input(&mut self, name: &str, sides: &[i64]) {
        self.graph.input.push(declare(name, sides));
    }

    /// Declares a f32 output `[n, sides...]`.
    pub(crate) fn output(&mut self, name: &str, sides: &[i64]) {
        self.graph.output.push(declare(name, sides));
    }

    /// Adds a node with one output, which gives the node its name.
    pub(crate) fn node(
        &mut self,
        op_type: &str,
        inputs: &[&str],
        output: &str,
        attributes: Vec<AttributeProto>,
    ) -> String {
        self.node_with_outputs(op_type, inputs, &[output], attributes);
        output.to_owned()
    }

    /// Adds a node; its first output gives it its name.
    pub(crate) fn node_with_outputs(
        &mut self,
        op_type: &str,
        inputs: &[&str],
        outputs: &[&str],
        attribute: Vec<AttributeProto>,
    ) {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        self.graph.node.push(NodeProto {
            input: owned(inputs),
            output: owned(outputs),
            name: outputs.first().map(ToString::to_string).unwrap_or_default(),
            op_type: op_type.to_owned(),
            attribute,
        });
    }

    /// Adds a f32 constant.
    pub(crate) fn floats(&mut self, name: &str, dims: &[i64], values: &[f32]) -> String {
        let bytes = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        self.constant(name, DataType::Float, dims, bytes)
    }

    /// Adds a 1-D int64 constant.
    pub(crate) fn integers(&mut self, name: &str, values: &[i64]) -> String {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let length = bytes.len() / size_of::<i64>();
        self.constant(
            name,
            DataType::Int64,
            &[i64::try_from(length).unwrap_or(i64::MAX)],
            bytes,
        )
    }

    /// A f32 scalar, stored once however often it is asked for.
    pub(crate) fn scalar(&mut self, value: f32) -> String {
        let name = format!("scalar:{value}");
        if self
            .graph
            .initializer
            .iter()
            .any(|tensor| tensor.name == name)
        {
            return name;
        }
        self.floats(&name, &[], &[value])
    }

    fn constant(
        &mut self,
        name: &str,
        data_type: DataType,
        dims: &[i64],
        raw_data: Vec<u8>,
    ) -> String {
        let (dims, data_type) = (dims.to_vec(), data_type.into());
        self.graph.initializer.push(TensorProto {
            dims,
            data_type,
            name: name.to_owned(),
            raw_data,
        });
        name.to_owned()
    }

    /// The model file.
    pub(crate) fn finish(mut self, name: &str) -> Vec<u8> {
        name.clone_into(&mut self.graph.name);
        let model = ModelProto {
            ir_version: IR_VERSION,
            producer_name: "trapline".to_owned(),
            graph: Some(self.graph),
            opset_import: vec![OperatorSetIdProto {
                domain: String::new(),
                version: OPSET,
            }],
        };
        model.encode_to_vec()
    }
}

fn declare(name: &str, sides: &[i64]) -> ValueInfoProto {
    let batch = Dimension::Free(BATCH_AXIS.to_owned());
    let sides = sides.iter().copied().map(Dimension::Size);
    ValueInfoProto::floats(name, std::iter::once(batch).chain(sides).collect())
}

#[cfg(test)]
mod tests {
    use super::{super::onnx, *};

    #[test]
    fn a_finished_graph_reads_back() {
        let mut graph = GraphBuilder::default();
        graph.input("x", &[3]);
        let two = graph.floats("two", &[1], &[2.0]);
        graph.node("Mul", &["x", &two], "y", vec![]);
        graph.output("y", &[3]);
        let model = onnx::read(&graph.finish("doubling"));
        assert_eq!((model.ir_version, model.opset_import[0].version), (8, 13));
        let graph = model.graph.unwrap();
        assert_eq!(graph.name, "doubling");
        assert_eq!(graph.floats("two"), (&[1i64][..], vec![2.0]));
        assert_eq!(graph.only("Mul").input, ["x", "two"]);
        assert_eq!(graph.only("Mul").output, ["y"]);
    }

    #[test]
    fn a_scalar_is_stored_once() {
        let mut graph = GraphBuilder::default();
        assert_eq!(graph.scalar(6.0), graph.scalar(6.0));
        assert_ne!(graph.scalar(0.0), graph.scalar(6.0));
        assert_eq!(graph.graph.initializer.len(), 2);
    }
}
