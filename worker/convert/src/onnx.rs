//! The part of the ONNX file format that a converted model needs.
//!
//! Field numbers follow `onnx/onnx.proto` of the ONNX project (IR version 8). Fields that are not
//! written here are not declared.

use prost::{Enumeration, Message, Oneof};

/// A model file.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ModelProto {
    #[prost(int64, tag = "1")]
    pub(crate) ir_version: i64,
    #[prost(string, tag = "2")]
    pub(crate) producer_name: String,
    #[prost(message, optional, tag = "7")]
    pub(crate) graph: Option<GraphProto>,
    #[prost(message, repeated, tag = "8")]
    pub(crate) opset_import: Vec<OperatorSetIdProto>,
}

/// The operator set that the nodes are to be read with.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct OperatorSetIdProto {
    /// Empty for the standard operators.
    #[prost(string, tag = "1")]
    pub(crate) domain: String,
    #[prost(int64, tag = "2")]
    pub(crate) version: i64,
}

/// Nodes in an order in which they can run, with constants, inputs and outputs.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct GraphProto {
    #[prost(message, repeated, tag = "1")]
    pub(crate) node: Vec<NodeProto>,
    #[prost(string, tag = "2")]
    pub(crate) name: String,
    #[prost(message, repeated, tag = "5")]
    pub(crate) initializer: Vec<TensorProto>,
    #[prost(message, repeated, tag = "11")]
    pub(crate) input: Vec<ValueInfoProto>,
    #[prost(message, repeated, tag = "12")]
    pub(crate) output: Vec<ValueInfoProto>,
}

/// One operator.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct NodeProto {
    #[prost(string, repeated, tag = "1")]
    pub(crate) input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub(crate) output: Vec<String>,
    #[prost(string, tag = "3")]
    pub(crate) name: String,
    #[prost(string, tag = "4")]
    pub(crate) op_type: String,
    #[prost(message, repeated, tag = "5")]
    pub(crate) attribute: Vec<AttributeProto>,
}

/// One attribute. Single values are optional because a zero must be written, too.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AttributeProto {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(float, optional, tag = "2")]
    pub(crate) f: Option<f32>,
    #[prost(int64, optional, tag = "3")]
    pub(crate) i: Option<i64>,
    #[prost(bytes = "vec", optional, tag = "4")]
    pub(crate) s: Option<Vec<u8>>,
    #[prost(int64, repeated, packed = "false", tag = "8")]
    pub(crate) ints: Vec<i64>,
    #[prost(enumeration = "AttributeType", tag = "20")]
    pub(crate) r#type: i32,
}

/// Which field of an attribute counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enumeration)]
#[repr(i32)]
pub(crate) enum AttributeType {
    Undefined = 0,
    Float = 1,
    Int = 2,
    String = 3,
    Ints = 7,
}

/// A constant; `raw_data` is little-endian and row-major.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct TensorProto {
    #[prost(int64, repeated, packed = "false", tag = "1")]
    pub(crate) dims: Vec<i64>,
    #[prost(enumeration = "DataType", tag = "2")]
    pub(crate) data_type: i32,
    #[prost(string, tag = "8")]
    pub(crate) name: String,
    #[prost(bytes = "vec", tag = "9")]
    pub(crate) raw_data: Vec<u8>,
}

/// Type of a tensor's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enumeration)]
#[repr(i32)]
pub(crate) enum DataType {
    Undefined = 0,
    Float = 1,
    Int64 = 7,
}

/// An input or output.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ValueInfoProto {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) r#type: Option<TypeProto>,
}

/// The type of a value; only tensors are declared.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct TypeProto {
    #[prost(message, optional, tag = "1")]
    pub(crate) tensor_type: Option<TensorTypeProto>,
}

/// Element type and shape of a tensor.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct TensorTypeProto {
    #[prost(enumeration = "DataType", tag = "1")]
    pub(crate) elem_type: i32,
    #[prost(message, optional, tag = "2")]
    pub(crate) shape: Option<TensorShapeProto>,
}

/// The sides of a tensor.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct TensorShapeProto {
    #[prost(message, repeated, tag = "1")]
    pub(crate) dim: Vec<DimensionProto>,
}

/// One side of a tensor.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct DimensionProto {
    #[prost(oneof = "Dimension", tags = "1, 2")]
    pub(crate) value: Option<Dimension>,
}

/// A known side, or the name of a free one.
#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum Dimension {
    #[prost(int64, tag = "1")]
    Size(i64),
    #[prost(string, tag = "2")]
    Free(String),
}

impl AttributeProto {
    /// A whole number.
    pub(crate) fn int(name: &str, value: i64) -> Self {
        Self {
            i: Some(value),
            ..Self::empty(name, AttributeType::Int)
        }
    }

    /// A list of whole numbers.
    pub(crate) fn ints(name: &str, values: &[i64]) -> Self {
        Self {
            ints: values.to_vec(),
            ..Self::empty(name, AttributeType::Ints)
        }
    }

    /// A text.
    pub(crate) fn text(name: &str, value: &str) -> Self {
        Self {
            s: Some(value.as_bytes().to_vec()),
            ..Self::empty(name, AttributeType::String)
        }
    }

    fn empty(name: &str, kind: AttributeType) -> Self {
        Self {
            name: name.to_owned(),
            r#type: kind.into(),
            ..Self::default()
        }
    }
}

impl ValueInfoProto {
    /// A f32 tensor.
    pub(crate) fn floats(name: &str, dimensions: Vec<Dimension>) -> Self {
        let dim = dimensions
            .into_iter()
            .map(|value| DimensionProto { value: Some(value) })
            .collect();
        let tensor_type = TensorTypeProto {
            elem_type: DataType::Float.into(),
            shape: Some(TensorShapeProto { dim }),
        };
        Self {
            name: name.to_owned(),
            r#type: Some(TypeProto {
                tensor_type: Some(tensor_type),
            }),
        }
    }
}

#[cfg(test)]
pub(crate) use tests::read;

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a model back.
    pub(crate) fn read(bytes: &[u8]) -> ModelProto {
        ModelProto::decode(bytes).unwrap()
    }

    impl NodeProto {
        /// A list of whole numbers among the attributes.
        pub(crate) fn ints(&self, name: &str) -> &[i64] {
            &self.attribute.iter().find(|a| a.name == name).unwrap().ints
        }

        /// A text among the attributes.
        pub(crate) fn text(&self, name: &str) -> &str {
            let found = self.attribute.iter().find(|a| a.name == name).unwrap();
            std::str::from_utf8(found.s.as_deref().unwrap()).unwrap()
        }
    }

    impl GraphProto {
        /// The only node of a type.
        pub(crate) fn only(&self, op_type: &str) -> &NodeProto {
            let mut found = self.node.iter().filter(|node| node.op_type == op_type);
            let node = found.next().unwrap();
            assert!(found.next().is_none(), "a second {op_type}");
            node
        }

        /// Shape and values of a f32 constant.
        pub(crate) fn floats(&self, name: &str) -> (&[i64], Vec<f32>) {
            let tensor = self
                .initializer
                .iter()
                .find(|tensor| tensor.name == name)
                .unwrap();
            assert_eq!(tensor.data_type(), DataType::Float);
            let values = tensor
                .raw_data
                .as_chunks()
                .0
                .iter()
                .map(|b| f32::from_le_bytes(*b))
                .collect();
            (&tensor.dims, values)
        }
    }

    impl ValueInfoProto {
        /// The declared sides as text.
        pub(crate) fn dimensions(&self) -> Vec<String> {
            let tensor = self.r#type.as_ref().unwrap().tensor_type.as_ref().unwrap();
            let side = |dim: &DimensionProto| match dim.value.as_ref().unwrap() {
                Dimension::Size(size) => size.to_string(),
                Dimension::Free(name) => name.clone(),
            };
            tensor
                .shape
                .as_ref()
                .unwrap()
                .dim
                .iter()
                .map(side)
                .collect()
        }
    }

    #[test]
    fn an_attribute_of_zero_is_written() {
        let bytes = AttributeProto::int("axis", 0).encode_to_vec();
        // name (field 1, length 4), i (field 3) = 0, type (field 20) = INT.
        assert_eq!(
            bytes,
            [&[0x0a, 4][..], b"axis", &[0x18, 0], &[0xa0, 0x01, 2]].concat()
        );
    }
}
