//! A detection: what, how sure, and where.
//!
//! Confidences and boxes are kept in the fixed decimals of the MegaDetector batch format
//! (3 for confidences, 4 for boxes, truncated, never rounded). Every output prints the same
//! number, and comparing with a threshold gives the same answer in each of them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::category::Category;

/// How sure the model is, 0..=1 in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Confidence(u16);

impl Confidence {
    /// The lowest confidence that is kept at all: MegaDetector's output floor, 0.005.
    pub const FLOOR: Self = Self(5);

    /// Truncates a model score to thousandths. `None` for NaN or a score outside 0..=1 by
    /// more than rounding noise (1e-3).
    #[must_use]
    pub fn from_score(score: f32) -> Option<Self> {
        in_unit_range(f64::from(score)).map(|score| Self(truncate(score, THOUSAND)))
    }
}

/// The lowest confidence that counts as a detection, 0..=1 in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Threshold(u16);

/// A threshold outside 0..=1.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a threshold lies between 0 and 1, not {0}")]
pub struct ThresholdOutOfRange(pub f64);

impl Threshold {
    /// Reads a threshold; decimals past the third are cut off, as they are for confidences.
    ///
    /// # Errors
    /// When the value is not a number between 0 and 1.
    pub fn new(value: f64) -> Result<Self, ThresholdOutOfRange> {
        if !(0.0..=1.0).contains(&value) {
            return Err(ThresholdOutOfRange(value));
        }
        Ok(Self(decimal(value, THOUSAND)))
    }

    /// Whether a detection of this confidence counts.
    #[must_use]
    pub fn admits(self, confidence: Confidence) -> bool {
        confidence.0 >= self.0
    }
}

impl std::str::FromStr for Threshold {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let value: f64 = text
            .parse()
            .map_err(|_| format!("'{text}' is not a number"))?;
        Self::new(value).map_err(|error| error.to_string())
    }
}

/// A box in ten-thousandths of the upright image: x and y of its top left corner, width, height.
///
/// "Upright" means after the EXIF orientation was applied. `x + width` and `y + height` never
/// pass 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BBox {
    x_min: u16,
    y_min: u16,
    width: u16,
    height: u16,
}

impl BBox {
    /// Cuts a box given by its corners in 0..=1 to the image and truncates it to 4 decimals.
    /// `None` if a corner is not a number.
    #[must_use]
    pub fn from_corners(x1: f64, y1: f64, x2: f64, y2: f64) -> Option<Self> {
        if [x1, y1, x2, y2].iter().any(|v| !v.is_finite()) {
            return None;
        }
        let (x1, x2) = (x1.clamp(0.0, 1.0), x2.clamp(0.0, 1.0));
        let (y1, y2) = (y1.clamp(0.0, 1.0), y2.clamp(0.0, 1.0));
        let x_min = decimal(x1, TEN_THOUSAND);
        let y_min = decimal(y1, TEN_THOUSAND);
        Some(Self {
            x_min,
            y_min,
            width: decimal((x2 - x1).max(0.0), TEN_THOUSAND).min(10_000 - x_min),
            height: decimal((y2 - y1).max(0.0), TEN_THOUSAND).min(10_000 - y_min),
        })
    }

    /// `[x_min, y_min, width, height]`, each 0.0..=1.0 with at most 4 decimals.
    #[must_use]
    pub fn values(self) -> [f64; 4] {
        [self.x_min, self.y_min, self.width, self.height].map(|v| f64::from(v) / 10_000.0)
    }

    /// The same four in ten-thousandths, 0..=10,000.
    #[must_use]
    pub const fn ten_thousandths(self) -> [u16; 4] {
        [self.x_min, self.y_min, self.width, self.height]
    }

    /// Whether the box encloses no area at all.
    #[must_use]
    pub fn is_degenerate(self) -> bool {
        self.width == 0 || self.height == 0
    }
}

/// One thing found in one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Detection {
    /// What it is.
    pub category: Category,
    /// How sure the model is.
    pub confidence: Confidence,
    /// Where it is.
    pub bbox: BBox,
    /// The model's own class (index into its labels), for models that name species themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<u16>,
}

impl Detection {
    /// The order of detections in every output: most confident first, then by category and
    /// place, so that the order never depends on the model's internals.
    #[must_use]
    pub fn output_order(&self, other: &Self) -> std::cmp::Ordering {
        other
            .confidence
            .cmp(&self.confidence)
            .then(self.category.cmp(&other.category))
            .then_with(|| {
                self.bbox
                    .ten_thousandths()
                    .cmp(&other.bbox.ten_thousandths())
            })
            .then(self.class.cmp(&other.class))
    }
}

const THOUSAND: f64 = 1000.0;
const TEN_THOUSAND: f64 = 10_000.0;

/// A value that is noise away from 0 or 1 counts as 0 or 1; `None` further out and for NaN.
fn in_unit_range(value: f64) -> Option<f64> {
    (-0.001..=1.001)
        .contains(&value)
        .then(|| value.clamp(0.0, 1.0))
}

/// Truncates what is a decimal or a ratio of whole pixels. 0.29, or 42/200 − 20/200, is a hair
/// below its decimal in binary; the slack keeps it from losing a step.
fn decimal(value: f64, scale: f64) -> u16 {
    truncate(value + 1e-9, scale)
}

/// Truncates `value` (0..=1) to a whole number of `1 / scale`, as the reference program does: a
/// score of 0.9 in single precision is 0.89999998 and becomes 0.899.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0..=10_000 by construction"
)]
fn truncate(value: f64, scale: f64) -> u16 {
    (value * scale).floor().min(scale) as u16
}

macro_rules! in_thousandths {
    ($($name:ident),*) => {$(
        impl $name {
            /// Thousandths as they are kept in compact files; more than 1000 are 1000.
            #[must_use]
            pub const fn from_thousandths(thousandths: u16) -> Self {
                Self(if thousandths > 1000 {
                    1000
                } else {
                    thousandths
                })
            }

            /// The value in thousandths.
            #[must_use]
            pub const fn thousandths(self) -> u16 {
                self.0
            }

            /// The value, 0.0..=1.0 with at most 3 decimals.
            #[must_use]
            pub fn value(self) -> f64 {
                f64::from(self.0) / 1000.0
            }
        }
    )*};
}

in_thousandths!(Confidence, Threshold);

macro_rules! serialize_as_f64 {
    ($($name:ty => $parse:expr),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_f64(self.value())
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = f64::deserialize(deserializer)?;
                $parse(value).ok_or_else(|| serde::de::Error::custom("not between 0 and 1"))
            }
        }
    )*};
}

serialize_as_f64!(
    Confidence => |value| in_unit_range(value).map(|v| Confidence(decimal(v, THOUSAND))),
    Threshold => |value| Threshold::new(value).ok()
);

impl Serialize for BBox {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.values().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for BBox {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let [x, y, width, height] = <[f64; 4]>::deserialize(deserializer)?;
        if [x, y, width, height]
            .iter()
            .any(|v| !(0.0..=1.0).contains(v))
        {
            return Err(serde::de::Error::custom(
                "a bbox value is not between 0 and 1",
            ));
        }
        let [x_min, y_min, width, height] = [x, y, width, height].map(|v| decimal(v, TEN_THOUSAND));
        if x_min + width > 10_000 || y_min + height > 10_000 {
            return Err(serde::de::Error::custom("a bbox leaves its image"));
        }
        Ok(Self {
            x_min,
            y_min,
            width,
            height,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn confidence_is_truncated_not_rounded() {
        assert_eq!(Confidence::from_score(0.899_999_9).unwrap().value(), 0.899);
        assert_eq!(Confidence::from_score(0.9).unwrap().value(), 0.899);
        assert_eq!(Confidence::from_score(0.2).unwrap().value(), 0.2);
        assert_eq!(Confidence::from_score(1.0).unwrap().value(), 1.0);
        assert_eq!(Confidence::from_score(0.004_99).unwrap(), Confidence(4));
        assert!(Confidence::from_score(f32::NAN).is_none());
        assert!(Confidence::from_score(1.2).is_none());
    }

    #[test]
    fn a_whole_confidence_is_still_a_float_in_json() {
        let text = serde_json::to_string(&Confidence::from_score(1.0)).unwrap();
        assert_eq!(text, "1.0");
    }

    #[test]
    fn a_threshold_admits_its_own_value() {
        let threshold: Threshold = "0.2".parse().unwrap();
        assert!(threshold.admits(Confidence::from_score(0.2).unwrap()));
        assert!(!threshold.admits(Confidence::from_score(0.199).unwrap()));
        assert!("1.5".parse::<Threshold>().is_err());
        assert!("NaN".parse::<Threshold>().is_err());
    }

    #[test]
    fn a_box_is_cut_to_the_image() {
        let bbox = BBox::from_corners(-0.5, 0.25, 0.5, 1.5).unwrap();
        assert_eq!(bbox.values(), [0.0, 0.25, 0.5, 0.75]);
        assert!(BBox::from_corners(0.0, f64::NAN, 1.0, 1.0).is_none());
    }

    proptest! {
        #[test]
        fn boxes_stay_inside_and_survive_json(
            x1 in -0.2f64..1.2, y1 in -0.2f64..1.2, x2 in -0.2f64..1.2, y2 in -0.2f64..1.2,
        ) {
            let bbox = BBox::from_corners(x1, y1, x2, y2).unwrap();
            let [x, y, w, h] = bbox.values();
            prop_assert!(x + w <= 1.0 + 1e-12 && y + h <= 1.0 + 1e-12);
            let text = serde_json::to_string(&bbox).unwrap();
            prop_assert_eq!(serde_json::from_str::<BBox>(&text).unwrap(), bbox);
        }

        #[test]
        fn confidences_survive_json(score in 0.0f32..=1.0) {
            let confidence = Confidence::from_score(score).unwrap();
            let text = serde_json::to_string(&confidence).unwrap();
            prop_assert_eq!(serde_json::from_str::<Confidence>(&text).unwrap(), confidence);
            prop_assert!(confidence.value() <= f64::from(score) + 1e-6);
        }
    }
}
