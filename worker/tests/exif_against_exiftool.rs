//! EXIF as ExifTool reads it: ours must say the same about files of every format and byte order,
//! and ExifTool must find in our copies what they are meant to keep, and no more.

#![expect(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[path = "support/image_files.rs"]
mod image_files;
#[path = "support/tiff_builder.rs"]
mod tiff_builder;

use std::{collections::BTreeMap, path::Path, process::Command};

use serde_json::{Map, Value};
use tiff_builder::{Data, TiffBuilder, every_tag, reconyx};
use worker::{
    annotate::kept_exif::{KeptExif, for_copy, insert_into_jpeg},
    media::exif,
};

type Tags = Map<String, Value>;

/// What ExifTool reads from every file of a folder, by file name: tags as `Group:Name`, numbers
/// as numbers.
fn exiftool(folder: &Path) -> BTreeMap<String, Tags> {
    let output = Command::new("exiftool")
        .args(["-json", "-n", "-G1", "-a", "-charset", "exif=Latin1"])
        .arg(folder)
        .output()
        .expect("exiftool is needed: run `make test`, or `apt-get install libimage-exiftool-perl`");
    let files: Vec<Tags> = serde_json::from_slice(&output.stdout).expect("exiftool writes JSON");
    let name = |tags: &Tags| {
        let path = tags
            .get("SourceFile")
            .and_then(Value::as_str)
            .expect("exiftool names each file");
        path.rsplit('/')
            .next()
            .expect("a path has a name")
            .to_owned()
    };
    files.into_iter().map(|tags| (name(&tags), tags)).collect()
}

fn text(tags: &Tags, names: &[&str]) -> Option<String> {
    let value = names.iter().find_map(|name| tags.get(*name))?;
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), |text| text.trim().to_owned());
    (!text.is_empty()).then_some(text)
}

fn number(tags: &Tags, names: &[&str]) -> Option<f64> {
    names.iter().find_map(|name| tags.get(*name))?.as_f64()
}

fn assert_near(ours: Option<f64>, theirs: Option<f64>, what: &str) {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => assert!(
            (ours - theirs).abs() < 1e-6,
            "{what}: {ours} is not {theirs}"
        ),
        _ => assert_eq!(ours, theirs, "{what}"),
    }
}

fn assert_same(name: &str, ours: &exif::MediaMetadata, theirs: &Tags) {
    let camera = &ours.camera;
    let time = camera.captured.as_ref();
    let date = text(
        theirs,
        &[
            "ExifIFD:DateTimeOriginal",
            "IFD0:DateTimeOriginal",
            "Reconyx:DateTimeOriginal",
        ],
    )
    .filter(|date| !date.starts_with("0000"));
    assert_eq!(
        time.map(|time| time.local.strftime("%Y:%m:%d %H:%M:%S").to_string()),
        date,
        "{name}: time"
    );
    let fraction = text(theirs, &["ExifIFD:SubSecTimeOriginal"]).filter(|_| time.is_some());
    let nanoseconds = fraction.map_or(0, |digits| format!("{digits:0<9}").parse().expect("digits"));
    assert_eq!(
        time.map_or(0, |time| time.local.subsec_nanosecond()),
        nanoseconds,
        "{name}: fraction"
    );
    let offset = time.and_then(|time| time.offset_minutes).map(|minutes| {
        let sign = if minutes < 0 { '-' } else { '+' };
        format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
    });
    assert_eq!(
        offset,
        text(theirs, &["ExifIFD:OffsetTimeOriginal"]),
        "{name}: offset"
    );
    assert_eq!(camera.make, text(theirs, &["IFD0:Make"]), "{name}: make");
    assert_eq!(camera.model, text(theirs, &["IFD0:Model"]), "{name}: model");
    assert_eq!(
        camera.description,
        text(theirs, &["IFD0:ImageDescription"]),
        "{name}: description"
    );
    assert_eq!(
        camera.comment,
        text(theirs, &["ExifIFD:UserComment"]),
        "{name}: comment"
    );
    assert_eq!(
        camera.user_label,
        text(theirs, &["Reconyx:UserLabel"]),
        "{name}: label"
    );
    let serial = text(theirs, &["ExifIFD:SerialNumber", "Reconyx:SerialNumber"]);
    assert_eq!(camera.serial_number, serial, "{name}: serial");
    let temperature = number(
        theirs,
        &["ExifIFD:AmbientTemperature", "Reconyx:AmbientTemperature"],
    );
    assert_near(
        camera.temperature_celsius,
        temperature,
        &format!("{name}: temperature"),
    );
    let orientation = number(theirs, &["IFD0:Orientation"]).map_or(1, |value| value as u32);
    assert_eq!(
        ours.orientation,
        worker::media::orientation::Orientation::from_exif(orientation),
        "{name}: orientation"
    );
}

fn assert_same_position(name: &str, ours: &exif::MediaMetadata, theirs: &Tags) {
    let camera = &ours.camera;
    assert_near(
        camera.position.map(|at| at.latitude()),
        number(theirs, &["Composite:GPSLatitude"]),
        name,
    );
    assert_near(
        camera.position.map(|at| at.longitude()),
        number(theirs, &["Composite:GPSLongitude"]),
        name,
    );
    let altitude = number(theirs, &["Composite:GPSAltitude"]);
    assert_near(
        camera.position.and_then(|at| at.altitude_m()),
        altitude,
        name,
    );
}

/// Structures that differ in all that is read.
fn structures(little_endian: bool) -> Vec<(String, TiffBuilder)> {
    let new = || TiffBuilder::new(little_endian);
    let note = |bytes: Vec<u8>| {
        new()
            .ifd0(0x010f, Data::Ascii(b"RECONYX"))
            .exif(0x927c, Data::Undefined(bytes))
    };
    let mut structures = vec![
        ("every-tag".to_owned(), every_tag(little_endian)),
        ("hyperfire".to_owned(), note(reconyx::hyperfire())),
        (
            "hyperfire-without-make".to_owned(),
            new().exif(0x927c, Data::Undefined(reconyx::hyperfire())),
        ),
        ("hyperfire-2".to_owned(), note(reconyx::hyperfire_2())),
        ("ultrafire".to_owned(), note(reconyx::ultrafire())),
        (
            "unset-clock".to_owned(),
            new().exif(0x9003, Data::Ascii(b"0000:00:00 00:00:00")),
        ),
        ("north-east".to_owned(), north_east(new())),
        (
            "misplaced-time".to_owned(),
            new().ifd0(0x9003, Data::Ascii(b"2020:05:06 07:08:09")),
        ),
        (
            "unicode-comment".to_owned(),
            new().exif(0x9286, Data::Undefined(unicode_comment(little_endian))),
        ),
        (
            "padded".to_owned(),
            new()
                .ifd0(0x010f, Data::Ascii(b"BUSHNELL\0\0\0\0"))
                .ifd0(0x0110, Data::Ascii(b"        "))
                .exif(0x9003, Data::Ascii(b"1999:12:31 23:59:59"))
                .exif(0x9011, Data::Ascii(b"-03:30"))
                .exif(0x9291, Data::Ascii(b"123   "))
                .exif(0x9400, Data::SRational(vec![(-400, 10)])),
        ),
    ];
    structures.extend((1..=8u16).map(|value| {
        (
            format!("orientation-{value}"),
            new().ifd0(0x0112, Data::Short(vec![value])),
        )
    }));
    structures
}

fn unicode_comment(little_endian: bool) -> Vec<u8> {
    let order = |unit: u16| {
        if little_endian {
            unit.to_le_bytes()
        } else {
            unit.to_be_bytes()
        }
    };
    let text = "Тропа у ручья".encode_utf16().flat_map(order);
    b"UNICODE\0".iter().copied().chain(text).collect()
}

fn north_east(builder: TiffBuilder) -> TiffBuilder {
    builder
        .gps(0x0001, Data::Ascii(b"N"))
        .gps(0x0002, Data::Rational(vec![(48, 1), (137, 4), (0, 1)]))
        .gps(0x0003, Data::Ascii(b"E"))
        .gps(
            0x0004,
            Data::Rational(vec![(8, 1), (12, 1), (123_456, 10_000)]),
        )
        .gps(0x0005, Data::Byte(vec![0]))
        .gps(0x0006, Data::Rational(vec![(2_962, 1)]))
}

#[test]
fn exiftool_reads_the_same_from_every_format_in_both_byte_orders() {
    let folder = tempfile::tempdir().expect("a folder for the files");
    let mut files = BTreeMap::new();
    for little_endian in [false, true] {
        let order = if little_endian { "ii" } else { "mm" };
        for (name, builder) in structures(little_endian) {
            let tiff = builder.build();
            for (extension, bytes) in [
                ("jpg", insert_into_jpeg(image_files::jpeg(), &tiff)),
                ("png", image_files::png(&tiff)),
                ("webp", image_files::webp(&tiff)),
                ("tif", tiff.clone()),
            ] {
                files.insert(format!("{name}-{order}.{extension}"), bytes);
            }
        }
    }
    for (name, bytes) in &files {
        std::fs::write(folder.path().join(name), bytes).expect("the file is written");
    }
    let theirs = exiftool(folder.path());
    assert_eq!(
        theirs.keys().collect::<Vec<_>>(),
        files.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &files {
        let ours = exif::read(bytes);
        assert_same(name, &ours, &theirs[name]);
        assert_same_position(name, &ours, &theirs[name]);
    }
}

/// The camera's tags: not those of the file around them, of the shape, or worked out by ExifTool.
fn camera_tags(tags: &Tags, groups: &[&str]) -> Tags {
    let shape = [
        "IFD0:Orientation",
        "ExifIFD:ExifImageWidth",
        "ExifIFD:ExifImageHeight",
    ];
    let is_wanted =
        |name: &str| !shape.contains(&name) && groups.iter().any(|group| name.starts_with(group));
    tags.iter()
        .filter(|(name, _)| is_wanted(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[test]
fn exiftool_finds_in_copies_what_they_keep_and_no_more() {
    let folder = tempfile::tempdir().expect("a folder for the files");
    let upright = KeptExif {
        strip_gps: false,
        drop_opaque: false,
        width: 1600,
        height: 1200,
    };
    let kinds = [
        (
            "plain",
            upright,
            &["IFD0:", "ExifIFD:", "GPS:", "Reconyx:"][..],
        ),
        (
            "no-gps",
            KeptExif {
                strip_gps: true,
                ..upright
            },
            &["IFD0:", "ExifIFD:"],
        ),
        (
            "blurred",
            KeptExif {
                drop_opaque: true,
                ..upright
            },
            &["IFD0:", "ExifIFD:", "GPS:"],
        ),
    ];
    for (order, little_endian) in [("ii", true), ("mm", false)] {
        let tiff = every_tag(little_endian).build();
        let write = |name: &str, tiff: &[u8]| {
            let file = insert_into_jpeg(image_files::jpeg(), tiff);
            std::fs::write(folder.path().join(name), file).expect("the file is written");
        };
        write(&format!("original-{order}.jpg"), &tiff);
        for (kind, options, _) in kinds {
            write(
                &format!("{kind}-{order}.jpg"),
                &for_copy(&tiff, options).expect("the structure is sound"),
            );
        }
    }
    let read = exiftool(folder.path());
    for order in ["ii", "mm"] {
        let original = &read[&format!("original-{order}.jpg")];
        assert!(
            original.contains_key("IFD1:ThumbnailImage")
                && original.contains_key("Reconyx:SerialNumber")
        );
        for (kind, _, groups) in kinds {
            let copy = &read[&format!("{kind}-{order}.jpg")];
            let every_group = [
                "IFD0:",
                "ExifIFD:",
                "GPS:",
                "Reconyx:",
                "IFD1:",
                "InteropIFD:",
            ];
            assert_eq!(
                camera_tags(copy, &every_group),
                camera_tags(original, groups),
                "{kind}-{order}"
            );
            assert_eq!(number(copy, &["IFD0:Orientation"]), Some(1.0));
            assert_eq!(number(copy, &["ExifIFD:ExifImageWidth"]), Some(1600.0));
            assert_eq!(number(copy, &["ExifIFD:ExifImageHeight"]), Some(1200.0));
            assert_eq!(copy.get("ExifTool:Warning"), None, "{kind}-{order}");
        }
    }
}
