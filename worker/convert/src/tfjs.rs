//! TensorFlow.js graph models: `model.json` (nodes and the list of weights) and its binary file.
//!
//! Format: `tfjs-core/src/io/types.ts` (`ModelJSON`, `WeightsManifestEntry`) and
//! `tfjs-converter/src/data/api.ts` (`INodeDef`, `IAttrValue`) of the TensorFlow.js sources.

mod attributes;
mod float16;
mod weights;

use std::collections::BTreeMap;

use serde::Deserialize;

use self::attributes::AttributeValue;
pub(crate) use self::weights::Weight;
use crate::error::ConvertError;

#[derive(Deserialize)]
struct ModelJson {
    #[serde(rename = "modelTopology")]
    topology: Topology,
    #[serde(rename = "weightsManifest")]
    weight_groups: Vec<weights::WeightGroup>,
}

#[derive(Deserialize)]
struct Topology {
    node: Vec<Node>,
}

/// One node of the graph.
#[derive(Debug, Deserialize)]
pub(crate) struct Node {
    /// Unique name.
    pub(crate) name: String,
    /// TensorFlow operator.
    pub(crate) op: String,
    #[serde(default)]
    input: Vec<String>,
    #[serde(default, rename = "attr")]
    attributes: BTreeMap<String, AttributeValue>,
}

impl Node {
    /// Names of the nodes whose values it takes. A leading `^` marks an input that only orders
    /// the execution, `name:1` a second output, which no operator converted here has.
    pub(crate) fn inputs(&self) -> Result<Vec<&str>, ConvertError> {
        let names = self.input.iter().filter(|input| !input.starts_with('^'));
        names.map(|input| self.first_output(input)).collect()
    }

    fn first_output<'a>(&self, input: &'a str) -> Result<&'a str, ConvertError> {
        match input.rsplit_once(':') {
            None | Some((_, "0")) => Ok(input.trim_end_matches(":0")),
            Some(_) => Err(ConvertError::MissingNode {
                node: input.to_owned(),
                wanted_by: self.name.clone(),
            }),
        }
    }
}

/// A graph model, checked as far as its files go: names are unique and every weight is complete.
pub(crate) struct GraphModel {
    nodes: BTreeMap<String, Node>,
    weights: BTreeMap<String, Weight>,
}

impl GraphModel {
    /// Reads both files.
    pub(crate) fn read(json: &[u8], bin: &[u8]) -> Result<Self, ConvertError> {
        let file: ModelJson = serde_json::from_slice(json)?;
        let mut nodes = BTreeMap::new();
        for node in file.topology.node {
            if let Some(earlier) = nodes.insert(node.name.clone(), node) {
                return Err(ConvertError::DuplicateName { name: earlier.name });
            }
        }
        Ok(Self {
            nodes,
            weights: weights::read(file.weight_groups, bin)?,
        })
    }

    /// A node by its name.
    pub(crate) fn node(&self, name: &str, wanted_by: &str) -> Result<&Node, ConvertError> {
        self.nodes
            .get(name)
            .ok_or_else(|| ConvertError::MissingNode {
                node: name.to_owned(),
                wanted_by: wanted_by.to_owned(),
            })
    }

    /// The value of a `Const` node.
    pub(crate) fn weight(&self, node: &Node) -> Result<&Weight, ConvertError> {
        self.weights
            .get(&node.name)
            .ok_or_else(|| ConvertError::MissingWeight {
                node: node.name.clone(),
            })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::toy, *};

    #[test]
    fn ordering_inputs_are_dropped_and_output_numbers_cut_off() {
        let node: Node =
            serde_json::from_value(json!({"name": "a", "op": "Add", "input": ["x", "^y", "z:0"]}))
                .unwrap();
        assert_eq!(node.inputs().unwrap(), ["x", "z"]);
        let node: Node =
            serde_json::from_value(json!({"name": "a", "op": "Add", "input": ["x:1"]})).unwrap();
        assert!(node.inputs().is_err());
    }

    #[test]
    fn two_nodes_of_one_name_are_refused() {
        let mut model = toy::Model::default();
        model.node("a", "Add", &[], json!({}));
        model.node("a", "Mul", &[], json!({}));
        let (json, bin) = model.files();
        let error = GraphModel::read(&json, &bin).err().unwrap();
        assert!(
            matches!(&error, ConvertError::DuplicateName { name } if name == "a"),
            "{error:?}"
        );
    }

    #[test]
    fn a_file_that_is_no_graph_model_is_refused() {
        for text in ["", "[]", "{\"modelTopology\": {}}", "not json"] {
            assert!(matches!(
                GraphModel::read(text.as_bytes(), &[]),
                Err(ConvertError::NotAGraphModel(_))
            ));
        }
    }

    #[test]
    fn a_constant_without_weight_is_named() {
        let mut model = toy::Model::default();
        model.node("scale", "Const", &[], json!({}));
        let (json, bin) = model.files();
        let model = GraphModel::read(&json, &bin).unwrap();
        let error = model
            .weight(model.node("scale", "test").unwrap())
            .unwrap_err();
        assert!(
            matches!(&error, ConvertError::MissingWeight { node } if node == "scale"),
            "{error:?}"
        );
    }
}
