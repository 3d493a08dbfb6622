use std::fs;

use super::*;
use crate::model::digest::Sha256;

/// A manifest of a species model whose weights are the bytes `weights`.
fn manifest(id: &str) -> String {
    format!(
        r#"
        model = {{ id = "{id}", format = "onnx", file = "net.onnx", species_direct = true }}
        preprocessing = {{ method = "letterbox", input_size = [640, 480] }}
        postprocessing = {{ method = "yolo_e2e" }}
        labels = {{ file = "labels.txt" }}
        "#
    )
}

struct Setup {
    catalogue: Catalogue,
    _folder: tempfile::TempDir,
}

impl Setup {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            catalogue: Catalogue::new(folder.path().join("models")),
            _folder: folder,
        }
    }

    fn put(&self, id: &str, files: &[(&str, &str)]) -> ModelId {
        let id = ModelId::parse(id).unwrap();
        let folder = self.catalogue.folder(&id);
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        id
    }

    fn put_model(&self, id: &str, manifest: &str) -> ModelId {
        let labels = ("labels.txt", "lynx\nperson\nroe deer\n");
        self.put(
            id,
            &[("manifest.toml", manifest), labels, ("net.onnx", "weights")],
        )
    }
}

fn stating(hash: Sha256) -> String {
    manifest("own").replace(
        "file = \"net.onnx\"",
        &format!("file = \"net.onnx\", onnx_sha256 = \"{hash}\""),
    )
}

#[test]
fn the_defaults_are_shipped() {
    let ids = Catalogue::default_candidates();
    assert!(ids.iter().all(|id| shipped::find(id.as_str()).is_some()));
}

#[test]
fn shipped_models_are_listed_before_there_is_a_folder() {
    let setup = Setup::new();
    let listed = setup.catalogue.list().unwrap();
    let ids: Vec<_> = listed.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(ids, SHIPPED.map(|model| model.id));
    assert!(
        listed
            .iter()
            .all(|model| model.state == ModelState::NotInstalled)
    );
    assert!(
        listed
            .iter()
            .all(|model| !model.licence.is_empty() && !model.purpose.is_empty())
    );
}

#[test]
fn a_missing_model_is_told_with_the_command_that_gets_it() {
    let setup = Setup::new();
    let error = setup
        .catalogue
        .open(&ModelId::parse("MDV5a").unwrap())
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`trapline-worker models fetch MDV5a`"),
        "{error}"
    );
    let error = setup
        .catalogue
        .open(&ModelId::parse("mdv5").unwrap())
        .unwrap_err();
    assert!(matches!(error, ModelError::Unknown { .. }), "{error}");
}

#[test]
fn a_folder_of_the_user_is_a_model() {
    let setup = Setup::new();
    let id = setup.put_model("own", &stating(Sha256::of(b"weights")));
    let model = setup.catalogue.open(&id).unwrap();
    assert_eq!(model.proof, HashProof::Manifest);
    assert_eq!(model.sha256, Sha256::of(b"weights"));
    assert!(model.onnx_path.is_file());
    let facts = model.facts();
    assert_eq!((facts.id.as_str(), facts.image_size), ("own", 640));
    let species = [(0, "lynx".to_owned()), (2, "roe deer".to_owned())];
    assert_eq!(facts.species, species.into());
    let listed = setup.catalogue.list().unwrap();
    let last = listed.last().unwrap();
    assert_eq!(
        (last.id.as_str(), &last.state),
        ("own", &ModelState::Installed)
    );
}

#[test]
fn another_file_than_the_manifest_means_is_refused() {
    let setup = Setup::new();
    let id = setup.put_model("own", &stating(Sha256::of(b"others")));
    let error = setup.catalogue.open(&id).unwrap_err();
    assert!(matches!(error, ModelError::WrongHash { .. }), "{error}");
    assert!(
        error.to_string().contains("models fetch --force own"),
        "{error}"
    );
}

#[test]
fn a_file_of_the_wrong_size_is_told_as_such() {
    let setup = Setup::new();
    let text = stating(Sha256::of(b"weights")).replace(
        "file = \"net.onnx\"",
        "file = \"net.onnx\", onnx_size_bytes = 8",
    );
    let id = setup.put_model("own", &text);
    let error = setup.catalogue.open(&id).unwrap_err();
    assert!(
        matches!(
            error,
            ModelError::WrongSize {
                found: 7,
                expected: 8,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_file_without_a_stated_hash_is_held_to_the_one_it_was_fetched_with() {
    let setup = Setup::new();
    let id = setup.put_model("own", &manifest("own"));
    assert_eq!(setup.catalogue.open(&id).unwrap().proof, HashProof::None);
    let record = FetchedRecord {
        file: "net.onnx".to_owned(),
        sha256: Sha256::of(b"weights"),
        size_bytes: 7,
        source: "somewhere".to_owned(),
        copied_manifest: None,
    };
    record.write(&setup.catalogue.folder(&id)).unwrap();
    assert_eq!(setup.catalogue.open(&id).unwrap().proof, HashProof::Fetched);
    setup.put("own", &[("net.onnx", "changed")]);
    let error = setup.catalogue.open(&id).unwrap_err();
    assert!(matches!(error, ModelError::WrongHash { .. }), "{error}");
}

#[test]
fn a_folder_named_otherwise_than_its_model_is_refused() {
    let setup = Setup::new();
    let id = setup.put_model("other", &manifest("own"));
    let error = setup.catalogue.open(&id).unwrap_err();
    assert!(matches!(error, ModelError::WrongId { .. }), "{error}");
}

#[test]
fn a_broken_folder_is_listed_with_its_reason() {
    let setup = Setup::new();
    setup.put("own", &[("manifest.toml", "[model]\nid = \"own\"\n")]);
    fs::create_dir(setup.catalogue.models_dir().join(".fetch-123")).unwrap();
    setup.put_model("z", &manifest("z"));
    let listed = setup.catalogue.list().unwrap();
    let ids: Vec<_> = listed[SHIPPED.len()..]
        .iter()
        .map(|model| model.id.as_str())
        .collect();
    assert_eq!(ids, ["own", "z"]);
    let ModelState::Broken { reason } = &listed[SHIPPED.len()].state else {
        panic!("it is not broken: {:?}", listed[SHIPPED.len()]);
    };
    assert!(reason.contains("required key"), "{reason}");
}

#[test]
fn an_onnx_file_alone_is_enough_for_a_shipped_id() {
    let setup = Setup::new();
    let id = setup.put("MDV6-apa-rtdetr-c", &[("model.onnx", "weights")]);
    let model = setup.catalogue.open(&id).unwrap();
    assert_eq!(model.labels, ["animal", "person", "vehicle"]);
    assert_eq!(model.manifest.licence.name, "Apache-2.0");
}

#[test]
fn the_default_is_yolox_unless_only_the_last_resort_is_installed() {
    let setup = Setup::new();
    assert_eq!(setup.catalogue.default_model().as_str(), "yolox-nano");
    setup.put("coco-centernet", &[("model.onnx", "weights")]);
    assert_eq!(setup.catalogue.default_model().as_str(), "coco-centernet");
    setup.put("yolox-nano", &[("model.onnx", "weights")]);
    assert_eq!(setup.catalogue.default_model().as_str(), "yolox-nano");
    let listed = setup.catalogue.list().unwrap();
    let defaults: Vec<_> = listed.iter().filter(|model| model.default).collect();
    assert_eq!(defaults.len(), 1);
}

/// A folder as an older version left it: `model.onnx`, a manifest of that version, and the record
/// of the fetch. The model states no hash, so that any file will do.
fn put_older_copy(setup: &Setup, manifest: &str, copied: Option<&str>) -> ModelId {
    let files = [
        ("model.onnx", "weights"),
        ("manifest.toml", manifest),
        ("labels.txt", "animal\nperson\n"),
    ];
    let id = setup.put("MDV6-apa-rtdetr-c", &files);
    let record = FetchedRecord {
        file: "model.onnx".to_owned(),
        sha256: Sha256::of(b"weights"),
        size_bytes: 7,
        source: "somewhere".to_owned(),
        copied_manifest: copied.map(|text| Sha256::of(text.as_bytes())),
    };
    record.write(&setup.catalogue.folder(&id)).unwrap();
    id
}

fn older_manifest() -> String {
    let shipped = shipped::find("MDV6-apa-rtdetr-c").unwrap().manifest;
    let older = shipped.replacen("display_name = \"", "display_name = \"Older ", 1);
    assert_ne!(older, shipped);
    older
}

#[test]
fn an_outdated_copy_of_a_shipped_manifest_is_replaced() {
    let setup = Setup::new();
    let older = older_manifest();
    let id = put_older_copy(&setup, &older, Some(&older));
    let shipped = shipped::find(id.as_str()).unwrap();
    let current = shipped.parse().unwrap().display_name;
    assert_eq!(
        setup.catalogue.describe(&id).unwrap().0.display_name,
        current
    );
    for _ in 0..2 {
        let model = setup.catalogue.open(&id).unwrap();
        assert_eq!(model.manifest.display_name, current);
        assert_eq!(model.labels, ["animal", "person", "vehicle"]);
        let file = |name| fs::read_to_string(setup.catalogue.folder(&id).join(name)).unwrap();
        assert_eq!(file("manifest.toml"), shipped.manifest);
        assert_eq!(file("labels.txt"), shipped.labels);
    }
    let record = FetchedRecord::read(&setup.catalogue.folder(&id))
        .unwrap()
        .unwrap();
    assert_eq!(
        record.copied_manifest,
        Some(Sha256::of(shipped.manifest.as_bytes()))
    );
}

#[test]
fn a_manifest_that_came_with_the_file_or_was_edited_is_left_alone() {
    for copied in [None, Some("what was copied before the edit")] {
        let setup = Setup::new();
        let id = put_older_copy(&setup, &older_manifest(), copied);
        let model = setup.catalogue.open(&id).unwrap();
        assert!(
            model.manifest.display_name.starts_with("Older "),
            "{copied:?}"
        );
        let path = setup.catalogue.folder(&id).join("manifest.toml");
        assert_eq!(fs::read_to_string(path).unwrap(), older_manifest());
    }
}

#[test]
fn a_copy_is_not_replaced_where_the_file_is_not_the_one_meant_now() {
    let setup = Setup::new();
    let older = older_manifest().replace("MDV6-apa-rtdetr-c", "yolox-nano");
    let id = setup.put(
        "yolox-nano",
        &[("model.onnx", "weights"), ("manifest.toml", &older)],
    );
    let record = FetchedRecord {
        file: "model.onnx".to_owned(),
        sha256: Sha256::of(b"weights"),
        size_bytes: 7,
        source: "somewhere".to_owned(),
        copied_manifest: Some(Sha256::of(older.as_bytes())),
    };
    let folder = setup.catalogue.folder(&id);
    record.write(&folder).unwrap();
    assert!(shipped_copy::successor(&folder, &id).unwrap().is_none());
}
