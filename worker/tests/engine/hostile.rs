//! Hostile and odd files and archives through the real program: every one is listed once with
//! its fate, none ends the run, and nothing leaves the output folder.

mod archives;
mod arena;
mod case;
mod entries;
mod folders;
mod names;
mod pictures;
mod verdicts;

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use crate::{
    support::{assert_exit, json, process, python::read_with, sheet},
    tiff_builder,
};
use arena::Arena;
use verdicts::{assert_counts_agree, assert_fates, assert_inside, assert_plain};

/// The most memory that a run on hostile files may take; some of their headers ask for gigabytes.
const MOST_MEMORY_BYTES: u64 = 300 << 20;
const EVERYTHING: [&str; 3] = ["--annotate", "all", "--originals"];

#[test]
fn every_hostile_file_is_listed_once_and_nothing_leaves_the_folder() {
    let arena = Arena::new();
    assert!(arena.fates.len() >= 180, "{} files", arena.fates.len());
    let out = arena.bench.path("cwd/out");
    let before = arena.surroundings(&out);
    let output = arena.process(&out, &EVERYTHING);
    assert_exit(&output, 3);
    assert_fates(&out, &arena.fates);
    assert_counts_agree(&out, &output, arena.fates.len());
    assert_eq!(arena.surroundings(&out), before);
    assert!(!fs::exists(names::ABSOLUTE).unwrap());
    assert_inside(&out);
    assert_plain(&out);
    let peak = json(&out, "run.json")["execution"]["peak_memory_bytes"].as_u64();
    assert!(
        peak.is_some_and(|peak| (1..MOST_MEMORY_BYTES).contains(&peak)),
        "{peak:?}"
    );
}

#[test]
fn a_person_survives_in_no_thumbnail() {
    let arena = Arena::new();
    let out = arena.bench.path("out");
    assert_exit(&arena.process(&out, &EVERYTHING), 3);
    let shows_person = |name: &str| {
        let copy = fs::read(out.join(name)).unwrap();
        let thumbnail = tiff_builder::THUMBNAIL;
        copy.windows(thumbnail.len()).any(|part| part == thumbnail)
    };
    assert!(!shows_person("annotated/pictures/person.jpg"));
    assert!(!out.join("originals/pictures/person.jpg").exists());
    // What is looked for is there to be found: nobody is blurred in this one.
    assert!(shows_person("originals/pictures/thumbnail alone.jpg"));
}

#[test]
fn a_packed_package_of_hostile_files_is_safe_to_unpack() {
    let arena = Arena::new();
    let (folder, zip) = (arena.bench.path("out"), arena.bench.path("out.zip"));
    assert_exit(&arena.process(&folder, &EVERYTHING), 3);
    assert_exit(&arena.process(&zip, &EVERYTHING), 3);
    let read = read_with("read_zip.py", &[&zip]);
    assert_eq!(read["damaged"], Value::Null);
    let mut packed = BTreeSet::new();
    for entry in read["entries"].as_array().unwrap() {
        let name = entry["name"].as_str().unwrap();
        let is_plain = |part: &str| !matches!(part, "" | "." | "..");
        assert!(name.split('/').all(is_plain), "{name}");
        assert!(!name.contains(['\\', '\0', '\n']), "{name:?}");
        assert_eq!(entry["mode"], 0o100_644, "{name}");
        assert!(packed.insert(name.to_owned()), "{name} is there twice");
    }
    assert!(packed.contains("originals/names/-rf"), "{packed:#?}");
    let unpacked: BTreeSet<String> = walkdir::WalkDir::new(&folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(&folder).unwrap();
            name.to_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(packed, unpacked);
}

#[test]
fn formulas_in_names_and_metadata_stay_text() {
    let arena = Arena::new();
    for (name, text) in [("names", "=HYPERLINK"), ("pictures", "=cmd|")] {
        let out = arena.bench.path(name);
        // Alone, without a folder in front of its names.
        let input = arena.bench.path(&format!("{name}.zip"));
        assert!(process(&input, &out, &[]).status.code().is_some());
        let cells = sheet(&out, "Images").concat();
        assert!(cells.iter().any(|cell| cell.starts_with(text)), "{cells:?}");
        let book = read_with("read_workbook.py", &[out.join("results.xlsx")]);
        assert!(!book.to_string().contains(r#""type":"f""#), "{name}");
        let mut rows = csv::Reader::from_path(out.join("images.csv")).unwrap();
        for row in rows.records().map(Result::unwrap) {
            let formula = row.iter().find(|field| is_formula(field));
            assert_eq!(formula, None, "{name}");
        }
    }
}

/// Whether a spreadsheet would run a field of a CSV file.
fn is_formula(field: &str) -> bool {
    field.starts_with(['=', '+', '-', '@', '\t', '\r']) && field.parse::<f64>().is_err()
}
