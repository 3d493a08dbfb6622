//! A node's attributes, read with their types.

use serde::Deserialize;

use super::{super::error::ConvertError, Node};

/// A protobuf `AttrValue` as JSON: exactly one of the fields is there. Integers are numbers or
/// strings, bytes are base64.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AttributeValue {
    s: Option<String>,
    b: Option<bool>,
    list: Option<ValueList>,
    shape: Option<Shape>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ValueList {
    i: Vec<Integer>,
    s: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Shape {
    dim: Vec<Dimension>,
}

#[derive(Debug, Deserialize)]
struct Dimension {
    size: Integer,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Integer {
    Number(i64),
    Text(String),
}

impl Integer {
    fn value(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

impl Node {
    /// A text attribute, such as `padding`.
    pub(crate) fn text(&self, attribute: &'static str) -> Result<String, ConvertError> {
        let encoded = self
            .attribute(attribute)
            .and_then(|value| value.s.as_deref());
        encoded
            .and_then(base64_text)
            .ok_or_else(|| self.unsupported(attribute, "missing"))
    }

    /// A list of texts, such as `fused_ops`; empty if there is none.
    pub(crate) fn texts(&self, attribute: &'static str) -> Result<Vec<String>, ConvertError> {
        let list = self
            .attribute(attribute)
            .and_then(|value| value.list.as_ref());
        let texts: Option<Vec<String>> = list.map_or(Some(Vec::new()), |list| {
            list.s.iter().map(|s| base64_text(s)).collect()
        });
        texts.ok_or_else(|| self.unsupported(attribute, "not base64"))
    }

    /// A yes or no, such as `keep_dims`; no if it is missing, as in protobuf.
    pub(crate) fn flag(&self, attribute: &'static str) -> bool {
        self.attribute(attribute)
            .and_then(|value| value.b)
            .unwrap_or(false)
    }

    /// Four integers in NHWC order, such as `strides`.
    pub(crate) fn four(&self, attribute: &'static str) -> Result<[i64; 4], ConvertError> {
        let list = self
            .attribute(attribute)
            .and_then(|value| value.list.as_ref());
        let values: Option<Vec<i64>> =
            list.map(|l| l.i.iter().filter_map(Integer::value).collect());
        let found = format!("{values:?}");
        values
            .and_then(|v| v.try_into().ok())
            .ok_or_else(|| self.unsupported(attribute, &found))
    }

    /// The four sides of a shape in NHWC order; an unknown one is -1.
    pub(crate) fn sides(&self, attribute: &'static str) -> Result<[i64; 4], ConvertError> {
        let shape = self
            .attribute(attribute)
            .and_then(|value| value.shape.as_ref());
        let values: Option<Vec<i64>> = shape.map(|shape| {
            shape
                .dim
                .iter()
                .filter_map(|dim| dim.size.value())
                .collect()
        });
        let found = format!("{values:?}");
        values
            .and_then(|v| v.try_into().ok())
            .ok_or_else(|| self.unsupported(attribute, &found))
    }

    /// The error for an attribute that cannot be honoured.
    pub(crate) fn unsupported(&self, attribute: &'static str, value: &str) -> ConvertError {
        ConvertError::UnsupportedAttribute {
            node: self.name.clone(),
            attribute,
            value: value.to_owned(),
        }
    }

    fn attribute(&self, name: &str) -> Option<&AttributeValue> {
        self.attributes.get(name)
    }
}

/// Decodes base64 (RFC 4648 §4) that holds UTF-8. `None` if it is neither.
fn base64_text(encoded: &str) -> Option<String> {
    let digits = encoded.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut bits, mut count) = (0u32, 0u32);
    for digit in digits.bytes() {
        bits = (bits << 6) | u32::from(base64_digit(digit)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(((bits >> count) & 0xff) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}

fn base64_digit(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn node(attributes: &serde_json::Value) -> Node {
        serde_json::from_value(json!({"name": "n", "op": "Op", "attr": attributes})).unwrap()
    }

    #[test]
    fn base64_gives_the_text_behind_it() {
        assert_eq!(base64_text("U0FNRQ==").as_deref(), Some("SAME"));
        assert_eq!(base64_text("VkFMSUQ=").as_deref(), Some("VALID"));
        assert_eq!(base64_text("Qmlhc0FkZA==").as_deref(), Some("BiasAdd"));
        assert_eq!(base64_text("").as_deref(), Some(""));
        assert_eq!(base64_text("U0F?"), None);
        assert_eq!(base64_text("/w=="), None, "not UTF-8");
    }

    #[test]
    fn integers_come_as_numbers_or_strings() {
        let node = node(&json!({"strides": {"list": {"i": ["1", 2, "3", 4]}}}));
        assert_eq!(node.four("strides").unwrap(), [1, 2, 3, 4]);
    }

    #[test]
    fn a_list_of_the_wrong_length_is_named() {
        for list in [
            json!({"i": ["1", "2", "3"]}),
            json!({"i": ["1", "2", "3", "x"]}),
            json!({}),
        ] {
            let error = node(&json!({"strides": {"list": list}}))
                .four("strides")
                .unwrap_err();
            assert!(
                matches!(
                    &error,
                    ConvertError::UnsupportedAttribute {
                        attribute: "strides",
                        ..
                    }
                ),
                "{error:?}"
            );
        }
    }

    #[test]
    fn what_is_missing_is_no_or_empty_or_an_error() {
        let node = node(&json!({}));
        assert!(!node.flag("keep_dims"));
        assert_eq!(node.texts("fused_ops").unwrap(), [""; 0]);
        assert!(node.text("padding").is_err());
        assert!(node.sides("shape").is_err());
    }

    #[test]
    fn a_shape_is_read_with_its_unknown_sides() {
        let dims = json!([{"size": "-1"}, {"size": 512}, {"size": "512"}, {"size": "3"}]);
        let node = node(&json!({"shape": {"shape": {"dim": dims}}}));
        assert_eq!(node.sides("shape").unwrap(), [-1, 512, 512, 3]);
    }
}
