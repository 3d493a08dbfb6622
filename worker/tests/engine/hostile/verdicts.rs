//! What a package says of every file, read back and compared.

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::Path,
    process::Output,
};

use super::case::Fate;
use crate::support::{json, megadetector_rules::broken_rule, said, sheet};

/// What a package says of one file.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    /// `processed`, `truncated`, `failed` or `skipped`.
    status: String,
    code: String,
    found: String,
    advice: String,
}

impl Verdict {
    /// Whether it is this fate, and says what was found and what to do where that is needed.
    fn is(&self, fate: &Fate) -> bool {
        let status = self.status.as_str();
        match fate {
            Fate::Image => status == "processed",
            Fate::Truncated => status == "truncated",
            Fate::Failed(code) => {
                let is_helpful = !self.found.is_empty() && self.advice.ends_with('.');
                status == "failed" && self.code == *code && is_helpful
            }
            Fate::Skipped(code) => {
                status == "skipped" && self.code == *code && self.found.ends_with('.')
            }
        }
    }
}

/// All verdicts of a package by path; no file may have two.
fn verdicts(out: &Path) -> BTreeMap<String, Verdict> {
    let mut verdicts = BTreeMap::new();
    let mut add = |path: &str, [status, code, found, advice]: [&str; 4]| {
        let verdict = Verdict {
            status: status.to_owned(),
            code: code.to_owned(),
            found: found.to_owned(),
            advice: advice.to_owned(),
        };
        let earlier = verdicts.insert(path.to_owned(), verdict);
        assert_eq!(earlier, None, "{path} is listed twice");
    };
    for row in image_rows(out) {
        let status = match (row["status"].as_str(), row["truncated"].as_str()) {
            ("processed", "yes") => "truncated",
            (status, _) => status,
        };
        // Failed ones are in the sheet of failures, too.
        if status != "failed" {
            add(&row["file_path"], [status, "", "", ""]);
        }
    }
    for row in sheet(out, "Failures").iter().skip(1) {
        add(&row[0], [&row[1], &row[2], &row[3], &row[4]]);
    }
    verdicts
}

/// The rows of `images.csv` by the names of its columns.
fn image_rows(out: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(out.join("images.csv")).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

pub(super) fn assert_fates(out: &Path, expected: &BTreeMap<String, Fate>) {
    let found = verdicts(out);
    let found_paths: BTreeSet<&String> = found.keys().collect();
    let expected_paths: BTreeSet<&String> = expected.keys().collect();
    let differing: Vec<_> = found_paths.symmetric_difference(&expected_paths).collect();
    assert!(differing.is_empty(), "{differing:#?}");
    let wrong: Vec<_> = found
        .iter()
        .filter(|(path, verdict)| !verdict.is(&expected[*path]))
        .map(|(path, verdict)| format!("{path}: {verdict:?}, not {:?}", expected[path]))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// That every report and the terminal count `expected` files, and the same of each kind.
pub(super) fn assert_counts_agree(out: &Path, output: &Output, expected: usize) {
    let counts = &json(out, "run.json")["counts"];
    let count = |name: &str| usize::try_from(counts[name].as_u64().unwrap()).unwrap();
    let (files, processed) = (count("files"), count("processed"));
    let (failed, skipped) = (count("failed"), count("skipped"));
    assert_eq!(files, expected);
    assert_eq!(processed + failed + skipped, files);
    let line = format!(
        "{files} files = {processed} images processed + {failed} failed + {skipped} skipped"
    );
    assert!(said(output).contains(&line), "{}", said(output));

    let results = json(out, "megadetector.json");
    assert_eq!(broken_rule(&results), Ok(()));
    assert_eq!(&results["info"]["custom_metadata"]["counts"], counts);
    let images = results["images"].as_array().unwrap();
    assert_eq!(images.len(), processed + failed);
    let failures = images.iter().filter(|image| image["failure"].is_string());
    assert_eq!(failures.count(), failed);

    assert_eq!(image_rows(out).len(), processed + failed);
    assert_eq!(sheet(out, "Images").len() - 1, processed + failed);
    assert_eq!(sheet(out, "Failures").len() - 1, failed + skipped);
    let summary = sheet(out, "Summary").concat();
    for number in [files, processed, failed, skipped] {
        let text = number.to_string();
        assert!(summary.contains(&text), "{number}: {summary:?}");
    }
}

/// That every processed image has its annotated copy, and inside the package.
pub(super) fn assert_inside(out: &Path) {
    let root = out.canonicalize().unwrap();
    for row in image_rows(out) {
        if row["status"] == "processed" {
            let copy = out.join(&row["annotated_copy"]);
            let real = copy.canonicalize().unwrap();
            assert!(real.is_file() && real.starts_with(&root), "{row:?}");
        }
    }
}

/// Only plain files and folders, with nothing in their modes that an archive could have wanted.
pub(super) fn assert_plain(out: &Path) {
    for entry in walkdir::WalkDir::new(out) {
        let entry = entry.unwrap();
        let (path, metadata) = (entry.path(), entry.metadata().unwrap());
        let mode = metadata.permissions().mode() & 0o7777;
        if metadata.is_dir() {
            assert_eq!(mode & 0o7002, 0, "{}: {mode:o}", path.display());
        } else {
            assert!(metadata.is_file(), "{}", path.display());
            assert_eq!(mode & 0o7113, 0, "{}: {mode:o}", path.display());
            assert_eq!(metadata.nlink(), 1, "{}", path.display());
        }
    }
}
