//! Why a model cannot be converted.

/// Why a TensorFlow.js graph model cannot be converted. `node` names the graph's node, or the
/// weight, at fault.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConvertError {
    /// The description cannot be read at all.
    #[error("the model description is not the JSON of a TensorFlow.js graph model")]
    NotAGraphModel(#[from] serde_json::Error),
    /// Two nodes, or two weights, have the same name.
    #[error("the model description has two entries called '{name}'")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// The weights file ends too early.
    #[error(
        "the weights file ends inside '{weight}': {needed} bytes are wanted, {available} are left"
    )]
    WeightsTruncated {
        /// The weight that could not be read.
        weight: String,
        /// Its size in bytes.
        needed: usize,
        /// Bytes left in the file where it begins.
        available: usize,
    },
    /// The weights file is longer than its description.
    #[error("the weights file has {bytes} bytes that the model description does not know")]
    WeightsLeftOver {
        /// Bytes after the last weight.
        bytes: usize,
    },
    /// A weight is stored in a way that is not known here.
    #[error("the weight '{weight}' is stored as {encoding}, which is not supported")]
    UnsupportedWeight {
        /// The weight.
        weight: String,
        /// Its type, and its quantisation if it has one.
        encoding: String,
    },
    /// A constant has no weight.
    #[error("the constant '{node}' has no weight")]
    MissingWeight {
        /// The constant.
        node: String,
    },
    /// A node refers to one that does not exist.
    #[error("'{wanted_by}' needs the node '{node}', which does not exist")]
    MissingNode {
        /// The node that is missing.
        node: String,
        /// What needs it.
        wanted_by: String,
    },
    /// A node depends on itself.
    #[error("the node '{node}' depends on its own output")]
    Cycle {
        /// A node on the cycle.
        node: String,
    },
    /// The graph has more than one input.
    #[error("the graph has a second input, '{node}'")]
    SecondInput {
        /// The second input.
        node: String,
    },
    /// An operator is not known here.
    #[error("the node '{node}' is a {operator}, which is not supported")]
    UnsupportedOperator {
        /// The node.
        node: String,
        /// Its TensorFlow operator.
        operator: String,
    },
    /// An attribute is missing, of the wrong type, or has a value that is not known here.
    #[error("the node '{node}' has an unsupported {attribute}: {value}")]
    UnsupportedAttribute {
        /// The node.
        node: String,
        /// The attribute.
        attribute: &'static str,
        /// Its value, or "missing".
        value: String,
    },
    /// A node has the wrong number of inputs.
    #[error("the node '{node}' has {found} inputs instead of {expected}")]
    WrongInputCount {
        /// The node.
        node: String,
        /// How many inputs its operator takes.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// A feature map was expected, but the input is a constant.
    #[error("the node '{node}' needs a feature map, but '{input}' is a constant")]
    NotAFeatureMap {
        /// The node.
        node: String,
        /// The input at fault.
        input: String,
    },
    /// A constant was expected, but the input is computed, or of the wrong type.
    #[error("the node '{node}' needs a constant of {expected} values as '{input}'")]
    NotAConstant {
        /// The node.
        node: String,
        /// The input at fault.
        input: String,
        /// "f32" or "int32".
        expected: &'static str,
    },
    /// A tensor has the wrong shape.
    #[error("the node '{node}' needs {expected}, but has {found}")]
    WrongShape {
        /// The node.
        node: String,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
}
