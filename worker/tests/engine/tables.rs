//! What `images.csv` says of unusual files, as the real program writes it.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{
    support::{
        Workbench, assert_exit,
        picture::{self, RED},
        process,
    },
    tiff_builder::{Data, TiffBuilder, reconyx},
};

/// The rows of `images.csv` by path, each by column.
fn images(out: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(out.join("images.csv")).unwrap();
    let rows = reader.deserialize::<BTreeMap<String, String>>();
    let rows = rows.map(|row| row.unwrap());
    rows.map(|row| (row["file_path"].clone(), row)).collect()
}

fn jpeg(tags: TiffBuilder) -> Vec<u8> {
    let scene = picture::with_square(RED, 64, 32);
    picture::jpeg_with_exif(&scene, &tags.build())
}

#[test]
fn other_times_are_told_and_never_taken() {
    let bench = Workbench::new();
    let modified = jpeg(TiffBuilder::new(true).ifd0(0x0132, Data::Ascii(b"2022:02:02 02:02:02")));
    let midnight = jpeg(TiffBuilder::new(true).exif(0x9003, Data::Ascii(b"2019:01:01 24:04:20")));
    let plain = jpeg(TiffBuilder::new(false).exif(0x9003, Data::Ascii(b"2019:01:01 10:04:20")));
    let zip = bench.zip(
        "card.zip",
        &[
            ("cam/IMG_20230501_123000.jpg", &modified),
            ("cam/copy of 2021-07-08.jpg", &modified),
            ("cam/midnight.jpg", &midnight),
            ("cam/20230501.jpg", &plain),
        ],
    );
    let out = bench.path("out");
    assert_exit(&process(&zip, &out, &[]), 0);
    let images = images(&out);
    for (path, timestamp, notes) in [
        (
            "cam/IMG_20230501_123000.jpg",
            "",
            "ModifyDate 2022:02:02 02:02:02; file name 2023-05-01 12:30:00",
        ),
        (
            "cam/copy of 2021-07-08.jpg",
            "",
            "ModifyDate 2022:02:02 02:02:02; file name 2021-07-08",
        ),
        (
            "cam/midnight.jpg",
            "2019-01-01T00:04:20",
            "DateTimeOriginal 2019:01:01 24:04:20: hour 24 read as hour 0 of the same date",
        ),
        ("cam/20230501.jpg", "2019-01-01T10:04:20", ""),
    ] {
        let row = &images[path];
        assert_eq!(
            (row["timestamp"].as_str(), row["time_notes"].as_str()),
            (timestamp, notes)
        );
    }
}

#[test]
fn labels_and_comments_have_their_columns() {
    let bench = Workbench::new();
    let tags = TiffBuilder::new(true)
        .exif(0x927c, Data::Undefined(reconyx::microfire()))
        .exif(0x9286, Data::Undefined(b"ASCII\0\0\0by the brook".to_vec()));
    let zip = bench.zip("card.zip", &[("cam/a.jpg", &jpeg(tags))]);
    let out = bench.path("out");
    assert_exit(&process(&zip, &out, &[]), 0);
    let images = images(&out);
    let row = &images["cam/a.jpg"];
    assert_eq!(row["user_label"], "SITE 7");
    assert_eq!(row["comment"], "by the brook");
    assert_eq!(row["camera_serial_number"], "MF1ABC00012345");
    assert_eq!(row["temperature_celsius"], "-7");
}

#[test]
fn text_in_csv_files_is_guarded_unless_it_is_to_be_plain() {
    let bench = Workbench::new();
    let tags = TiffBuilder::new(true)
        .ifd0(0x010e, Data::Ascii(b"=1+1"))
        .exif(0xa431, Data::Ascii(b"-0012"));
    let zip = bench.zip("card.zip", &[("-north/a.jpg", &jpeg(tags))]);
    for (options, path, description) in [
        (&[][..], "'-north/a.jpg", "'=1+1"),
        (&["--csv-plain"], "-north/a.jpg", "=1+1"),
    ] {
        let out = bench.path(if options.is_empty() {
            "guarded"
        } else {
            "plain"
        });
        assert_exit(&process(&zip, &out, options), 0);
        let images = images(&out);
        let row = &images[path];
        assert_eq!(row["description"], description);
        assert_eq!(row["camera_serial_number"], "-0012");
        let run = fs::read_to_string(out.join("run.json")).unwrap();
        assert!(run.contains(&format!("\"csv_plain\": {}", !options.is_empty())));
    }
}
