use common::Category;
use proptest::prelude::*;

use super::*;
use crate::model::contract::{
    BoxUnit, CanvasShape, ChannelOrder, ClassMeaning, Fit, Interpolation, Nms, Normalization,
    OutputLayout, Placement, RowColumn,
};

/// A manifest in the zoo's layout, with keys that Trapline does not read.
const ZOO: &str = r#"
[model]
id = "MDV6-yolov10-c"
format = "onnx"
file = "model.onnx"
onnx_sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
onnx_size_bytes = 3
default = true
family = ["megadetector"]
geo_scope = "global"

[preprocessing]
method = "letterbox"
input_size = [640, 480]
layout = "nchw"
normalization = "unit"
channel_order = "bgr"
pad_value = 0.447
interpolation = "cv2_bilinear"
resize_mode = "exact"

[inference]
strategy = "single"
precision = "fp32"

[inference.trt]
enabled = true
profile_min = [1, 3, 640, 480]

[postprocessing]
method = "yolo_e2e"
confidence_threshold = 0.25

[labels]
file = "labels.txt"
format = "one_per_line"

[provenance]
license = "AGPL-3.0"
source = "somewhere"

[drift_reference]
mean = 0.5
"#;

fn parse(text: &str) -> Result<Manifest, ManifestError> {
    Manifest::parse(text, "ID/manifest.toml", None)
}

/// The zoo's manifest with one piece replaced, which must be there.
fn zoo_with(old: &str, new: &str) -> String {
    assert!(ZOO.contains(old), "{old:?} is not in the manifest");
    ZOO.replacen(old, new, 1)
}

fn refusal(text: &str) -> String {
    let error = parse(text).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("ID/manifest.toml"),
        "the file is not named: {text}"
    );
    text
}

fn labels(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_manifest_of_the_zoo_is_read_key_by_key() {
    let manifest = parse(ZOO).unwrap();
    let contract = manifest
        .contract(&labels(&["animal", "person", "vehicle"]))
        .unwrap();
    let input = &contract.input;
    assert_eq!((input.width, input.height), (640, 480));
    assert_eq!(
        input.fit,
        Fit::Letterbox(Placement::Centred, CanvasShape::Fixed)
    );
    assert_eq!(input.channels, ChannelOrder::Bgr);
    assert_eq!(input.normalization, Normalization::Unit);
    assert_eq!(input.pad_value, 0.447);
    assert_eq!(input.interpolation, Interpolation::Cv2Bilinear);
    assert_eq!(contract.output.max_detections, 300);
    assert!(!contract.output.whole_pixels);
    assert_eq!(contract.classes, Category::ALL.map(ClassMeaning::Category));
    assert_eq!(manifest.weights.size_bytes, Some(3));
    assert_eq!(manifest.weights.accepted_sha256.len(), 1);
    assert_eq!(manifest.licence.name, "AGPL-3.0");
    assert_eq!(manifest.typical_threshold.value(), 0.25);
    assert_eq!(manifest.conservative_threshold.value(), 0.1);
}

#[test]
fn each_method_of_the_zoo_has_its_layout() {
    use RowColumn::{CentreX, CentreY, Class, Height, Score, Width, X1, X2, Y1, Y2};
    let corners = OutputLayout::Rows {
        columns: [X1, Y1, X2, Y2, Score, Class],
        unit: BoxUnit::CanvasPixels,
    };
    let centres = OutputLayout::Rows {
        columns: [CentreX, CentreY, Width, Height, Score, Class],
        unit: BoxUnit::Normalized,
    };
    let suppressed = Some(Nms {
        iou_threshold: 0.5,
        per_class: true,
    });
    let cases = [
        ("yolo_e2e", corners, None),
        ("rtdetr_topk", centres, None),
        ("megadet_v5a", OutputLayout::Yolov5, suppressed),
    ];
    for (method, layout, nms) in cases {
        let text = zoo_with(
            "\"yolo_e2e\"",
            &format!("\"{method}\"\niou_threshold = 0.5"),
        );
        let output = parse(&text).unwrap().output;
        assert_eq!((output.layout, output.nms), (layout, nms), "{method}");
    }
}

#[test]
fn what_the_zoo_may_leave_out_has_its_default() {
    let text = r#"
        model = { id = "m", format = "onnx", file = "m.onnx" }
        preprocessing = { method = "letterbox", input_size = [64, 64] }
        postprocessing = { method = "megadet_v5a" }
        labels = { file = "labels.txt" }
    "#;
    let manifest = parse(text).unwrap();
    assert_eq!(manifest.input.normalization, Normalization::Unit);
    assert_eq!(manifest.input.channels, ChannelOrder::Rgb);
    assert_eq!(manifest.input.interpolation, Interpolation::Bilinear);
    assert_eq!(manifest.input.pad_value, 114.0 / 255.0);
    assert_eq!(
        manifest.output.nms,
        Some(Nms {
            iou_threshold: 0.45,
            per_class: true
        })
    );
    assert_eq!(manifest.label_format, LabelFormat::OnePerLine);
    assert_eq!(manifest.typical_threshold.value(), 0.2);
    assert_eq!(manifest.conservative_threshold.value(), 0.1);
    assert_eq!(manifest.display_name, "m");
    assert!(manifest.weights.accepted_sha256.is_empty());
    assert!(manifest.licence.name.contains("not stated"));
}

#[test]
fn a_missing_required_key_is_named_with_its_table() {
    let cases = [
        ("id = \"MDV6-yolov10-c\"", "[model] id"),
        ("format = \"onnx\"", "[model] format"),
        ("file = \"model.onnx\"", "[model] file"),
        ("method = \"letterbox\"", "[preprocessing] method"),
        ("input_size = [640, 480]", "[preprocessing] input_size"),
        ("method = \"yolo_e2e\"", "[postprocessing] method"),
        ("file = \"labels.txt\"", "[labels] file"),
    ];
    for (line, key) in cases {
        let text = refusal(&zoo_with(line, ""));
        assert!(
            text.contains(&format!("required key {key}")),
            "{line}: {text}"
        );
    }
}

#[test]
fn models_of_another_kind_are_refused_with_a_reason() {
    let cases = [
        ("format = \"onnx\"", "format = \"tflite\"", "only ONNX"),
        (
            "format = \"onnx\"",
            "format = \"cascade\"",
            "several models",
        ),
        ("\"nchw\"", "\"nhwc\"", "NCHW"),
        ("\"letterbox\"", "\"mel_spectrogram\"", "sound"),
        ("\"letterbox\"", "\"resize_crop\"", "classifiers"),
        ("\"letterbox\"", "\"resize_min_max\"", "RetinaNets"),
        ("\"single\"", "\"tiled\"", "whole picture"),
        ("\"single\"", "\"sliding_window\"", "whole picture"),
        ("\"yolo_e2e\"", "\"softmax\"", "classifier"),
        ("\"yolo_e2e\"", "\"embedding\"", "finds nothing"),
        ("\"yolo_e2e\"", "\"heatmap_peaks\"", "points"),
        ("\"yolo_e2e\"", "\"retinanet_soft_nms\"", "RetinaNets"),
        ("\"yolo_e2e\"", "\"yolo_v99\"", "not known"),
        ("default = true", "subtype = \"overhead\"", "points"),
    ];
    for (old, new, reason) in cases {
        let text = refusal(&zoo_with(old, new));
        assert!(
            text.contains("not supported") && text.contains(reason),
            "{new}: {text}"
        );
    }
}

#[test]
fn values_out_of_range_are_refused() {
    let cases = [
        ("[640, 480]", "[640]", "input_size"),
        ("[640, 480]", "[0, 480]", "input_size"),
        ("[640, 480]", "[640, -1]", "input_size"),
        ("[640, 480]", "[640, 99999999999]", "input_size"),
        ("\"unit\"", "\"half\"", "normalization"),
        ("\"bgr\"", "\"grb\"", "channel_order"),
        ("0.447", "nan", "pad_value"),
        ("\"cv2_bilinear\"", "\"nearest\"", "interpolation"),
        ("0.25", "1.25", "confidence_threshold"),
        (
            "\"yolo_e2e\"",
            "\"megadet_v5a\"\niou_threshold = 1.5",
            "iou_threshold",
        ),
        (
            "\"yolo_e2e\"",
            "\"yolo_e2e\"\nmax_detections = 0",
            "max_detections",
        ),
        ("\"fp32\"", "\"int8\"", "precision"),
        ("ba7816", "ba78", "onnx_sha256"),
        ("\"MDV6-yolov10-c\"", "\"../x\"", "[model] id"),
    ];
    for (old, new, key) in cases {
        let text = refusal(&zoo_with(old, new));
        assert!(text.contains(key), "{new}: {text}");
    }
}

#[test]
fn files_outside_the_folder_are_refused() {
    for name in [
        "../x",
        "/etc/passwd",
        "a/../../x",
        "C:x",
        "a\\\\..\\\\x",
        "",
        ".",
        "./..",
    ] {
        for file in ["model.onnx", "labels.txt"] {
            let text = refusal(&zoo_with(
                &format!("file = \"{file}\""),
                &format!("file = \"{name}\""),
            ));
            assert!(text.contains("inside the model's folder"), "{name}: {text}");
        }
    }
    assert_eq!(
        parse(&zoo_with("model.onnx", "sub/model.onnx"))
            .unwrap()
            .weights
            .file,
        "sub/model.onnx"
    );
}

#[test]
fn half_precision_takes_its_own_file_whose_hash_nobody_states() {
    let text =
        zoo_with("\"fp32\"", "\"fp16\"").replace("default = true", "file_fp16 = \"half.onnx\"");
    let weights = parse(&text).unwrap().weights;
    assert_eq!(weights.file, "half.onnx");
    assert_eq!(
        (weights.accepted_sha256.len(), weights.size_bytes),
        (0, None)
    );
}

#[test]
fn the_older_names_of_hash_and_size_are_read() {
    let text = ZOO
        .replace("onnx_sha256", "sha256")
        .replace("onnx_size_bytes", "file_size_bytes");
    assert_eq!(parse(&text).unwrap().weights, parse(ZOO).unwrap().weights);
}

#[test]
fn additions_say_what_the_zoo_cannot() {
    let text = format!(
        r#"{ZOO}
        [trapline]
        licence = "MIT"
        typical_threshold = 0.4
        accepted_sha256 = ["{}"]
        [trapline.input]
        placement = "top-left"
        canvas = "rectangle"
        stride = 32
        [trapline.output]
        layout = "yolov8"
        nms = "all-classes"
        whole_pixels = true
        "#,
        "0".repeat(64)
    );
    let manifest = parse(&text).unwrap();
    let rectangle = CanvasShape::Rectangle { stride: 32 };
    assert_eq!(
        manifest.input.fit,
        Fit::Letterbox(Placement::TopLeft, rectangle)
    );
    assert_eq!(manifest.output.layout, OutputLayout::Yolov8);
    assert_eq!(
        manifest.output.nms,
        Some(Nms {
            iou_threshold: 0.45,
            per_class: false
        })
    );
    assert!(manifest.output.whole_pixels);
    assert_eq!(manifest.licence.name, "MIT");
    assert_eq!(manifest.typical_threshold.value(), 0.4);
    assert_eq!(manifest.weights.accepted_sha256.len(), 2);
    // Two files may have two sizes, and only one is stated.
    assert_eq!(manifest.weights.size_bytes, None);
}

#[test]
fn rows_may_have_their_columns_in_any_order() {
    let text = format!(
        r#"{ZOO}
        [trapline.output]
        layout = "rows"
        columns = ["class", "x1", "y1", "x2", "y2", "score"]
        unit = "canvas-pixels"
        "#
    );
    use RowColumn::{Class, Score, X1, X2, Y1, Y2};
    let columns = [Class, X1, Y1, X2, Y2, Score];
    let layout = OutputLayout::Rows {
        columns,
        unit: BoxUnit::CanvasPixels,
    };
    assert_eq!(parse(&text).unwrap().output.layout, layout);
}

#[test]
fn additions_that_contradict_themselves_are_refused() {
    let cases = [
        (
            "output = { layout = \"rows\", unit = \"normalized\" }",
            "columns",
        ),
        (
            "output = { layout = \"rows\", unit = \"normalized\", columns = [\"x1\", \"y1\", \
             \"x2\", \"y2\", \"score\", \"score\"] }",
            "columns",
        ),
        (
            "output = { layout = \"rows\", columns = [\"x1\", \"y1\", \"x2\", \"y2\", \
             \"score\", \"class\"] }",
            "unit",
        ),
        ("output = { unit = \"normalized\" }", "'rows'"),
        (
            "output = { layout = \"yolov5\", unit = \"normalized\" }",
            "'rows'",
        ),
        ("input = { canvas = \"rectangle\" }", "stride"),
        ("input = { canvas = \"rectangle\", stride = 0 }", "stride"),
        ("input = { stride = 32 }", "stride"),
        ("conservative_threshold = 0.9", "conservative_threshold"),
        (
            "source = [{ kind = \"onnx\", url = \"file:///etc/passwd\" }]",
            "http",
        ),
        ("categories = { animal = [\"a\", \"a\"] }", "more than once"),
    ];
    for (addition, expected) in cases {
        let text = refusal(&format!("{ZOO}\n[trapline]\n{addition}\n"));
        assert!(text.contains(expected), "{addition}: {text}");
    }
    let stretched = zoo_with("\"letterbox\"", "\"resize\"");
    let text = refusal(&format!(
        "{stretched}\n[trapline.input]\nplacement = \"top-left\"\n"
    ));
    assert!(text.contains("'letterbox'"), "{text}");
}

#[test]
fn a_slip_in_our_own_table_is_named() {
    let error = parse(&format!("{ZOO}\n[trapline]\nlicense = \"MIT\"\n")).unwrap_err();
    let report = format!("{:#}", anyhow::Error::from(error));
    assert!(report.contains("unknown field `license`"), "{report}");
}

#[test]
fn a_manifest_without_our_table_borrows_the_shipped_one() {
    let shipped = "[trapline]\nlicence = \"MIT\"\nnotice = \"careful\"\n[trapline.input]\n\
                   canvas = \"rectangle\"\nstride = 64\n";
    let borrowed = Manifest::parse(ZOO, "m", Some(shipped)).unwrap();
    assert_eq!(borrowed.licence.name, "MIT");
    assert_eq!(borrowed.notice.as_deref(), Some("careful"));
    let rectangle = CanvasShape::Rectangle { stride: 64 };
    assert_eq!(
        borrowed.input.fit,
        Fit::Letterbox(Placement::Centred, rectangle)
    );

    let own = format!("{ZOO}\n[trapline]\nlicence = \"BSD\"\n");
    let kept = Manifest::parse(&own, "m", Some(shipped)).unwrap();
    assert_eq!((kept.licence.name.as_str(), kept.notice), ("BSD", None));

    let stretched = zoo_with("\"letterbox\"", "\"resize\"");
    let kept = Manifest::parse(&stretched, "m", Some(shipped)).unwrap();
    assert_eq!(kept.input.fit, Fit::Stretch);
}

#[test]
fn unknown_labels_are_refused_and_the_file_named() {
    let error = parse(ZOO)
        .unwrap()
        .contract(&labels(&["animal", "cow"]))
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("ID/manifest.toml") && text.contains("'cow'"),
        "{text}"
    );
}

#[test]
fn a_species_detector_reports_species() {
    let text = zoo_with("default = true", "species_direct = true");
    let classes = parse(&text)
        .unwrap()
        .contract(&labels(&["lynx", "person"]))
        .unwrap()
        .classes;
    let expected = [
        ClassMeaning::Species(Category::Animal),
        ClassMeaning::Category(Category::Person),
    ];
    assert_eq!(classes, expected);
}

#[test]
fn what_is_not_toml_is_said_to_be_none() {
    assert!(matches!(parse("[model"), Err(ManifestError::Syntax { .. })));
    assert!(matches!(
        parse("[model]\nid = 5"),
        Err(ManifestError::Syntax { .. })
    ));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(cut in 0..ZOO.len(), junk in "\\PC{0,20}") {
        if ZOO.is_char_boundary(cut) {
            let _ = parse(&format!("{}{junk}", &ZOO[..cut]));
        }
    }
}
