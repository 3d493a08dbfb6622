//! The result package, read back by readers that are not ours: openpyxl, calamine, the csv and
//! serde_json crates, and MegaDetector's validator.

use std::{collections::BTreeMap, fs, io, path::Path};

use crate::support::{
    megadetector_rules::broken_rule,
    python::read_with,
    records::{VecSource, arbitrary_records, facts_of, one_of_each, processed, record},
};
use calamine::{Data, Reader, Xlsx, open_workbook};
use common::{MediaOutcome, MediaRecord};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;
use worker::{
    report::{
        DETECTIONS_CSV, FolderCopies, IMAGES_CSV, MEGADETECTOR_JSON, RUN_JSON, RecordSource,
        Records, ReportError, WORKBOOK, WorkbookLimits, files, write_all, write_all_within,
    },
    run_facts::{Counts, RunFacts},
};

fn package_of(records: &[MediaRecord]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_all(
        &VecSource(records.to_vec()),
        &FolderCopies(folder.path()),
        &facts_of(records),
        folder.path(),
    )
    .unwrap();
    folder
}

fn json_of(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

/// The rows of a CSV file, by the names of its columns.
fn csv_rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let names: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let row = |fields: csv::StringRecord| {
        names
            .iter()
            .cloned()
            .zip(fields.iter().map(str::to_owned))
            .collect()
    };
    reader
        .records()
        .map(|fields| row(fields.unwrap()))
        .collect()
}

/// A sheet of the workbook as openpyxl reads it.
struct Sheet(Value);

impl Sheet {
    fn rows(&self) -> &[Value] {
        self.0["rows"].as_array().unwrap()
    }

    /// The cell in a table's row (1 is the first below the header) and named column.
    fn cell(&self, row: usize, column: &str) -> &Value {
        let header = self.rows()[0].as_array().unwrap();
        let at = header
            .iter()
            .position(|cell| cell["value"] == column)
            .unwrap();
        &self.rows()[row][at]
    }

    /// The row (from 1) of a table with this text in its first column.
    fn row_of(&self, first: &str) -> usize {
        self.rows()
            .iter()
            .position(|row| row[0]["value"] == first)
            .unwrap()
    }

    /// The value beside a name on a sheet of notes.
    fn note(&self, name: &str) -> &Value {
        &self.rows()[self.row_of(name)][1]["value"]
    }
}

fn sheets_of(folder: &Path) -> Vec<(String, Sheet)> {
    let workbook = read_with("read_workbook.py", &[folder.join(WORKBOOK)]);
    let sheets = workbook["sheets"].as_array().unwrap().iter();
    sheets
        .map(|sheet| {
            (
                sheet["name"].as_str().unwrap().to_owned(),
                Sheet(sheet.clone()),
            )
        })
        .collect()
}

fn sheet<'s>(sheets: &'s [(String, Sheet)], name: &str) -> &'s Sheet {
    &sheets.iter().find(|(title, _)| title == name).unwrap().1
}

#[test]
fn the_workbook_has_real_dates_numbers_links_and_no_formula() {
    let folder = package_of(&one_of_each());
    let sheets = sheets_of(folder.path());
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["Summary", "Images", "Detections", "Failures", "Settings"]
    );
    let images = sheet(&sheets, "Images");
    assert_eq!(images.0["freeze"], "B2");
    assert_eq!(images.0["filter"], "A1:AF6");
    assert!(images.0["width"].as_f64().unwrap() > 40.0);

    let row = images.row_of("north/cam 1/DCIM/a.jpg");
    let moment = images.cell(row, "timestamp");
    assert_eq!(
        (&moment["type"], &moment["value"]),
        (&json!("d"), &json!("2024-05-01T06:30:15"))
    );
    let warmth = images.cell(row, "temperature_celsius");
    assert_eq!(
        (&warmth["value"], &warmth["format"]),
        (&json!(-3.5), &json!("0.0"))
    );
    assert_eq!(images.cell(row, "camera_serial_number")["value"], "0012345");
    assert_eq!(images.cell(row, "camera_folder")["value"], "north/cam 1");
    assert_eq!(images.cell(row, "animals")["value"], 1.0);
    assert_eq!(images.cell(row, "highest_confidence")["value"], 0.876);
    let link = images.cell(row, "annotated_copy");
    assert_eq!(link["value"], "annotated/north/cam 1/DCIM/a.jpg");
    assert_eq!(link["link"], "annotated/north/cam%201/DCIM/a.jpg");
    let hash = images.cell(images.row_of("c#.jpg"), "annotated_copy");
    assert_eq!(hash["link"], "annotated/c%23&1.jpg");

    let formulas = sheets
        .iter()
        .flat_map(|(_, sheet)| sheet.rows())
        .flat_map(|row| row.as_array().unwrap());
    assert_eq!(formulas.filter(|cell| cell["type"] == "f").count(), 0);
    assert_eq!(images.cell(row, "description")["type"], "s");
    assert_eq!(
        images.cell(row, "description")["value"],
        "=HYPERLINK(\"http://example.org\")"
    );
}

#[test]
fn categories_have_five_different_colours() {
    let folder = package_of(&one_of_each());
    let sheets = sheets_of(folder.path());
    let (summary, images) = (sheet(&sheets, "Summary"), sheet(&sheets, "Images"));
    let colours: Vec<&str> = ["animal", "person", "vehicle", "blank", "failed"]
        .map(|label| {
            summary.rows()[summary.row_of(label)][0]["fill"]
                .as_str()
                .unwrap()
        })
        .to_vec();
    let different: std::collections::BTreeSet<_> = colours.iter().collect();
    assert_eq!(different.len(), 5);
    let failed = images.cell(images.row_of("=1+cmd|calc!A0.jpg"), "category");
    assert_eq!(
        (&failed["value"], failed["fill"].as_str().unwrap()),
        (&json!("failed"), colours[4])
    );
}

#[test]
fn the_counts_of_the_summary_add_up_to_the_rows_of_the_sheets() {
    let records = one_of_each();
    let folder = package_of(&records);
    let sheets = sheets_of(folder.path());
    let summary = sheet(&sheets, "Summary");
    let count = |name: &str| summary.note(name).as_f64().unwrap();
    let rows = |name: &str| sheet(&sheets, name).rows().len() as f64 - 1.0;
    assert_eq!(count("Files in"), records.len() as f64);
    assert_eq!(
        count("Images processed") + count("Images failed") + count("Files skipped (not images)"),
        count("Files in")
    );
    assert_eq!(count("Images: processed + failed"), rows("Images"));
    assert_eq!(count("Detections: all categories"), rows("Detections"));
    assert_eq!(count("Failures: failed + skipped"), rows("Failures"));
    let labels: f64 = ["animal", "person", "vehicle", "blank", "failed"]
        .map(count)
        .iter()
        .sum();
    assert_eq!(labels, count("Images"));
    assert_eq!(summary.note("Licence"), "Apache-2.0");
    assert_eq!(summary.note("First capture"), "2024-05-01T06:30:15");
    assert_eq!(summary.note("north/cam 1"), 2.0);
    assert_eq!(count("All cameras"), count("Images"));
    let all_cameras = summary.rows()[summary.row_of("All cameras")]
        .as_array()
        .unwrap();
    let by_label: Vec<_> = all_cameras[4..9]
        .iter()
        .map(|cell| cell["value"].as_f64().unwrap())
        .collect();
    let expected = ["animal", "person", "vehicle", "blank", "failed"].map(count);
    assert_eq!(by_label, expected);
}

#[test]
fn every_sheet_that_is_full_is_followed_by_another() {
    let mut records: Vec<MediaRecord> = (0..25)
        .map(|n| {
            record(
                &format!("cam/{n:02}.jpg"),
                MediaOutcome::Processed(processed(Vec::new())),
            )
        })
        .collect();
    for record in &mut records {
        let annotated = format!("annotated/{}", record.path);
        if let MediaOutcome::Processed(media) = &mut record.outcome {
            media.annotated = Some(annotated);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let limits = WorkbookLimits {
        rows_per_sheet: 10,
        links_per_sheet: 3,
        cameras: 1,
    };
    write_all_within(
        limits,
        &VecSource(records.clone()),
        &FolderCopies(folder.path()),
        &facts_of(&records),
        folder.path(),
    )
    .unwrap();
    let mut workbook: Xlsx<_> = open_workbook(folder.path().join(WORKBOOK)).unwrap();
    assert_eq!(
        workbook.sheet_names(),
        [
            "Summary",
            "Images",
            "Images 2",
            "Images 3",
            "Detections",
            "Failures",
            "Settings"
        ]
    );
    let mut paths = Vec::new();
    for (name, height) in [("Images", 11), ("Images 2", 11), ("Images 3", 6)] {
        let range = workbook.worksheet_range(name).unwrap();
        assert_eq!(range.height(), height);
        assert_eq!(
            range.get_value((0, 0)),
            Some(&Data::String("file_path".to_owned()))
        );
        paths.extend(range.rows().skip(1).map(|row| row[0].to_string()));
    }
    assert_eq!(
        paths,
        records
            .iter()
            .map(|record| record.path.to_string())
            .collect::<Vec<_>>()
    );
    let sheets = sheets_of(folder.path());
    for (name, links) in [("Images", 3), ("Images 2", 3), ("Images 3", 3)] {
        let rows = sheet(&sheets, name).rows();
        let linked = rows
            .iter()
            .flat_map(|row| row.as_array().unwrap())
            .filter(|cell| cell["link"].is_string());
        assert_eq!(linked.count(), links);
        assert_eq!(
            sheet(&sheets, name).0["filter"],
            format!("A1:AF{}", rows.len())
        );
    }
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let records = one_of_each();
    let first = package_of(&records);
    let mut facts = facts_of(&records);
    facts.execution.started = "2024-05-01T00:00:00Z".to_owned();
    facts.execution.images_per_second = 12.5;
    let second = tempfile::tempdir().unwrap();
    let copies = FolderCopies(second.path());
    write_all(&VecSource(records), &copies, &facts, second.path()).unwrap();
    for name in files(false).filter(|name| *name != RUN_JSON) {
        assert!(
            fs::read(first.path().join(name)).unwrap()
                == fs::read(second.path().join(name)).unwrap(),
            "{name}"
        );
    }
    assert_eq!(
        json_of(second.path(), RUN_JSON)["execution"]["images_per_second"],
        12.5
    );
    assert_eq!(
        fs::read_dir(second.path()).unwrap().count(),
        files(false).count()
    );
}

#[test]
fn the_readme_tells_of_every_report() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let table = readme.split_once("## The result package").unwrap().1;
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let told: Vec<&str> = rows.filter_map(|row| row.split('|').nth(1)).collect();
    for name in files(true) {
        let quoted = format!("`{name}`");
        assert!(told.iter().any(|cell| cell.contains(&quoted)), "{name}");
    }
}

#[test]
fn megadetectors_own_validator_accepts_the_json_and_refuses_broken_ones() {
    let folder = package_of(&one_of_each());
    let good = json_of(folder.path(), MEGADETECTOR_JSON);
    let image = good["images"]
        .as_array()
        .unwrap()
        .iter()
        .position(|i| i["detections"][0].is_object())
        .unwrap();
    let failed = good["images"]
        .as_array()
        .unwrap()
        .iter()
        .position(|i| i["failure"].is_string())
        .unwrap();
    let mut broken = vec![good.clone(); 5];
    broken[0]["info"]["format_version"] = json!(1.6);
    broken[1]["images"][image]["detections"][0]["conf"] = json!(1);
    broken[2]["images"][image]["detections"][0]["category"] = json!("0");
    broken[3]["images"][failed]["detections"] = json!([]);
    broken[4]["images"][image]["detections"] = Value::Null;
    let mut files = vec![folder.path().join(MEGADETECTOR_JSON)];
    for (number, document) in broken.iter().enumerate() {
        let path = folder.path().join(format!("broken{number}.json"));
        fs::write(&path, document.to_string()).unwrap();
        files.push(path);
        assert!(
            broken_rule(document).is_err(),
            "our own rules miss case {number}"
        );
    }
    let verdicts = read_with("validate_json.py", &files);
    assert_eq!(verdicts[0], json!({"errors": [], "warnings": []}));
    for number in 1..=broken.len() {
        assert_ne!(verdicts[number]["errors"], json!([]), "case {}", number - 1);
    }
    assert_eq!(broken_rule(&good), Ok(()));
}

#[test]
fn the_json_says_what_megadetector_would_say() {
    let folder = package_of(&one_of_each());
    let text = fs::read_to_string(folder.path().join(MEGADETECTOR_JSON)).unwrap();
    assert!(text.is_ascii() && !text.contains('\r'));
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["info"]["detector"], "tiny-test.onnx");
    assert_eq!(
        json["detection_categories"],
        json!({"1": "animal", "2": "person", "3": "vehicle"})
    );
    assert_eq!(
        json["classification_categories"],
        json!({"16": "bird", "17": "cat"})
    );
    let images: BTreeMap<&str, &Value> = json["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["file"].as_str().unwrap(), i))
        .collect();
    assert_eq!(images.len(), 5);
    let expected = json!({
        "file": "north/cam 1/DCIM/a.jpg",
        "width": 4000,
        "height": 3000,
        "datetime": "2024:05:01 06:30:15",
        "detections": [
            {"category": "1", "conf": 0.876, "bbox": [0.25, 0.25, 0.5, 0.25], "classifications": [["16", 0.876]]},
            {"category": "1", "conf": 0.1, "bbox": [0.25, 0.25, 0.5, 0.25]},
        ],
    });
    assert_eq!(images["north/cam 1/DCIM/a.jpg"], &expected);
    assert_eq!(
        images["north/cam 1/DCIM/b.jpg"]["detections"],
        expected["detections"]
    );
    assert_eq!(images["south/d.jpg"]["detections"], json!([]));
    assert_eq!(
        images["=1+cmd|calc!A0.jpg"],
        &json!({"file": "=1+cmd|calc!A0.jpg", "failure": "image access failure", "detections": null})
    );
    let report = json["info"]["summary_report"].as_str().unwrap();
    assert!(report.contains("7 files = 4 images processed + 1 images failed + 2 files skipped"));
    assert!(report.contains("Tiny &lt;test&gt; model"));
}

#[test]
fn the_csv_follows_rfc_4180_without_a_byte_order_mark() {
    let folder = package_of(&one_of_each());
    let text = fs::read_to_string(folder.path().join(IMAGES_CSV)).unwrap();
    assert!(text.starts_with("file_path,camera_folder,status,timestamp,"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(text.contains("\r\n'=1+cmd|calc!A0.jpg,,failed,"));
}

#[test]
fn records_that_do_not_add_up_leave_no_package() {
    let records = one_of_each();
    let facts = RunFacts {
        counts: Counts::default(),
        ..facts_of(&records)
    };
    let folder = tempfile::tempdir().unwrap();
    let error = write_all(
        &VecSource(records),
        &FolderCopies(folder.path()),
        &facts,
        folder.path(),
    )
    .unwrap_err();
    assert!(matches!(error, ReportError::CountsDiffer { .. }));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Records that end with a read error.
struct BrokenSource(Vec<MediaRecord>);

impl RecordSource for BrokenSource {
    fn records(&self) -> io::Result<Records<'_>> {
        let end = std::iter::once(Err(io::Error::other("the journal is damaged")));
        Ok(Box::new(self.0.iter().cloned().map(Ok).chain(end)))
    }
}

#[test]
fn a_read_error_leaves_the_older_package_as_it_was() {
    let records = one_of_each();
    let folder = package_of(&records[..2]);
    let before = fs::read(folder.path().join(WORKBOOK)).unwrap();
    let error = write_all(
        &BrokenSource(records.clone()),
        &FolderCopies(folder.path()),
        &facts_of(&records),
        folder.path(),
    )
    .unwrap_err();
    assert!(matches!(error, ReportError::ReadRecords { .. }));
    assert_eq!(fs::read(folder.path().join(WORKBOOK)).unwrap(), before);
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        files(false).count()
    );
}

/// What a CSV file makes of text: forbidden characters are replaced, formulas disarmed.
fn as_field(text: Option<&String>) -> String {
    let is_forbidden =
        |c: char| (c < ' ' && !"\t\r\n".contains(c)) || c == '\u{fffe}' || c == '\u{ffff}';
    let text = text
        .cloned()
        .unwrap_or_default()
        .replace(is_forbidden, "\u{fffd}");
    let inner = text.trim_start_matches('\'');
    let is_formula = inner.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let is_number = text.strip_prefix(['+', '-']).is_some_and(|number| {
        let mut parts = number.splitn(2, ['.', ',']);
        parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    });
    if is_formula && !is_number {
        format!("'{text}")
    } else {
        text
    }
}

fn check_images_csv(
    records: &[MediaRecord],
    rows: &[BTreeMap<String, String>],
) -> Result<(), TestCaseError> {
    let images: Vec<_> = records
        .iter()
        .filter(|r| !matches!(r.outcome, MediaOutcome::Skipped(_)))
        .collect();
    prop_assert_eq!(rows.len(), images.len());
    for (record, row) in images.into_iter().zip(rows) {
        prop_assert_eq!(&row["file_path"], &as_field(Some(&record.path.to_string())));
        prop_assert_eq!(
            &row["description"],
            &as_field(record.camera.description.as_ref())
        );
        let time = record
            .camera
            .captured
            .as_ref()
            .map(|time| time.local.to_string());
        prop_assert_eq!(&row["timestamp"], &time.unwrap_or_default());
        prop_assert_eq!(
            row["latitude"].parse().ok(),
            record.camera.position.map(|place| place.latitude())
        );
        prop_assert_eq!(row["size_bytes"].parse(), Ok(record.size_bytes));
        prop_assert_eq!(
            row["status"] == "failed",
            matches!(record.outcome, MediaOutcome::Failed(_))
        );
    }
    Ok(())
}

fn check_detections_csv(
    records: &[MediaRecord],
    rows: &[BTreeMap<String, String>],
) -> Result<(), TestCaseError> {
    let threshold = facts_of(records).options.threshold;
    let counting: Vec<_> = records
        .iter()
        .filter_map(|record| match &record.outcome {
            MediaOutcome::Processed(media) => Some(media.detections_at(threshold)),
            MediaOutcome::Failed(_) | MediaOutcome::Skipped(_) => None,
        })
        .flatten()
        .collect();
    prop_assert_eq!(rows.len(), counting.len());
    for (detection, row) in counting.into_iter().zip(rows) {
        prop_assert_eq!(&row["category"], detection.category.name());
        prop_assert_eq!(row["confidence"].parse(), Ok(detection.confidence.value()));
        let bbox = ["bbox_x", "bbox_y", "bbox_width", "bbox_height"]
            .map(|name| row[name].parse::<f64>().unwrap());
        prop_assert_eq!(bbox, detection.bbox.values());
    }
    Ok(())
}

fn check_json(records: &[MediaRecord], json: &Value) -> Result<(), TestCaseError> {
    prop_assert_eq!(broken_rule(json), Ok(()));
    let images: Vec<_> = records
        .iter()
        .filter(|r| !matches!(r.outcome, MediaOutcome::Skipped(_)))
        .collect();
    prop_assert_eq!(json["images"].as_array().unwrap().len(), images.len());
    for (record, image) in images.into_iter().zip(json["images"].as_array().unwrap()) {
        prop_assert_eq!(image["file"].as_str(), Some(record.path.as_str()));
        let MediaOutcome::Processed(media) = &record.outcome else {
            continue;
        };
        let boxes: Vec<_> = image["detections"]
            .as_array()
            .unwrap()
            .iter()
            .map(|d| (d["conf"].clone(), d["bbox"].clone()))
            .collect();
        let expected: Vec<_> = media
            .detections
            .iter()
            .map(|d| (json!(d.confidence), json!(d.bbox)))
            .collect();
        prop_assert_eq!(boxes, expected);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_went_in_is_read_back(records in arbitrary_records(12)) {
        let folder = package_of(&records);
        check_images_csv(&records, &csv_rows(&folder.path().join(IMAGES_CSV)))?;
        check_detections_csv(&records, &csv_rows(&folder.path().join(DETECTIONS_CSV)))?;
        check_json(&records, &json_of(folder.path(), MEGADETECTOR_JSON))?;
        let run: RunFacts = serde_json::from_value(json_of(folder.path(), RUN_JSON)).unwrap();
        prop_assert_eq!(run.counts, facts_of(&records).counts);
    }

    #[test]
    fn both_tables_of_images_hold_the_same(records in arbitrary_records(12)) {
        let folder = package_of(&records);
        let rows = csv_rows(&folder.path().join(IMAGES_CSV));
        let mut workbook: Xlsx<_> = open_workbook(folder.path().join(WORKBOOK)).unwrap();
        let range = workbook.worksheet_range("Images").unwrap();
        prop_assert_eq!(range.height(), rows.len() + 1);
        let columns: Vec<String> = range.rows().next().unwrap().iter().map(ToString::to_string).collect();
        for (cells, row) in range.rows().skip(1).zip(&rows) {
            for (cell, name) in cells.iter().zip(&columns) {
                match cell {
                    Data::Float(value) => prop_assert_eq!(row[name].parse(), Ok(*value), "{}", name),
                    Data::DateTime(moment) => prop_assert!(moment.as_f64() > 25_000.0 && !row[name].is_empty()),
                    _ => {}
                }
            }
        }
    }
}
