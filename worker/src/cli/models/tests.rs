use std::fs;

use clap::Parser;

use super::*;

#[derive(Parser)]
struct Program {
    #[command(subcommand)]
    command: ModelsCommand,
}

/// A models folder with one model of the user's own, and a mirror folder with yolox-nano's name.
fn catalogue(folder: &Path) -> Catalogue {
    let own = folder.join("models/own");
    fs::create_dir_all(&own).unwrap();
    let manifest = r#"
        model = { id = "own", format = "onnx", file = "m.onnx" }
        preprocessing = { method = "resize", input_size = [64, 64] }
        postprocessing = { method = "yolo_e2e" }
        labels = { file = "labels.txt" }
        trapline = { licence = "CC0-1.0", notice = "Only for tests.", purpose = "Testing" }
    "#;
    fs::write(own.join("manifest.toml"), manifest).unwrap();
    fs::write(own.join("labels.txt"), "animal\n").unwrap();
    fs::write(own.join("m.onnx"), "weights").unwrap();
    Catalogue::new(folder.join("models"))
}

fn text_of(write: impl FnOnce(&mut Vec<u8>) -> anyhow::Result<()>) -> (String, anyhow::Result<()>) {
    let mut out = Vec::new();
    let result = write(&mut out);
    (String::from_utf8(out).unwrap(), result)
}

#[test]
fn commands_are_read_from_the_command_line() {
    let parse = |words: &[&str]| Program::try_parse_from([&["models"], words].concat());
    assert!(parse(&["list", "--json"]).is_ok());
    assert!(
        parse(&[
            "fetch",
            "yolox-nano",
            "MDV5a",
            "--force",
            "--mirror",
            "/srv"
        ])
        .is_ok()
    );
    assert!(parse(&["verify"]).is_ok());
    assert!(parse(&["info", "../x"]).is_err());
}

#[test]
fn the_list_names_state_licence_and_purpose() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = catalogue(folder.path());
    let (text, result) = text_of(|out| list(&catalogue, false, out));
    result.unwrap();
    let mut lines = text.lines().skip_while(|line| !line.contains("own "));
    let words = |line: &str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        words(lines.next().unwrap()),
        ["own", "installed", "CC0-1.0"]
    );
    assert_eq!(lines.next().unwrap().trim(), "Testing");
    let listed = text.lines().take_while(|line| !line.is_empty());
    let longest = listed.map(str::len).max().unwrap();
    assert!(longest <= 80, "{longest} columns");
    let default = text.lines().find(|line| line.starts_with("* ")).unwrap();
    assert!(default.contains("yolox-nano"), "{default}");
}

#[test]
fn the_list_for_scripts_is_json() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = catalogue(folder.path());
    let (text, result) = text_of(|out| list(&catalogue, true, out));
    result.unwrap();
    let models: serde_json::Value = serde_json::from_str(&text).unwrap();
    let own = models.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&own["id"], &own["state"]),
        (&"own".into(), &"installed".into())
    );
}

#[test]
fn info_tells_licence_notice_and_thresholds_of_every_shipped_model() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = catalogue(folder.path());
    for model in catalogue.list().unwrap() {
        let (text, result) = text_of(|out| description::write(&catalogue, &model.id, out));
        result.unwrap();
        assert!(
            text.contains(&format!("licence          {}", model.licence)),
            "{text}"
        );
        assert!(text.contains("threshold        0."), "{text}");
        assert!(text.contains("animals          "), "{text}");
    }
}

#[test]
fn verify_fails_when_one_model_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = catalogue(folder.path());
    let (text, result) = text_of(|out| verify(&catalogue, &[], out));
    result.unwrap();
    assert!(text.starts_with("own: sha256 "), "{text}");
    let broken = folder.path().join("models/yolox-nano");
    fs::create_dir_all(&broken).unwrap();
    fs::write(broken.join("model.onnx"), "not it").unwrap();
    let (text, result) = text_of(|out| verify(&catalogue, &[], out));
    assert!(text.contains("yolox-nano: WRONG: "), "{text}");
    assert_eq!(
        result.unwrap_err().to_string(),
        "1 of 2 models cannot be used"
    );
}

#[test]
fn a_fetch_prints_licence_and_notice_and_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = catalogue(folder.path());
    let own = ModelId::parse("own").unwrap();
    let mirror = folder.path().join("mirror");
    fs::create_dir_all(&mirror).unwrap();
    fs::write(mirror.join("own.onnx"), "weights").unwrap();
    let request = |force| FetchRequest {
        fetcher: Fetcher::new(&catalogue, vec![Mirror::Folder(mirror.clone())]),
        force,
    };
    let (text, result) =
        text_of(|out| request(true).run(&catalogue, std::slice::from_ref(&own), out));
    result.unwrap();
    assert!(
        text.contains("licence: CC0-1.0") && text.contains("Only for tests."),
        "{text}"
    );
    let (text, result) = text_of(|out| request(false).run(&catalogue, &[own], out));
    result.unwrap();
    assert!(text.contains("is installed: sha256"), "{text}");
}
