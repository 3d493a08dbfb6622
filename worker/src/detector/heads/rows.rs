//! Rows of six columns, one detection in each (YOLOv10, RT-DETR and anything after its own NMS).

use super::{BatchShape, known_class};
use crate::{
    detector::{
        DetectError,
        candidate::{Candidate, reaches_floor},
    },
    letterbox::CanvasBox,
    model::contract::{BoxUnit, RowColumn},
};

/// The six columns do not make a box, a score and a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the columns {0:?} do not make one box, one score and one class")]
pub struct UnusableColumns(pub [RowColumn; 6]);

/// Where each part of a detection stands in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowFormat {
    horizontal: Side,
    vertical: Side,
    score: usize,
    class: usize,
    unit: BoxUnit,
}

/// The two columns that say where a box lies along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Edges { low: usize, high: usize },
    Centre { centre: usize, length: usize },
    LowEdge { low: usize, length: usize },
}

impl RowFormat {
    /// Finds the parts among the columns. Along each axis a box is given by both edges, by
    /// centre and length, or by the lower edge and length.
    ///
    /// # Errors
    /// When a part is missing or there twice.
    pub fn new(columns: [RowColumn; 6], unit: BoxUnit) -> Result<Self, UnusableColumns> {
        use RowColumn::{CentreX, CentreY, Class, Height, Score, Width, X1, X2, Y1, Y2};
        let at = |wanted: RowColumn| columns.iter().position(|column| *column == wanted);
        let side = |low, high, centre, length| match (at(low), at(high), at(centre), at(length)) {
            (Some(low), Some(high), None, None) => Some(Side::Edges { low, high }),
            (None, None, Some(centre), Some(length)) => Some(Side::Centre { centre, length }),
            (Some(low), None, None, Some(length)) => Some(Side::LowEdge { low, length }),
            _ => None,
        };
        // Two columns for each axis, a score and a class: if all are there, six columns leave
        // no room for one that is there twice.
        let format = || {
            Some(Self {
                horizontal: side(X1, X2, CentreX, Width)?,
                vertical: side(Y1, Y2, CentreY, Height)?,
                score: at(Score)?,
                class: at(Class)?,
                unit,
            })
        };
        format().ok_or(UnusableColumns(columns))
    }

    /// Reads one image. Rows below the floor are left out before their class is looked at:
    /// models fill unused rows with anything.
    pub(super) fn decode(
        &self,
        values: &[f32],
        classes: usize,
        batch: BatchShape,
    ) -> Result<Vec<Candidate>, DetectError> {
        let (width, height) = match self.unit {
            BoxUnit::CanvasPixels => (1.0, 1.0),
            BoxUnit::Normalized => (batch.width as f32, batch.height as f32),
        };
        let (rows, _) = values.as_chunks::<6>();
        let kept = rows.iter().filter(|row| reaches_floor(row[self.score]));
        let candidate = |row: &[f32; 6]| {
            let (x1, x2) = self.horizontal.edges(row);
            let (y1, y2) = self.vertical.edges(row);
            Ok(Candidate {
                class: known_class(f64::from(row[self.class]), classes)?,
                score: row[self.score],
                canvas_box: CanvasBox {
                    x1: x1 * width,
                    y1: y1 * height,
                    x2: x2 * width,
                    y2: y2 * height,
                },
            })
        };
        let candidates: Result<Vec<_>, _> = kept.map(candidate).collect();
        candidates.map(|mut all| {
            all.retain(|one| one.canvas_box.is_finite());
            all
        })
    }
}

impl Side {
    fn edges(self, row: &[f32; 6]) -> (f32, f32) {
        match self {
            Self::Edges { low, high } => (row[low], row[high]),
            Self::Centre { centre, length } => (
                row[centre] - row[length] / 2.0,
                row[centre] + row[length] / 2.0,
            ),
            Self::LowEdge { low, length } => (row[low], row[low] + row[length]),
        }
    }
}

#[cfg(test)]
mod tests {
    use RowColumn::{CentreX, CentreY, Class, Height, Score, Width, X1, X2, Y1, Y2};

    use super::*;

    const BATCH: BatchShape = BatchShape {
        images: 1,
        width: 100,
        height: 200,
    };

    fn decode(columns: [RowColumn; 6], unit: BoxUnit, row: [f32; 6]) -> Vec<Candidate> {
        RowFormat::new(columns, unit)
            .unwrap()
            .decode(&row, 3, BATCH)
            .unwrap()
    }

    #[test]
    fn every_order_of_columns_gives_the_same_box() {
        let expected = [Candidate {
            class: 2,
            score: 0.5,
            canvas_box: CanvasBox {
                x1: 10.0,
                y1: 20.0,
                x2: 30.0,
                y2: 60.0,
            },
        }];
        let pixels = BoxUnit::CanvasPixels;
        let found = decode(
            [X1, Y1, X2, Y2, Score, Class],
            pixels,
            [10.0, 20.0, 30.0, 60.0, 0.5, 2.0],
        );
        assert_eq!(found, expected);
        let found = decode(
            [Class, X1, Y1, X2, Y2, Score],
            pixels,
            [2.0, 10.0, 20.0, 30.0, 60.0, 0.5],
        );
        assert_eq!(found, expected);
        let columns = [CentreX, CentreY, Width, Height, Score, Class];
        assert_eq!(
            decode(columns, pixels, [20.0, 40.0, 20.0, 40.0, 0.5, 2.0]),
            expected
        );
        let columns = [X1, Y1, Width, Height, Class, Score];
        assert_eq!(
            decode(columns, pixels, [10.0, 20.0, 20.0, 40.0, 2.0, 0.5]),
            expected
        );
        let columns = [CentreX, CentreY, Width, Height, Score, Class];
        let row = [0.2, 0.2, 0.2, 0.2, 0.5, 2.0];
        let found = decode(columns, BoxUnit::Normalized, row)[0].canvas_box;
        assert!(
            (found.x1 - 10.0).abs() < 1e-4 && (found.y2 - 60.0).abs() < 1e-4,
            "{found:?}"
        );
    }

    #[test]
    fn columns_that_do_not_make_a_box_are_refused() {
        let refuse = |columns| RowFormat::new(columns, BoxUnit::CanvasPixels).unwrap_err();
        for columns in [
            [X1, Y1, X2, X2, Score, Class],
            [X1, Y1, X2, Y2, Score, Score],
            [X1, Y1, CentreX, Height, Score, Class],
            [X1, X2, CentreX, Width, Score, Class],
        ] {
            assert_eq!(refuse(columns), UnusableColumns(columns));
        }
    }

    #[test]
    fn unused_rows_may_hold_anything_but_a_used_one_needs_a_known_class() {
        let format = RowFormat::new([X1, Y1, X2, Y2, Score, Class], BoxUnit::CanvasPixels).unwrap();
        let unused = [0.0, 0.0, 0.0, 0.0, 0.0, -1.0];
        assert_eq!(format.decode(&unused, 3, BATCH).unwrap(), []);
        let unknown = [0.0, 0.0, 9.0, 9.0, 0.5, 3.0];
        let refused = format.decode(&unknown, 3, BATCH).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the model reports class 3, but its labels name only 3 classes, counted from 0"
        );
    }

    #[test]
    fn what_is_no_number_is_left_out() {
        let columns = [X1, Y1, X2, Y2, Score, Class];
        let pixels = BoxUnit::CanvasPixels;
        assert_eq!(
            decode(columns, pixels, [0.0, 0.0, f32::NAN, 9.0, 0.5, 1.0]),
            []
        );
        assert_eq!(
            decode(columns, pixels, [0.0, 0.0, 9.0, 9.0, f32::NAN, 1.0]),
            []
        );
    }
}
