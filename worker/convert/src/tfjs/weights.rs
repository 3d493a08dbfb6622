//! The binary weights of a graph model: one after the other, little-endian, in the order of the
//! manifest.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{super::error::ConvertError, float16};

/// Weights that share files. All files together are read as one.
#[derive(Deserialize)]
pub(super) struct WeightGroup {
    weights: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    shape: Vec<usize>,
    dtype: String,
    quantization: Option<Quantization>,
}

#[derive(Deserialize)]
struct Quantization {
    dtype: String,
}

/// A constant tensor in row-major order. There are as many values as the shape says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Weight {
    /// 32-bit floats.
    Floats {
        /// Sides, outermost first; none for a scalar.
        shape: Vec<usize>,
        /// The values.
        values: Vec<f32>,
    },
    /// 32-bit integers.
    Integers {
        /// Sides, outermost first; none for a scalar.
        shape: Vec<usize>,
        /// The values.
        values: Vec<i32>,
    },
}

#[derive(Clone, Copy)]
enum Encoding {
    Float32,
    Float16,
    Int32,
}

impl Entry {
    fn encoding(&self) -> Result<Encoding, ConvertError> {
        let quantization = self
            .quantization
            .as_ref()
            .map(|quantization| quantization.dtype.as_str());
        match (self.dtype.as_str(), quantization) {
            ("float32", None) => Ok(Encoding::Float32),
            ("float32", Some("float16")) => Ok(Encoding::Float16),
            ("int32", None) => Ok(Encoding::Int32),
            (dtype, quantization) => {
                let suffix = quantization
                    .map(|name| format!(" quantised as {name}"))
                    .unwrap_or_default();
                Err(ConvertError::UnsupportedWeight {
                    weight: self.name.clone(),
                    encoding: format!("{dtype}{suffix}"),
                })
            }
        }
    }

    fn decode(self, encoding: Encoding, bytes: &[u8]) -> Weight {
        let shape = self.shape;
        match encoding {
            Encoding::Float32 => Weight::Floats {
                shape,
                values: numbers(bytes, f32::from_le_bytes),
            },
            Encoding::Float16 => Weight::Floats {
                shape,
                values: numbers(bytes, |bytes| float16::to_f32(u16::from_le_bytes(bytes))),
            },
            Encoding::Int32 => Weight::Integers {
                shape,
                values: numbers(bytes, i32::from_le_bytes),
            },
        }
    }
}

/// Reads every weight.
pub(super) fn read(
    groups: Vec<WeightGroup>,
    bin: &[u8],
) -> Result<BTreeMap<String, Weight>, ConvertError> {
    let mut rest = bin;
    let mut weights = BTreeMap::new();
    for entry in groups.into_iter().flat_map(|group| group.weights) {
        let encoding = entry.encoding()?;
        let width = if matches!(encoding, Encoding::Float16) {
            2
        } else {
            4
        };
        // A size past usize::MAX is certainly past the end of the file.
        let needed = entry
            .shape
            .iter()
            .try_fold(width, |size: usize, side| size.checked_mul(*side));
        let needed = needed.unwrap_or(usize::MAX);
        let Some((bytes, after)) = rest.split_at_checked(needed) else {
            return Err(ConvertError::WeightsTruncated {
                weight: entry.name,
                needed,
                available: rest.len(),
            });
        };
        rest = after;
        let name = entry.name.clone();
        if weights
            .insert(name.clone(), entry.decode(encoding, bytes))
            .is_some()
        {
            return Err(ConvertError::DuplicateName { name });
        }
    }
    if rest.is_empty() {
        Ok(weights)
    } else {
        Err(ConvertError::WeightsLeftOver { bytes: rest.len() })
    }
}

/// Splits bytes into numbers of `N` bytes each.
fn numbers<const N: usize, T>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes
        .as_chunks::<N>()
        .0
        .iter()
        .map(|chunk| number(*chunk))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_entries(
        entries: &serde_json::Value,
        bin: &[u8],
    ) -> Result<BTreeMap<String, Weight>, ConvertError> {
        read(
            serde_json::from_value(json!([{"paths": ["x.bin"], "weights": entries}])).unwrap(),
            bin,
        )
    }

    #[test]
    fn floats_halves_and_integers_lie_one_after_the_other() {
        let entries = json!([
            {"name": "whole", "shape": [2], "dtype": "float32"},
            {"name": "half", "shape": [1, 2], "dtype": "float32",
             "quantization": {"dtype": "float16", "original_dtype": "float32"}},
            {"name": "integer", "shape": [], "dtype": "int32"},
        ]);
        let mut bin = Vec::new();
        bin.extend(1.5f32.to_le_bytes());
        bin.extend((-2.0f32).to_le_bytes());
        bin.extend([0x00, 0x3c, 0x55, 0xb5]);
        bin.extend((-7i32).to_le_bytes());
        let weights = read_entries(&entries, &bin).unwrap();
        assert_eq!(
            weights["whole"],
            Weight::Floats {
                shape: vec![2],
                values: vec![1.5, -2.0]
            }
        );
        assert_eq!(
            weights["half"],
            Weight::Floats {
                shape: vec![1, 2],
                values: vec![1.0, -0.333_251_95]
            }
        );
        assert_eq!(
            weights["integer"],
            Weight::Integers {
                shape: vec![],
                values: vec![-7]
            }
        );
    }

    #[test]
    fn a_file_that_is_too_short_or_too_long_is_refused() {
        let entries = json!([{"name": "w", "shape": [2], "dtype": "int32"}]);
        assert!(matches!(
            read_entries(&entries, &[0; 7]),
            Err(ConvertError::WeightsTruncated {
                needed: 8,
                available: 7,
                ..
            })
        ));
        assert!(matches!(
            read_entries(&entries, &[0; 9]),
            Err(ConvertError::WeightsLeftOver { bytes: 1 })
        ));
    }

    #[test]
    fn a_shape_past_all_memory_is_refused_without_asking_for_it() {
        let side = usize::MAX / 2;
        let entries = json!([{"name": "w", "shape": [side, side], "dtype": "float32"}]);
        assert!(matches!(
            read_entries(&entries, &[0; 8]),
            Err(ConvertError::WeightsTruncated { .. })
        ));
    }

    #[test]
    fn other_encodings_are_named() {
        let entries = json!([{"name": "w", "shape": [1], "dtype": "float32",
            "quantization": {"dtype": "uint8", "scale": 1.0, "min": 0.0}}]);
        let error = read_entries(&entries, &[0]).unwrap_err();
        assert!(
            matches!(&error, ConvertError::UnsupportedWeight { encoding, .. } if encoding == "float32 quantised as uint8"),
            "{error:?}"
        );
    }
}
