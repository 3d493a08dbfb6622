//! Zips as cards' owners make them: larger than the format's 32 bits, split, or packed by one of
//! the rarer methods.

use std::fs;

use serde_json::Value;

use crate::support::{
    Workbench, assert_exit, detections, image, json,
    picture::{self, RED},
    process,
    raw_zip::{RawEntry, archive, write_mac_archive},
    said,
};

const GIB: u64 = 1 << 30;

fn red_square() -> Vec<u8> {
    picture::jpeg(&picture::with_square(RED, 64, 32))
}

/// A picture as macOS packs it, with its sizes behind it.
fn mac_picture(name: &str) -> (RawEntry, u64) {
    let packed = RawEntry::deflated(name, &[red_square(), name.into()].concat());
    (packed.with(|entry| entry.flags = 8), 0)
}

fn video(name: &str, bytes: u64) -> (RawEntry, u64) {
    (RawEntry::stored(name, b""), bytes)
}

#[test]
fn zips_above_four_gibibytes_from_macos_are_read_whole() {
    let bench = Workbench::new();
    for (name, videos) in [("many", [3 * GIB / 2; 3]), ("one", [5 * GIB, 100, 9 * GIB])] {
        let zip = bench.path(&format!("{name}.zip"));
        let [first, second, third] = videos;
        let entries = [
            mac_picture("cam/1.jpg"),
            video("cam/1.avi", first),
            mac_picture("cam/2.jpg"),
            video("cam/2.avi", second),
            mac_picture("cam/3.jpg"),
            video("cam/3.avi", third),
            mac_picture("cam/4.jpg"),
        ];
        write_mac_archive(&zip, &entries);
        let out = bench.path(name);
        assert_exit(&process(&zip, &out, &[]), 0);
        let results = json(&out, "megadetector.json");
        for number in 1..=4 {
            let found = detections(image(&results, &format!("cam/{number}.jpg")));
            assert_eq!(found.len(), 1, "{name} {number}");
        }
        let counts = &json(&out, "run.json")["counts"];
        assert_eq!(counts["processed"], 4);
        assert_eq!(counts["skips"]["video"], 3);
        fs::remove_file(zip).unwrap();
    }
}

#[test]
fn whichever_part_of_a_split_archive_is_given_is_told_to_be_one() {
    let bench = Workbench::new();
    let whole = fs::read(bench.zip("card.zip", &[("a.jpg", &red_square())])).unwrap();
    let third = whole.len().div_ceil(3);
    for (part, number) in whole.chunks(third).zip(1..) {
        for name in [format!("card.zip.00{number}"), format!("card.00{number}")] {
            let path = bench.path(&name);
            fs::write(&path, part).unwrap();
            let output = process(&path, &bench.path("out"), &[]);
            assert_exit(&output, 1);
            let told = said(&output);
            let expected = "one part of a split archive: join the parts first";
            assert!(told.contains(expected), "{name}: {told}");
        }
    }
    let path = bench.path("card.zip.001");
    fs::write(&path, &whole).unwrap();
    assert_exit(&process(&path, &bench.path("out"), &[]), 0);
}

#[test]
fn packages_of_earlier_runs_in_a_folder_are_no_pictures() {
    let bench = Workbench::new();
    let card = bench.folder("card", &[("a.jpg", &red_square())]);
    // One that was made by a version which made fewer files.
    let files: [(&str, &[u8]); 4] = [
        ("results.xlsx", b"PK"),
        ("megadetector.json", b"{}"),
        ("run.json", b"{}"),
        ("annotated/a.jpg", &red_square()),
    ];
    let old = bench.zip("old.zip", &files);
    fs::rename(old, card.join("old.zip")).unwrap();
    let new = bench.path("card/new.zip");
    assert_exit(&process(&card.join("a.jpg"), &new, &[]), 0);
    let out = bench.path("out");
    assert_exit(&process(&card, &out, &[]), 0);
    let results = json(&out, "megadetector.json");
    assert_eq!(results["images"].as_array().unwrap().len(), 1);
}

#[test]
fn pictures_with_the_names_of_videos_and_archives_are_looked_at() {
    let bench = Workbench::new();
    let card = bench.path("card");
    fs::create_dir(&card).unwrap();
    let names = ["1.avi", "2.MP4", "3.zip", "4.zip.001", "5.7z"];
    let pictures = names.map(|name| (name, [&red_square()[..], name.as_bytes()].concat()));
    for (name, bytes) in &pictures {
        fs::write(card.join(name), bytes).unwrap();
    }
    let entries = pictures.each_ref().map(|(name, bytes)| (*name, &bytes[..]));
    let zip = bench.zip("card.zip", &entries);
    for (input, out) in [(card, "of-folder"), (zip, "of-zip")] {
        let out = bench.path(out);
        assert_exit(&process(&input, &out, &[]), 0);
        assert_eq!(json(&out, "run.json")["counts"]["processed"], 5);
        let results = json(&out, "megadetector.json");
        for name in names {
            assert_eq!(detections(image(&results, name)).len(), 1, "{name}");
        }
    }
    let single = bench.path("card/3.zip");
    let out = bench.path("of-file");
    assert_exit(&process(&single, &out, &[]), 0);
    assert_eq!(json(&out, "run.json")["counts"]["processed"], 1);
}

#[test]
fn files_that_are_no_images_are_not_counted_as_such_and_pictures_are_found_among_them() {
    let bench = Workbench::new();
    let mut entries: Vec<RawEntry> = (0..3000)
        .map(|number| {
            let ending = [".txt", ".log", "", ".dat"][number % 4];
            RawEntry::stored(format!("log/{number:04}{ending}"), b"12.5 degrees\n")
        })
        .collect();
    entries.push(RawEntry::deflated("log/1500-picture.txt", &red_square()));
    let zip = bench.path("log.zip");
    fs::write(&zip, archive(&entries)).unwrap();
    let out = bench.path("out");
    let output = process(&zip, &out, &["--json"]);
    assert_exit(&output, 0);
    let events = String::from_utf8(output.stdout).unwrap();
    let totals: Vec<Value> = events
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["images_total"].clone())
        .filter(|total| !total.is_null())
        .collect();
    assert!(
        !totals.is_empty() && totals.iter().all(|total| *total == 1),
        "{events}"
    );
    let counts = &json(&out, "run.json")["counts"];
    assert_eq!(
        (&counts["processed"], &counts["skipped"]),
        (&1.into(), &3000.into())
    );
    let results = json(&out, "megadetector.json");
    assert_eq!(detections(image(&results, "log/1500-picture.txt")).len(), 1);
}
