//! From CenterNet's two heads to detections.
//!
//! The original graph has a tail of its own for one image; this one does the same for a batch.
//! Peaks are the cells of the heat map that equal the maximum of the 3 × 3 cells around them;
//! the 100 highest are kept. A peak of class `c` at cell (gx, gy) with distances l, t, r, b is
//! the box (4·gx − l, 4·gy − t, 4·gx + r, 4·gy + b) in canvas pixels, where 4 is the canvas side
//! divided by the heat map's.

use crate::{
    error::ConvertError,
    graph::{Feature, GraphBuilder},
    onnx::{AttributeProto, DataType},
};

/// Peaks that are kept.
const DETECTIONS: i64 = 100;
/// Columns of a detection: four of the box, score, class.
const COLUMNS: i64 = 6;
/// Canvas pixels between two cells of the heat map, along both axes.
const CELL: f32 = 4.0;
/// Sides of the box: left, top, right, bottom.
const SIDES: u32 = 4;

/// Adds the decoding and declares the output `detections`, `[n, 100, 6]`.
pub(crate) fn append(
    heat_map: &Feature,
    distances: &Feature,
    graph: &mut GraphBuilder,
) -> Result<(), ConvertError> {
    let (rows, columns) = (heat_map.shape.height, heat_map.shape.width);
    check(heat_map, distances)?;
    let cells = i64::from(rows) * i64::from(columns);
    let (score, index) = highest_peaks(heat_map, graph);
    let cells = graph.integers("detections:cells", &[cells]);
    let class = graph.node("Div", &[&index, &cells], "detections:class_index", vec![]);
    let cell = graph.node("Mod", &[&index, &cells], "detections:cell", vec![]);
    let corners = corners(&cell, distances, i64::from(columns), graph);
    let class = float("detections:class", &class, graph);
    let parts = [corners.as_str(), &score, &class];
    let stacked = graph.node(
        "Concat",
        &parts,
        "detections:columns",
        vec![AttributeProto::int("axis", 1)],
    );
    let order = vec![AttributeProto::ints("perm", &[0, 2, 1])];
    graph.node("Transpose", &[&stacked], "detections", order);
    graph.output("detections", &[DETECTIONS, COLUMNS]);
    Ok(())
}

fn check(heat_map: &Feature, distances: &Feature) -> Result<(), ConvertError> {
    let mut expected = heat_map.shape;
    expected.channels = SIDES;
    if distances.shape != expected {
        return Err(ConvertError::WrongShape {
            node: distances.name.clone(),
            expected: expected.to_string(),
            found: distances.shape.to_string(),
        });
    }
    let peaks = i64::from(heat_map.shape.height) * i64::from(heat_map.shape.width);
    if peaks < DETECTIONS {
        return Err(ConvertError::WrongShape {
            node: heat_map.name.clone(),
            expected: format!("at least {DETECTIONS} cells"),
            found: heat_map.shape.to_string(),
        });
    }
    Ok(())
}

/// Scores and flat indices (class, then row, then column) of the highest peaks, the highest
/// first, each `[n, 1, 100]`. The original counts classes last, so that peaks of exactly equal
/// score can come in another order here.
fn highest_peaks(heat_map: &Feature, graph: &mut GraphBuilder) -> (String, String) {
    let heat = heat_map.name.as_str();
    let window = vec![
        AttributeProto::ints("kernel_shape", &[3, 3]),
        AttributeProto::ints("pads", &[1, 1, 1, 1]),
        AttributeProto::ints("strides", &[1, 1]),
    ];
    let around = graph.node("MaxPool", &[heat], "detections:around", window);
    let is_peak = graph.node("Equal", &[heat, &around], "detections:is_peak", vec![]);
    let zero = graph.scalar(0.0);
    let peaks = graph.node(
        "Where",
        &[&is_peak, heat, &zero],
        "detections:peaks",
        vec![],
    );
    let flat = graph.integers("detections:flat", &[0, 1, -1]);
    let peaks = graph.node("Reshape", &[&peaks, &flat], "detections:all", vec![]);
    let count = graph.integers("detections:count", &[DETECTIONS]);
    let (score, index) = ("detections:score", "detections:index");
    let order = vec![
        AttributeProto::int("axis", 2),
        AttributeProto::int("largest", 1),
        AttributeProto::int("sorted", 1),
    ];
    graph.node_with_outputs("TopK", &[&peaks, &count], &[score, index], order);
    (score.to_owned(), index.to_owned())
}

/// The boxes `[n, 4, 100]` at these cells (row-major indices, `[n, 1, 100]`).
fn corners(cell: &str, distances: &Feature, columns: i64, graph: &mut GraphBuilder) -> String {
    let along_channels = || vec![AttributeProto::int("axis", 1)];
    let columns = graph.integers("detections:grid", &[columns]);
    let x = graph.node("Mod", &[cell, &columns], "detections:x", vec![]);
    let y = graph.node("Div", &[cell, &columns], "detections:y", vec![]);
    let point = graph.node(
        "Concat",
        &[&x, &y, &x, &y],
        "detections:point",
        along_channels(),
    );
    let point = float("detections:point_float", &point, graph);
    let cell_side = graph.scalar(CELL);
    let point = graph.node("Mul", &[&point, &cell_side], "detections:point_px", vec![]);

    let flat = graph.integers("detections:sides", &[0, i64::from(SIDES), -1]);
    let all = graph.node(
        "Reshape",
        &[&distances.name, &flat],
        "detections:distances",
        vec![],
    );
    let indices = graph.node(
        "Concat",
        &[cell; 4],
        "detections:cells_of_sides",
        along_channels(),
    );
    let along_cells = vec![AttributeProto::int("axis", 2)];
    let own = graph.node(
        "GatherElements",
        &[&all, &indices],
        "detections:own_distances",
        along_cells,
    );
    let directions = graph.floats("detections:directions", &[1, 4, 1], &[-1.0, -1.0, 1.0, 1.0]);
    let offsets = graph.node("Mul", &[&own, &directions], "detections:offsets", vec![]);
    graph.node("Add", &[&point, &offsets], "detections:corners", vec![])
}

fn float(name: &str, integers: &str, graph: &mut GraphBuilder) -> String {
    let to = vec![AttributeProto::int(
        "to",
        i64::from(i32::from(DataType::Float)),
    )];
    graph.node("Cast", &[integers], name, to)
}

#[cfg(test)]
mod tests {
    use super::{super::onnx, super::shape::FeatureShape, *};

    fn head(name: &str, channels: u32, height: u32, width: u32) -> Feature {
        Feature {
            name: name.to_owned(),
            shape: FeatureShape {
                channels,
                height,
                width,
            },
        }
    }

    #[test]
    fn the_grid_is_split_by_its_own_size() {
        let mut graph = GraphBuilder::default();
        append(
            &head("heat", 80, 16, 32),
            &head("wh", 4, 16, 32),
            &mut graph,
        )
        .unwrap();
        let graph = onnx::read(&graph.finish("decode")).graph.unwrap();
        let integer = |name: &str| {
            let tensor = graph
                .initializer
                .iter()
                .find(|tensor| tensor.name == name)
                .unwrap();
            i64::from_le_bytes(tensor.raw_data.clone().try_into().unwrap())
        };
        assert_eq!(integer("detections:cells"), 512);
        assert_eq!(integer("detections:grid"), 32);
        assert_eq!(integer("detections:count"), 100);
        assert_eq!(graph.only("MaxPool").ints("pads"), [1, 1, 1, 1]);
        assert_eq!(graph.only("Transpose").output, ["detections"]);
    }

    #[test]
    fn heads_that_do_not_belong_together_are_refused() {
        let mut graph = GraphBuilder::default();
        for distances in [head("wh", 4, 16, 16), head("wh", 2, 16, 32)] {
            let error = append(&head("heat", 80, 16, 32), &distances, &mut graph).unwrap_err();
            assert!(
                matches!(&error, ConvertError::WrongShape { node, .. } if node == "wh"),
                "{error:?}"
            );
        }
    }

    #[test]
    fn a_heat_map_with_too_few_cells_is_refused() {
        let mut graph = GraphBuilder::default();
        let error =
            append(&head("heat", 80, 9, 11), &head("wh", 4, 9, 11), &mut graph).unwrap_err();
        assert!(
            matches!(&error, ConvertError::WrongShape { node, .. } if node == "heat"),
            "{error:?}"
        );
    }
}
