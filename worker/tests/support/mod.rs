//! What the end-to-end tests share: the real program, batches drawn on the spot, and results
//! read back.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test binary uses its own part, and nothing outside uses any"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

pub mod mail_server;
pub mod matching;
pub mod megadetector_rules;
pub mod picture;
pub mod python;
pub mod python_server;
pub mod raw_zip;
pub mod records;
pub mod running;
pub mod sample;

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use calamine::{Reader as _, Xlsx, open_workbook};
use serde_json::Value;
use tempfile::TempDir;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// A folder of its own for one test.
pub struct Workbench {
    folder: TempDir,
}

impl Workbench {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a zip of these entries, deflated.
    pub fn zip(&self, name: &str, entries: &[(&str, &[u8])]) -> PathBuf {
        let path = self.path(name);
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, bytes) in entries {
            if name.ends_with('/') {
                zip.add_directory(*name, options).unwrap();
            } else {
                zip.start_file(*name, options).unwrap();
                zip.write_all(bytes).unwrap();
            }
        }
        zip.finish().unwrap();
        path
    }

    /// Writes a folder of these files.
    pub fn folder(&self, name: &str, entries: &[(&str, &[u8])]) -> PathBuf {
        let root = self.path(name);
        for (name, bytes) in entries {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        root
    }
}

/// The real program with the tiny models of the tests.
pub fn worker() -> Command {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_trapline-worker"));
    command
        .env("TRAPLINE_HOME", manifest.join("../var"))
        .env("TRAPLINE_MODELS", manifest.join("tests/fixtures"))
        .env_remove("TRAPLINE_ONNXRUNTIME");
    command
}

/// `process` on one input with the tiny model that finds red (animal), green (person) and blue
/// (vehicle) squares. The threshold leaves out its row for the whole picture.
pub fn process(input: &Path, out: &Path, more: &[&str]) -> Output {
    process_command(input, out, more).output().unwrap()
}

pub fn process_command(input: &Path, out: &Path, more: &[&str]) -> Command {
    let mut command = process_with("tiny-rows-xyxy", "cpu", input, out);
    command.args(more);
    command
}

/// The same with another model or device.
pub fn process_with(model: &str, device: &str, input: &Path, out: &Path) -> Command {
    let mut command = worker();
    command
        .args(["process", "--model", model, "--device", device])
        .args(["--threshold", "0.6"])
        .arg(input)
        .arg("--out")
        .arg(out);
    command
}

/// What the program said to people.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn assert_exit(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}", said(output));
}

/// A JSON report of a package folder.
pub fn json(package: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(package.join(name)).unwrap()).unwrap()
}

/// The rows of a sheet of a package folder's workbook, as text.
pub fn sheet(package: &Path, name: &str) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(package.join("results.xlsx")).unwrap();
    let range = workbook.worksheet_range(name).unwrap();
    let row = |cells: &[calamine::Data]| cells.iter().map(ToString::to_string).collect();
    range.rows().map(row).collect()
}

/// The entry of one image in the MegaDetector JSON.
pub fn image<'a>(results: &'a Value, file: &str) -> &'a Value {
    let images = results["images"].as_array().unwrap();
    images
        .iter()
        .find(|i| i["file"] == file)
        .unwrap_or_else(|| panic!("{file} is not listed in {images:#?}"))
}

/// Detections of one image at a confidence of 0.6 or more: category id and box.
pub fn detections(image: &Value) -> Vec<(String, [f64; 4])> {
    image["detections"]
        .as_array()
        .unwrap_or_else(|| panic!("no detections in {image:#?}"))
        .iter()
        .filter(|d| d["conf"].as_f64().unwrap() >= 0.6)
        .map(|d| {
            let bbox = d["bbox"]
                .as_array()
                .unwrap()
                .iter()
                .map(|v| v.as_f64().unwrap())
                .collect::<Vec<_>>();
            (
                d["category"].as_str().unwrap().to_owned(),
                bbox.try_into().unwrap(),
            )
        })
        .collect()
}

pub fn assert_near(found: [f64; 4], expected: [f64; 4], tolerance: f64) {
    for (found_value, expected_value) in found.iter().zip(expected) {
        assert!(
            (found_value - expected_value).abs() <= tolerance,
            "{found:?} is not near {expected:?}"
        );
    }
}

/// Every file of a package folder except `run.json`, the one report with wall-clock facts.
pub fn contents(package: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = walkdir::WalkDir::new(package)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file() && entry.file_name() != "run.json")
        .map(|entry| {
            let name = entry
                .path()
                .strip_prefix(package)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// Compares two packages file by file, naming the first that differs.
pub fn assert_same_package(one: &Path, other: &Path) {
    let (one, other) = (contents(one), contents(other));
    let names = |files: &[(String, Vec<u8>)]| {
        files
            .iter()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&one), names(&other));
    for ((name, bytes), (_, others)) in one.iter().zip(&other) {
        assert!(bytes == others, "{name} differs");
    }
}
