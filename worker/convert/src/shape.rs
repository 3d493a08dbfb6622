//! Shapes of feature maps, without their batch axis.

use std::fmt;

/// The shape of a feature map: `[n, channels, height, width]` in ONNX, `[n, height, width,
/// channels]` in TensorFlow. Every side is at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FeatureShape {
    /// Number of channels.
    pub(crate) channels: u32,
    /// Number of rows.
    pub(crate) height: u32,
    /// Number of columns.
    pub(crate) width: u32,
}

impl FeatureShape {
    /// The shape that element-wise operators give for two maps, where a side of 1 is repeated.
    /// `None` if they do not fit.
    pub(crate) fn broadcast(self, other: Self) -> Option<Self> {
        let side = |a: u32, b: u32| match (a, b) {
            _ if a == b => Some(a),
            (1, longer) | (longer, 1) => Some(longer),
            _ => None,
        };
        Some(Self {
            channels: side(self.channels, other.channels)?,
            height: side(self.height, other.height)?,
            width: side(self.width, other.width)?,
        })
    }
}

impl fmt::Display for FeatureShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} × {} with {} channels",
            self.width, self.height, self.channels
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(channels: u32, height: u32, width: u32) -> FeatureShape {
        FeatureShape {
            channels,
            height,
            width,
        }
    }

    #[test]
    fn a_side_of_one_is_repeated() {
        assert_eq!(
            shape(8, 1, 1).broadcast(shape(8, 4, 6)),
            Some(shape(8, 4, 6))
        );
        assert_eq!(
            shape(8, 4, 6).broadcast(shape(1, 4, 1)),
            Some(shape(8, 4, 6))
        );
    }

    #[test]
    fn sides_that_differ_do_not_fit() {
        assert_eq!(shape(8, 4, 6).broadcast(shape(4, 4, 6)), None);
    }
}
