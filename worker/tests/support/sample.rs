//! The sample batch and the real models, and what to do where they are missing.

use std::{
    env,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::Command,
};

use zip::ZipArchive;

use super::worker;

/// The one name of the sample that is neither ASCII nor UTF-8, as it is read.
pub(crate) const FROM_SHIFT_JIS: &str = "表丹沢の鹿道/カメラ３/猫.JPG";

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../var")
}

/// `var/sample.zip`.
pub(crate) fn sample() -> PathBuf {
    let path = home().join("sample.zip");
    assert!(
        path.is_file(),
        "{} is missing: run `make sample`",
        path.display()
    );
    path
}

/// The file of a model that every machine can have.
pub(crate) fn coco_centernet() -> PathBuf {
    let path = model("coco-centernet");
    assert!(
        path.is_file(),
        "{} is missing: run `make test`, which fetches it",
        path.display()
    );
    path
}

/// The file of the model that not every machine can have: where it is not required, its tests
/// end with a line that says so.
pub(crate) fn yolox_nano() -> Option<PathBuf> {
    const HOW: &str =
        "set TRAPLINE_MODEL_MIRROR to a folder or URL that has it and run `make test`";
    let path = model("yolox-nano");
    if path.is_file() {
        return Some(path);
    }
    assert!(
        env::var_os("TRAPLINE_REQUIRE_YOLOX").is_none_or(|value| value.is_empty()),
        "yolox-nano is required here and missing: {HOW}"
    );
    // Not eprintln!, which is caught when a test passes.
    let _ = writeln!(io::stderr(), "NOTE: yolox-nano is not tested: {HOW}");
    None
}

fn model(id: &str) -> PathBuf {
    home().join("models").join(id).join("model.onnx")
}

/// The real program with the models of the set-up.
pub(crate) fn worker_with_real_models() -> Command {
    let mut command = worker();
    command.env_remove("TRAPLINE_MODELS");
    command
}

/// All files of the sample: name as it is read, and content.
pub(crate) fn sample_files() -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(File::open(sample()).unwrap()).unwrap();
    let files = (0..archive.len()).map(|index| {
        let mut file = archive.by_index(index).unwrap();
        let name = std::str::from_utf8(file.name_raw())
            .unwrap_or(FROM_SHIFT_JIS)
            .to_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (name, bytes)
    });
    files.collect()
}

/// Puts everything in the sample that is named like a picture into one folder, under short
/// names; returns how many there are.
pub(crate) fn unpack_pictures(folder: &Path) -> usize {
    fs::create_dir_all(folder).unwrap();
    let pictures = sample_files().into_iter().filter(|(name, _)| {
        name.to_ascii_lowercase().ends_with(".jpg") && !name.starts_with("__MACOSX")
    });
    let written = pictures.enumerate().map(|(number, (_, bytes))| {
        fs::write(folder.join(format!("{number:02}.jpg")), bytes).unwrap();
    });
    written.count()
}
