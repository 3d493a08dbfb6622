//! Names in zips that are not Unicode: how they are read, who decides, and where that is told.

use std::{fs, path::PathBuf};

use serde_json::json;

use crate::support::{
    Workbench, assert_exit, json as read_json,
    picture::{self, RED},
    process,
    raw_zip::{RawEntry, archive},
    said, sheet,
};

/// A zip with one picture below a folder, whose name is in these bytes.
fn card(bench: &Workbench, folder: &[u8]) -> PathBuf {
    let scene = picture::jpeg(&picture::with_square(RED, 64, 32));
    let name = [folder, b"/IMG_0001.JPG"].concat();
    let zip = bench.path("card.zip");
    fs::write(&zip, archive(&[RawEntry::stored(name, &scene)])).unwrap();
    zip
}

/// `Białowieża/Łąka` in page 852.
const POLISH: &[u8] = b"Bia\x88owie\xbea/\x9d\xa5ka";

#[test]
fn names_of_windows_are_read_and_it_is_told_how() {
    let bench = Workbench::new();
    let out = bench.path("out");
    let output = process(&card(&bench, POLISH), &out, &[]);
    assert_exit(&output, 0);
    let file = "Białowieża/Łąka/IMG_0001.JPG";
    assert_eq!(
        read_json(&out, "megadetector.json")["images"][0]["file"],
        file
    );
    assert!(out.join("annotated").join(file).is_file());
    let names = json!([{
        "input": "card.zip", "encoding": "cp852", "chosen_by": "detected", "sample": file,
    }]);
    assert_eq!(read_json(&out, "run.json")["names"], names);
    let said = said(&output);
    assert!(said.contains("taken for cp852: Białowieża/Łąka"), "{said}");
    assert!(said.contains("--names"), "{said}");
    let settings = sheet(&out, "Settings");
    let line = settings
        .iter()
        .find(|line| line[0] == "card.zip" && line[1].contains("cp852"));
    assert_eq!(line.unwrap()[1], format!("cp852 (detected): {file}"));
}

#[test]
fn a_chosen_character_set_is_taken_and_one_that_is_not_known_is_refused() {
    let bench = Workbench::new();
    let zip = card(&bench, POLISH);
    let out = bench.path("out");
    assert_exit(&process(&zip, &out, &["--names", "windows-1250"]), 0);
    let read = read_json(&out, "run.json");
    assert_eq!(read["names"][0]["encoding"], "windows-1250");
    assert_eq!(read["names"][0]["chosen_by"], "user");
    assert_eq!(read["options"]["names"], "windows-1250");
    let sample = read["names"][0]["sample"].as_str().unwrap();
    assert!(!sample.contains("Białowieża"), "{sample}");
    let output = process(&zip, &bench.path("other"), &["--names", "klingon"]);
    assert_exit(&output, 2);
    assert!(said(&output).contains("cp850, cp437"), "{}", said(&output));
}

#[test]
fn names_in_unicode_need_no_words() {
    let bench = Workbench::new();
    let out = bench.path("out");
    let output = process(&card(&bench, "Łąka".as_bytes()), &out, &[]);
    assert_exit(&output, 0);
    assert_eq!(read_json(&out, "run.json").get("names"), None);
    assert!(!said(&output).contains("--names"), "{}", said(&output));
    let settings = sheet(&out, "Settings");
    assert!(
        settings
            .iter()
            .flatten()
            .all(|text| !text.contains("Unicode"))
    );
}
