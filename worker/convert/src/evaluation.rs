//! Goes through a graph's nodes and makes of each the constant or the part of the ONNX graph that
//! stands for it.

use std::collections::BTreeMap;

use crate::{
    error::ConvertError,
    graph::{Feature, GraphBuilder},
    operators::{self, Operands, Value},
    tfjs::{GraphModel, Node},
};

/// Converts nodes that come in an order in which they can be evaluated.
///
/// # Errors
/// When a node, or what it takes, is not known here.
pub(crate) fn evaluate<'m>(
    nodes: Vec<&'m Node>,
    model: &'m GraphModel,
    graph: &mut GraphBuilder,
) -> Result<BTreeMap<&'m str, Value<'m>>, ConvertError> {
    let mut values = BTreeMap::new();
    for node in nodes {
        let value = match node.op.as_str() {
            "Const" => Value::Constant(model.weight(node)?),
            "Placeholder" => Value::Feature(operators::images(node, graph)?),
            _ => Value::Feature(operators::convert(
                &Operands::gather(node, &values)?,
                graph,
            )?),
        };
        values.insert(node.name.as_str(), value);
    }
    Ok(values)
}

/// The feature map that a node makes.
///
/// # Errors
/// When there is no such node, or it is a constant.
pub(crate) fn feature<'a>(
    values: &'a BTreeMap<&str, Value<'_>>,
    name: &str,
) -> Result<&'a Feature, ConvertError> {
    match values.get(name) {
        Some(Value::Feature(feature)) => Ok(feature),
        _ => Err(ConvertError::NotAFeatureMap {
            node: name.to_owned(),
            input: name.to_owned(),
        }),
    }
}
