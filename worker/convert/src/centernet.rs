//! Turns the CenterNet detector of npm's `@vladmandic/human`, a TensorFlow.js graph model, into
//! ONNX.
//!
//! The package registry is the only place that ships a usable detector where nothing else can be
//! reached, but not as ONNX. The graph is translated operator by operator from NHWC to NCHW up to
//! its two heads, and the decoding of the heads is written anew for a free batch axis.
//! The same input always gives the same bytes, so that the result can be checked by its hash.

use crate::{
    decode,
    error::ConvertError,
    evaluation::{evaluate, feature},
    graph::GraphBuilder,
    order,
    tfjs::GraphModel,
};

/// Class heat map, `[1, rows, columns, classes]`, already between 0 and 1.
const HEAT_MAP: &str = "tower_0/keypoints";
/// Distances from a cell's point to the box's left, top, right and bottom, in canvas pixels,
/// `[1, rows, columns, 4]`.
const DISTANCES: &str = "tower_0/wh";
/// Converts the model's two files, `centernet.json` and `centernet.bin`.
///
/// The ONNX model (opset 13) has
/// - the input `images`, f32 `[n, 3, 512, 512]`: RGB, 0–255, the image stretched to the canvas;
/// - the output `detections`, f32 `[n, 100, 6]`: x1, y1, x2, y2 in canvas pixels, score 0..=1,
///   class from 0; the highest score first. Boxes can leave the canvas.
///
/// # Errors
/// When a file is damaged, or the graph holds something that this conversion does not know.
pub(crate) fn centernet_to_onnx(json: &[u8], bin: &[u8]) -> Result<Vec<u8>, ConvertError> {
    let model = GraphModel::read(json, bin)?;
    let mut graph = GraphBuilder::default();
    let nodes = order::evaluation_order(&model, &[HEAT_MAP, DISTANCES])?;
    let values = evaluate(nodes, &model, &mut graph)?;
    decode::append(
        feature(&values, HEAT_MAP)?,
        feature(&values, DISTANCES)?,
        &mut graph,
    )?;
    Ok(graph.finish("centernet"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{onnx, toy};

    #[test]
    fn the_same_files_always_give_the_same_bytes() {
        let (json, bin) = toy::detector();
        let first = centernet_to_onnx(&json, &bin).unwrap();
        assert_eq!(first, centernet_to_onnx(&json, &bin).unwrap());
    }

    #[test]
    fn the_model_declares_its_input_and_output_with_a_free_batch() {
        let (json, bin) = toy::detector();
        let graph = onnx::read(&centernet_to_onnx(&json, &bin).unwrap())
            .graph
            .unwrap();
        let declared = |info: &onnx::ValueInfoProto| (info.name.clone(), info.dimensions());
        let dims = |text: &[&str]| text.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            graph.input.iter().map(declared).collect::<Vec<_>>(),
            [("images".to_owned(), dims(&["n", "3", "64", "64"]))]
        );
        assert_eq!(
            graph.output.iter().map(declared).collect::<Vec<_>>(),
            [("detections".to_owned(), dims(&["n", "100", "6"]))]
        );
    }

    #[test]
    fn what_the_heads_do_not_need_is_left_out() {
        let mut model = toy::Model::detector();
        model.node("unused", "Where", &["images"], serde_json::json!({}));
        let (json, bin) = model.files();
        let (clean_json, clean_bin) = toy::detector();
        assert_eq!(
            centernet_to_onnx(&json, &bin).unwrap(),
            centernet_to_onnx(&clean_json, &clean_bin).unwrap()
        );
    }

    #[test]
    fn an_unknown_operator_is_named_with_its_node() {
        let mut model = toy::Model::detector();
        model.replace_op("tower_0/Sigmoid", "Erf");
        let (json, bin) = model.files();
        let error = centernet_to_onnx(&json, &bin).unwrap_err();
        assert!(
            matches!(&error, ConvertError::UnsupportedOperator { node, operator }
                if node == "tower_0/Sigmoid" && operator == "Erf"),
            "{error:?}"
        );
    }

    #[test]
    fn a_graph_without_the_heads_is_refused() {
        let mut model = toy::Model::detector();
        model.rename("tower_0/wh", "tower_0/boxes");
        let (json, bin) = model.files();
        let error = centernet_to_onnx(&json, &bin).unwrap_err();
        assert!(
            matches!(&error, ConvertError::MissingNode { node, .. } if node == "tower_0/wh"),
            "{error:?}"
        );
    }

    #[test]
    fn a_head_that_is_a_constant_is_refused() {
        let mut model = toy::Model::detector();
        model.remove("tower_0/wh");
        model.floats("tower_0/wh", &[1], &[1.0]);
        let (json, bin) = model.files();
        let error = centernet_to_onnx(&json, &bin).unwrap_err();
        assert!(
            matches!(&error, ConvertError::NotAFeatureMap { .. }),
            "{error:?}"
        );
    }

    proptest! {
        #[test]
        fn damaged_files_never_panic(
            cut_json in 0usize..40,
            cut_bin in 0usize..40,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        ) {
            let (mut json, mut bin) = toy::detector();
            for (place, value) in flips {
                let at = place.index(json.len());
                json[at] = value;
            }
            // Mostly whole, so that damage deep inside is reached too.
            json.truncate(json.len() - cut_json.saturating_sub(30));
            bin.truncate(bin.len() - cut_bin.saturating_sub(30));
            let _ = centernet_to_onnx(&json, &bin);
        }

        #[test]
        fn damaged_numbers_never_panic(place in any::<prop::sample::Index>(), value in any::<i64>()) {
            let (json, bin) = toy::detector();
            let text = String::from_utf8(json).unwrap();
            let numbers: Vec<_> = text.match_indices(|c: char| c.is_ascii_digit()).map(|(at, _)| at).collect();
            let at = numbers[place.index(numbers.len())];
            let changed = format!("{}{value}{}", &text[..at], &text[at + 1..]);
            let _ = centernet_to_onnx(changed.as_bytes(), &bin);
        }

        #[test]
        fn a_truncated_weights_file_is_refused(keep in any::<prop::sample::Index>()) {
            let (json, mut bin) = toy::detector();
            bin.truncate(keep.index(bin.len()));
            let refused = matches!(centernet_to_onnx(&json, &bin), Err(ConvertError::WeightsTruncated { .. }));
            prop_assert!(refused);
        }
    }
}
