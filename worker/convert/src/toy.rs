//! Hand-made TensorFlow.js graph models for the tests.

use serde_json::{Value as Json, json};

use crate::{
    error::ConvertError, graph::GraphBuilder, onnx, order, shape::FeatureShape, tfjs::GraphModel,
};

/// A model under construction.
#[derive(Default)]
pub(crate) struct Model {
    nodes: Vec<Json>,
    weights: Vec<Json>,
    bin: Vec<u8>,
}

/// One node of a model and all it needs, converted.
pub(crate) struct Converted {
    pub(crate) graph: onnx::GraphProto,
    pub(crate) shape: FeatureShape,
}

impl Model {
    /// The least that has the heads of CenterNet: on 64 × 64 pixels, three classes, 16 × 16 cells.
    pub(crate) fn detector() -> Self {
        let mut model = Self::default();
        model.images([1, 64, 64, 3]);
        model.halves("kernel", &[3, 3, 3, 3]);
        model.halves("distances", &[1, 1, 3, 4]);
        model.floats("bias", &[3], &[0.1, 0.2, 0.3]);
        model.floats("scale", &[], &[16.0]);
        model.node(
            "a",
            "_FusedConv2D",
            &["images", "kernel", "bias"],
            convolution("SAME", 2, &["BiasAdd", "Relu"]),
        );
        model.node(
            "b",
            "DepthwiseConv2dNative",
            &["a", "distances"],
            convolution("VALID", 2, &[]),
        );
        model.node(
            "heat",
            "Conv2D",
            &["a", "kernel"],
            convolution("SAME", 2, &[]),
        );
        model.node("tower_0/Sigmoid", "Sigmoid", &["heat"], json!({}));
        model.node(
            "tower_0/keypoints",
            "Identity",
            &["tower_0/Sigmoid"],
            json!({}),
        );
        model.floats("pick", &[1, 1, 12, 4], &[0.25; 48]);
        model.node("c", "Conv2D", &["b", "pick"], convolution("SAME", 1, &[]));
        model.node("tower_0/wh", "Mul", &["c", "scale"], json!({}));
        model
    }

    /// Adds the input.
    pub(crate) fn images(&mut self, sides: [i64; 4]) {
        self.placeholder("images", sides);
    }

    /// Adds an input of any name.
    pub(crate) fn placeholder(&mut self, name: &str, sides: [i64; 4]) {
        let dim: Vec<Json> = sides
            .iter()
            .map(|side| json!({"size": side.to_string()}))
            .collect();
        self.node(
            name,
            "Placeholder",
            &[],
            json!({"shape": {"shape": {"dim": dim}}}),
        );
    }

    /// Adds a node.
    pub(crate) fn node(&mut self, name: &str, op: &str, inputs: &[&str], attributes: Json) {
        self.nodes
            .push(json!({"name": name, "op": op, "input": inputs, "attr": attributes}));
    }

    /// Adds a f32 constant.
    pub(crate) fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) {
        self.node(name, "Const", &[], json!({}));
        self.weights
            .push(json!({"name": name, "shape": shape, "dtype": "float32"}));
        self.bin
            .extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    /// Adds a half-precision constant of ones.
    pub(crate) fn halves(&mut self, name: &str, shape: &[usize]) {
        self.node(name, "Const", &[], json!({}));
        self.weights
            .push(json!({"name": name, "shape": shape, "dtype": "float32",
            "quantization": {"dtype": "float16", "original_dtype": "float32"}}));
        self.bin.extend([0x00, 0x3c].repeat(shape.iter().product()));
    }

    /// Adds a 1-D int32 constant.
    pub(crate) fn integers(&mut self, name: &str, values: &[i32]) {
        self.node(name, "Const", &[], json!({}));
        self.weights
            .push(json!({"name": name, "shape": [values.len()], "dtype": "int32"}));
        self.bin
            .extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    /// Changes a node's operator.
    pub(crate) fn replace_op(&mut self, name: &str, op: &str) {
        self.named(name)["op"] = json!(op);
    }

    /// Changes a node's name.
    pub(crate) fn rename(&mut self, name: &str, new: &str) {
        self.named(name)["name"] = json!(new);
    }

    /// Takes a node out.
    pub(crate) fn remove(&mut self, name: &str) {
        self.nodes.retain(|node| node["name"] != name);
    }

    fn named(&mut self, name: &str) -> &mut Json {
        self.nodes
            .iter_mut()
            .find(|node| node["name"] == name)
            .unwrap()
    }

    /// `model.json` and the binary file.
    pub(crate) fn files(&self) -> (Vec<u8>, Vec<u8>) {
        let json = json!({
            "format": "graph-model",
            "modelTopology": {"node": self.nodes},
            "weightsManifest": [{"paths": ["toy.bin"], "weights": self.weights}],
        });
        (json.to_string().into_bytes(), self.bin.clone())
    }

    /// Converts one node and all it needs, without decoding.
    pub(crate) fn convert(&self, output: &str) -> Result<Converted, ConvertError> {
        let (json, bin) = self.files();
        let model = GraphModel::read(&json, &bin)?;
        let mut graph = GraphBuilder::default();
        let values = crate::evaluation::evaluate(
            order::evaluation_order(&model, &[output])?,
            &model,
            &mut graph,
        )?;
        let shape = crate::evaluation::feature(&values, output)?.shape;
        let graph = onnx::read(&graph.finish("toy")).graph.unwrap();
        Ok(Converted { graph, shape })
    }
}

/// Both files of [`Model::detector`].
pub(crate) fn detector() -> (Vec<u8>, Vec<u8>) {
    Model::detector().files()
}

/// The attributes of a convolution.
pub(crate) fn convolution(padding: &str, stride: u32, fused: &[&str]) -> Json {
    let padding = match padding {
        "SAME" => "U0FNRQ==",
        "VALID" => "VkFMSUQ=",
        _ => "RVhQTElDSVQ=",
    };
    let fused: Vec<&str> = fused
        .iter()
        .map(|name| match *name {
            "BiasAdd" => "Qmlhc0FkZA==",
            "Relu" => "UmVsdQ==",
            "Relu6" => "UmVsdTY=",
            _ => "RWx1",
        })
        .collect();
    let stride = stride.to_string();
    json!({
        "padding": {"s": padding},
        "data_format": {"s": "TkhXQw=="},
        "dilations": {"list": {"i": ["1", "1", "1", "1"]}},
        "strides": {"list": {"i": ["1", stride, stride, "1"]}},
        "fused_ops": {"list": {"s": fused}},
    })
}
