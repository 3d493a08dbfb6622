//! The program as `trapline-worker` calls it.

#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn convert(folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trapline-convert"))
        .args([
            "centernet",
            "graph.json",
            "weights.bin",
            "--out",
            "model.onnx",
        ])
        .current_dir(folder)
        .output()
        .unwrap()
}

fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn what_is_wrong_with_a_model_is_said_in_one_line_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("weights.bin"), "").unwrap();
    let graph = folder.path().join("graph.json");

    fs::write(
        &graph,
        r#"{"modelTopology": {"node": []}, "weightsManifest": []}"#,
    )
    .unwrap();
    assert_eq!(
        complaint(&convert(folder.path())),
        "'the output' needs the node 'tower_0/keypoints', which does not exist\n"
    );

    fs::write(&graph, "no model").unwrap();
    assert_eq!(
        complaint(&convert(folder.path())),
        "the model description is not the JSON of a TensorFlow.js graph model: expected ident at \
         line 1 column 2\n"
    );
    assert!(!folder.path().join("model.onnx").exists());
}

#[test]
fn a_missing_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = complaint(&convert(folder.path()));
    assert!(text.starts_with("reading graph.json failed: "), "{text}");
}
