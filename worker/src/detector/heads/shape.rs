//! Tensors as the model gave them, and the shapes that a layout allows.

use std::fmt;

use crate::detector::DetectError;

/// A tensor as the model gave it.
#[derive(Clone, Copy, Debug)]
pub struct TensorView<'a, T> {
    /// Length of each axis.
    pub shape: &'a [i64],
    /// The values, last axis fastest.
    pub values: &'a [T],
}

impl<'a, T> TensorView<'a, T> {
    /// The values of each image of a batch, the batch being the first axis (or, for a shape
    /// without a batch axis, the only image).
    ///
    /// # Errors
    /// When the shape is none of the allowed ones.
    pub fn split(
        self,
        images: usize,
        allowed: &[ShapePattern],
    ) -> Result<Vec<&'a [T]>, DetectError> {
        let is_whole = self.values.len().checked_rem(images) == Some(0)
            && self.shape.iter().product::<i64>() == self.values.len() as i64;
        if !is_whole || !allowed.iter().any(|pattern| pattern.admits(self.shape)) {
            return Err(unexpected(self.shape, &alternatives(allowed)));
        }
        let values_per_image = self.values.len() / images;
        let part = |i| &self.values[i * values_per_image..(i + 1) * values_per_image];
        Ok((0..images).map(part).collect())
    }
}

/// A shape with axes of any length in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapePattern {
    layout: &'static str,
    axes: Vec<Option<usize>>,
}

impl ShapePattern {
    /// A pattern for a layout; `None` is an axis of any length.
    #[must_use]
    pub fn new(layout: &'static str, axes: impl IntoIterator<Item = Option<usize>>) -> Self {
        Self {
            layout,
            axes: axes.into_iter().collect(),
        }
    }

    /// Whether a shape fits. A negative axis of the shape is one that the model leaves open.
    #[must_use]
    pub fn admits(&self, shape: &[i64]) -> bool {
        self.axes.len() == shape.len()
            && self.axes.iter().zip(shape).all(|(expected, found)| {
                expected.is_none_or(|expected| *found < 0 || *found == expected as i64)
            })
    }
}

impl fmt::Display for ShapePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let axis = |axis: &Option<usize>| axis.map_or("any".to_owned(), |n| n.to_string());
        let axes: Vec<String> = self.axes.iter().map(axis).collect();
        write!(f, "{} [{}]", self.layout, axes.join(", "))
    }
}

/// The allowed shapes as text.
#[must_use]
pub fn alternatives(allowed: &[ShapePattern]) -> String {
    let texts: Vec<String> = allowed.iter().map(ToString::to_string).collect();
    texts.join(" or ")
}

/// The error for a shape that is not allowed.
#[must_use]
pub fn unexpected(found: &[i64], expected: &str) -> DetectError {
    DetectError::UnexpectedOutput {
        found: found.to_vec(),
        expected: expected.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_axes_fit_whatever_is_on_the_other_side() {
        let pattern = ShapePattern::new("yolov5", [None, None, Some(8)]);
        assert!(pattern.admits(&[1, 100, 8]));
        assert!(pattern.admits(&[-1, -1, -1]));
        assert!(!pattern.admits(&[1, 8, 100]));
        assert!(!pattern.admits(&[1, 8]));
        assert_eq!(pattern.to_string(), "yolov5 [any, any, 8]");
    }

    #[test]
    fn every_image_gets_its_own_part() {
        let tensor = TensorView {
            shape: &[2, 1, 3],
            values: &[1, 2, 3, 4, 5, 6],
        };
        let pattern = ShapePattern::new("rows", [Some(2), None, Some(3)]);
        let parts = tensor.split(2, &[pattern]).unwrap();
        assert_eq!(parts, [&[1, 2, 3], &[4, 5, 6]]);
    }
}
