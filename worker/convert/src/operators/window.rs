//! How a sliding window covers an axis, with TensorFlow's two kinds of padding.

use super::{super::tfjs::Node, ConvertError};

/// What TensorFlow calls `padding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Padding {
    /// As many steps as the stride fits into the axis; an odd pixel of padding goes to the end.
    Same,
    /// The window stays inside.
    Valid,
}

/// A window's way along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Number of steps: the length of the output.
    pub(super) steps: u32,
    /// Zeros before the axis.
    pub(super) before: u32,
    /// Zeros after the axis.
    pub(super) after: u32,
}

impl Padding {
    /// Reads the attribute `padding`.
    pub(super) fn read(node: &Node) -> Result<Self, ConvertError> {
        match node.text("padding")?.as_str() {
            "SAME" => Ok(Self::Same),
            "VALID" => Ok(Self::Valid),
            other => Err(node.unsupported("padding", other)),
        }
    }

    /// A window of `size` over an axis of `length`, both and the stride at least 1. `None` if
    /// the window does not fit.
    ///
    /// Formulas: the TensorFlow guide "Neural network", section on padding
    /// (<https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2>).
    pub(super) fn span(self, length: u32, size: u32, stride: u32) -> Option<Span> {
        match self {
            Self::Same => {
                let steps = length.div_ceil(stride);
                let covered = u64::from(steps - 1) * u64::from(stride) + u64::from(size);
                let padding = u32::try_from(covered.saturating_sub(u64::from(length))).ok()?;
                Some(Span {
                    steps,
                    before: padding / 2,
                    after: padding - padding / 2,
                })
            }
            Self::Valid => {
                let room = length.checked_sub(size)?;
                Some(Span {
                    steps: room / stride + 1,
                    before: 0,
                    after: 0,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(steps: u32, before: u32, after: u32) -> Option<Span> {
        Some(Span {
            steps,
            before,
            after,
        })
    }

    #[test]
    fn same_padding_puts_the_odd_pixel_at_the_end() {
        assert_eq!(Padding::Same.span(512, 3, 2), span(256, 0, 1));
        assert_eq!(Padding::Same.span(511, 3, 2), span(256, 1, 1));
        assert_eq!(Padding::Same.span(128, 3, 1), span(128, 1, 1));
        assert_eq!(Padding::Same.span(64, 5, 2), span(32, 1, 2));
        assert_eq!(Padding::Same.span(7, 1, 2), span(4, 0, 0));
        assert_eq!(Padding::Same.span(1, 1, 1), span(1, 0, 0));
    }

    #[test]
    fn valid_windows_stay_inside() {
        assert_eq!(Padding::Valid.span(7, 3, 2), span(3, 0, 0));
        assert_eq!(Padding::Valid.span(3, 3, 5), span(1, 0, 0));
        assert_eq!(Padding::Valid.span(2, 3, 1), None);
    }

    proptest! {
        #[test]
        fn same_padding_is_what_the_last_step_needs(length in 1u32..5000, size in 1u32..20, stride in 1u32..20) {
            let span = Padding::Same.span(length, size, stride).unwrap();
            let padded = length + span.before + span.after;
            prop_assert_eq!(span.steps, length.div_ceil(stride));
            prop_assert!((span.steps - 1) * stride + size <= padded);
            prop_assert!(span.after == span.before || span.after == span.before + 1);
        }
    }
}
