//! `report.html`: one file that needs nothing else, with the numbers of the other reports.

use std::fs;

use common::{Category, MediaOutcome, MediaRecord};
use data_encoding::BASE64;
use tempfile::TempDir;
use worker::{
    media::{decode::encode_jpeg, frame::Frame},
    report::{FolderCopies, REPORT_HTML, write_all},
};

use crate::support::records::{
    VecSource, camera_facts, detection, facts_of, one_of_each, processed, record,
};

/// An image with an annotated copy of this name, on which something was seen this surely.
pub(crate) fn seen(name: &str, category: Category, score: f32) -> MediaRecord {
    let mut media = processed(vec![detection(category, score)]);
    media.annotated = Some(format!("annotated/{name}"));
    let mut record = record(name, MediaOutcome::Processed(media));
    record.camera = camera_facts();
    record
}

/// The report of some records; of the named copies there are pictures.
fn report_of(records: &[MediaRecord], copies: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for copy in copies {
        write_copy(&folder, copy);
    }
    write_all(
        &VecSource(records.to_vec()),
        &FolderCopies(folder.path()),
        &facts_of(records),
        folder.path(),
    )
    .unwrap();
    fs::read_to_string(folder.path().join(REPORT_HTML)).unwrap()
}

pub(crate) fn write_copy(folder: &TempDir, name: &str) {
    let path = folder.path().join("annotated").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let frame = Frame {
        width: 1600,
        height: 1200,
        rgb: vec![90; 1600 * 1200 * 3],
    };
    fs::write(path, encode_jpeg(&frame).unwrap()).unwrap();
}

/// The pictures in a report, as bytes.
fn pictures(html: &str) -> Vec<Vec<u8>> {
    let parts = html.split("data:image/jpeg;base64,").skip(1);
    parts
        .map(|part| {
            BASE64
                .decode(part.split('"').next().unwrap().as_bytes())
                .unwrap()
        })
        .collect()
}

#[test]
fn a_report_asks_the_network_for_nothing() {
    let html = report_of(&one_of_each(), &["north/cam 1/DCIM/a.jpg"]);
    for loading in ["src=", "href=", "url(", "@import", "<script", "<link"] {
        let mut uses = html.match_indices(loading);
        let is_inside = |(at, _): (usize, &str)| html[at..].starts_with("src=\"data:image/jpeg");
        assert!(uses.all(is_inside), "{loading}");
    }
}

#[test]
fn a_report_has_the_counts_of_the_run() {
    let records = one_of_each();
    let counts = facts_of(&records).counts;
    let html = report_of(&records, &[]);
    let animals = counts.images_with[&Category::Animal];
    assert!(html.contains(&format!("<strong>{animals}</strong> images with animals")));
    let files = format!(
        "{} files went in: the model looked at {} images, {} could not be read, {} are not images.",
        counts.files, counts.processed, counts.failed, counts.skipped
    );
    assert!(html.contains(&files), "{files}");
    for plot in ["activity", "days", "camera-days", "cameras", "map"] {
        assert!(
            html.contains(&format!("<figure class=\"figure\" id=\"{plot}\">")),
            "{plot}"
        );
    }
}

#[test]
fn the_surest_picture_of_each_camera_and_day_is_shown_small_and_categories_take_turns() {
    let records = [
        seen("ridge/a.jpg", Category::Animal, 0.5),
        seen("ridge/b.jpg", Category::Animal, 0.9),
        seen("creek/c.jpg", Category::Animal, 0.7),
        seen("creek/d.jpg", Category::Person, 0.6),
        seen("creek/e.jpg", Category::Vehicle, 0.1),
    ];
    let names = records.each_ref().map(|record| record.path.as_str());
    let html = report_of(&records, &names);
    let shown = |name: &str| html.find(&format!("<br>{name}<br>2024-05-01 06:30"));
    let order = ["ridge/b.jpg", "creek/d.jpg", "creek/c.jpg"].map(|name| shown(name).unwrap());
    assert!(order.is_sorted());
    assert_eq!(shown("ridge/a.jpg").or(shown("creek/e.jpg")), None);
    let pictures = pictures(&html);
    assert_eq!(pictures.len(), 3);
    for picture in pictures {
        let picture = image::load_from_memory(&picture).unwrap();
        assert!((320..640).contains(&picture.width()), "{}", picture.width());
    }
}

#[test]
fn a_report_stays_small_however_many_cameras_there_are() {
    let records: Vec<_> = (0..60)
        .map(|camera| seen(&format!("{camera:02}/a.jpg"), Category::Animal, 0.8))
        .collect();
    let names: Vec<_> = records.iter().map(|record| record.path.as_str()).collect();
    let html = report_of(&records, &names);
    assert_eq!(pictures(&html).len(), 24);
    assert!(html.contains("20 further cameras are in the table."));
    assert!(html.contains("<th scope=\"row\">59</th>"));
}

#[test]
fn a_copy_that_is_missing_costs_its_own_picture_only() {
    let records = [
        seen("ridge/a.jpg", Category::Animal, 0.9),
        seen("creek/b.jpg", Category::Animal, 0.8),
    ];
    assert_eq!(pictures(&report_of(&records, &["creek/b.jpg"])).len(), 1);
}

#[test]
fn names_are_text() {
    let name = "<script>alert(1)</script>/a.jpg";
    let html = report_of(&[seen(name, Category::Animal, 0.9)], &[]);
    assert!(!html.contains("<script>alert") && html.contains("&#60;script&#62;alert"));
}

#[test]
fn a_job_without_times_places_or_findings_has_a_report_too() {
    let blank = record("a.jpg", MediaOutcome::Processed(processed(Vec::new())));
    let html = report_of(&[blank], &[]);
    assert!(html.contains("id=\"cameras\"") && !html.contains("id=\"days\""));
    assert!(!html.contains("Some pictures"));
}
