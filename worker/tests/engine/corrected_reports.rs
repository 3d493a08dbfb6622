//! What people said about results, in the reports that are written then.

use std::{fs, path::Path};

use calamine::{Reader as _, Xlsx, open_workbook};
use common::{
    Category, Label, MediaRecord,
    correction::{Correction, Corrections, Verdict},
};
use tempfile::TempDir;
use worker::report::{
    CORRECTIONS_CSV, DETECTIONS_CSV, FolderCopies, IMAGES_CSV, MEGADETECTOR_JSON, REPORT_HTML,
    RUN_JSON, WORKBOOK, write_all, write_all_corrected,
};

use crate::{
    overview::{seen, write_copy},
    support::records::{VecSource, facts_of, one_of_each},
};

/// What was said, in its order, about records by their paths.
fn said(records: &[MediaRecord], verdicts: &[(&str, Verdict)]) -> Corrections {
    let entries = (1..).zip(verdicts).map(|(number, (path, verdict))| {
        let media = records
            .iter()
            .position(|record| record.path.as_str() == *path);
        let media = media.unwrap();
        Correction {
            number,
            at: format!("2024-06-01T10:00:{number:02}Z").parse().unwrap(),
            media: u32::try_from(media).unwrap(),
            path: records[media].path.clone(),
            verdict: *verdict,
        }
    });
    Corrections::of(entries.collect())
}

/// Reports of the same records with these corrections and without any.
fn both(records: &[MediaRecord], corrections: &Corrections) -> [TempDir; 2] {
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (source, facts) = (VecSource(records.to_vec()), facts_of(records));
    let [corrected, plain] = folders.each_ref().map(TempDir::path);
    let copies = FolderCopies(corrected);
    write_all_corrected(corrections, &source, &copies, &facts, corrected).unwrap();
    write_all(&source, &FolderCopies(plain), &facts, plain).unwrap();
    folders
}

/// The rows of a sheet and those of the CSV file of the same table, as text.
fn tables(folder: &Path, sheet: &str, csv: &str) -> [Vec<Vec<String>>; 2] {
    let mut workbook: Xlsx<_> = open_workbook(folder.join(WORKBOOK)).unwrap();
    let range = workbook.worksheet_range(sheet).unwrap();
    let row = |cells: &[calamine::Data]| cells.iter().map(ToString::to_string).collect();
    [
        range.rows().map(row).collect(),
        csv_table(&folder.join(csv)),
    ]
}

fn csv_table(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).from_path(path).unwrap();
    let row = |fields: csv::StringRecord| fields.iter().map(str::to_owned).collect();
    reader
        .records()
        .map(|fields| row(fields.unwrap()))
        .collect()
}

const A: &str = "north/cam 1/DCIM/a.jpg";
const B: &str = "north/cam 1/DCIM/b.jpg";
const C: &str = "c#.jpg";
const D: &str = "south/d.jpg";

fn example() -> (Vec<MediaRecord>, Corrections) {
    let records = one_of_each();
    let corrections = said(
        &records,
        &[
            (A, Verdict::WrongDetection(0)),
            (C, Verdict::WrongDetection(1)),
            (D, Verdict::Shows(Label::Animal)),
            (D, Verdict::Undo(3)),
            (B, Verdict::Shows(Label::Vehicle)),
            (B, Verdict::Shows(Label::Blank)),
        ],
    );
    (records, corrections)
}

#[test]
fn what_was_said_stands_in_columns_of_its_own_and_changes_no_other() {
    let (records, corrections) = example();
    let [corrected, plain] = both(&records, &corrections);
    for (sheet, csv, more) in [("Images", IMAGES_CSV, 3), ("Detections", DETECTIONS_CSV, 1)] {
        let with = tables(corrected.path(), sheet, csv);
        let without = tables(plain.path(), sheet, csv);
        for (with, without) in with.iter().zip(&without) {
            let cut: Vec<&[String]> = with.iter().map(|row| &row[..row.len() - more]).collect();
            assert_eq!(cut, *without, "{sheet}");
        }
    }
    for name in [MEGADETECTOR_JSON, RUN_JSON] {
        let [with, without] =
            [&corrected, &plain].map(|folder| fs::read(folder.path().join(name)).unwrap());
        assert!(with == without, "{name}");
    }
    assert!(!plain.path().join(CORRECTIONS_CSV).exists());
}

#[test]
fn an_image_gets_the_label_that_was_said_or_what_is_left_of_its_detections() {
    let (records, corrections) = example();
    let [corrected, _] = both(&records, &corrections);
    for table in tables(corrected.path(), "Images", IMAGES_CSV) {
        let (header, rows) = table.split_first().unwrap();
        let category = header.iter().position(|name| name == "category").unwrap();
        assert_eq!(
            header[header.len() - 3..],
            [
                "corrected_category",
                "detections_marked_wrong",
                "corrected_at"
            ]
        );
        for (path, model, said) in [
            (A, "animal", ["blank", "1", "2024-06-01T10:00:01Z"]),
            (B, "animal", ["blank", "0", "2024-06-01T10:00:06Z"]),
            (C, "person", ["vehicle", "1", "2024-06-01T10:00:02Z"]),
            (D, "blank", ["", "", ""]),
        ] {
            let row = rows.iter().find(|row| row[0] == path).unwrap();
            assert_eq!(row[category], model, "{path}");
            assert_eq!(row[row.len() - 3..], said, "{path}");
        }
    }
    for table in tables(corrected.path(), "Detections", DETECTIONS_CSV) {
        let marks = table
            .iter()
            .map(|row| (row[0].as_str(), row.last().unwrap().as_str()));
        let wrong: Vec<&str> = marks
            .filter(|(_, mark)| *mark == "yes")
            .map(|(path, _)| path)
            .collect();
        assert_eq!(wrong, [C, A]);
        assert_eq!(table[0].last().unwrap(), "marked_wrong");
    }
}

#[test]
fn everything_that_was_said_stands_in_a_table_with_what_was_taken_back() {
    let (records, corrections) = example();
    let [corrected, _] = both(&records, &corrections);
    let rows = csv_table(&corrected.path().join(CORRECTIONS_CSV));
    let rows: Vec<String> = rows.iter().map(|row| row.join(" ")).collect();
    assert_eq!(
        rows,
        [
            "number corrected_at file_path verdict category detection takes_back counts",
            "1 2024-06-01T10:00:01Z north/cam 1/DCIM/a.jpg wrong-detection  0  yes",
            "2 2024-06-01T10:00:02Z c#.jpg wrong-detection  1  yes",
            "3 2024-06-01T10:00:03Z south/d.jpg shows animal   no",
            "4 2024-06-01T10:00:04Z south/d.jpg undo   3 no",
            "5 2024-06-01T10:00:05Z north/cam 1/DCIM/b.jpg shows vehicle   yes",
            "6 2024-06-01T10:00:06Z north/cam 1/DCIM/b.jpg shows blank   yes",
        ]
    );
}

#[test]
fn the_report_says_how_many_are_corrected_and_shows_none_that_people_disagree_with() {
    let records = ["a.jpg", "b.jpg", "c.jpg"].map(|name| {
        let name = format!("{}/{name}", name.split('.').next().unwrap());
        seen(&name, Category::Animal, 0.8)
    });
    let verdicts = [
        ("a/a.jpg", Verdict::Shows(Label::Person)),
        ("b/b.jpg", Verdict::Shows(Label::Animal)),
    ];
    let corrections = said(&records, &verdicts);
    let folder = tempfile::tempdir().unwrap();
    for record in &records {
        write_copy(&folder, record.path.as_str());
    }
    let (source, facts) = (VecSource(records.to_vec()), facts_of(&records));
    let copies = FolderCopies(folder.path());
    write_all_corrected(&corrections, &source, &copies, &facts, folder.path()).unwrap();
    let report = fs::read_to_string(folder.path().join(REPORT_HTML)).unwrap();
    assert!(report.contains("Corrected by people:</strong> 2 images."));
    let is_shown =
        ["a/a.jpg", "b/b.jpg", "c/c.jpg"].map(|name| report.contains(&format!("<br>{name}")));
    assert_eq!(is_shown, [false, true, true]);
    assert!(report.contains("<strong>3</strong> images with animals"));

    write_all(&source, &copies, &facts, folder.path()).unwrap();
    let report = fs::read_to_string(folder.path().join(REPORT_HTML)).unwrap();
    assert!(!report.contains("Corrected by people"));
}
