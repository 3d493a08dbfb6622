//! What the results tell about where a camera stood.

use std::fs;

use crate::{
    support::{
        Workbench, assert_exit,
        picture::{self, RED},
        process,
    },
    tiff_builder::{Data, TiffBuilder, every_tag},
};

/// The position of `every_tag`: 2° 30' 18.51" S, 54° 15' 3" W, as the tables have it.
const EXACT: [&str; 2] = ["-2.505142", "-54.250833"];

/// A position as a person wrote it.
const TOLD: &str = "48.14167";

/// The whole text of a package of one picture with a position, and its annotated copy.
fn package(options: &[&str]) -> (String, Vec<u8>) {
    let bench = Workbench::new();
    let scene = picture::with_square(RED, 64, 32);
    let picture = picture::jpeg_with_exif(&scene, &told().build());
    let zip = bench.zip("card.zip", &[("cam1/a.jpg", &picture)]);
    let out = bench.path("out");
    assert_exit(&process(&zip, &out, options), 0);
    let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    let text = ["images.csv", "megadetector.json", "run.json", "report.html"].map(read);
    (
        text.concat(),
        fs::read(out.join("annotated/cam1/a.jpg")).unwrap(),
    )
}

/// Every tag, and a position in a text of each kind.
fn told() -> TiffBuilder {
    every_tag(true)
        .ifd0(0x8298, Data::Ascii(b"nest at 48.14167, 11.57000"))
        .exif(0xa43a, Data::Ascii(b"48.14167 11.57000"))
        .ifd0(
            0x02bc,
            Data::Byte(b"<exif:GPSLatitude>48.14167</exif:GPSLatitude>".to_vec()),
        )
}

fn holds(jpeg: &[u8], text: &str) -> bool {
    jpeg.windows(text.len())
        .any(|window| window == text.as_bytes())
}

fn has_gps(jpeg: &[u8]) -> bool {
    let exif = exif::Reader::new().read_from_container(&mut std::io::Cursor::new(jpeg));
    let has = |exif: exif::Exif| {
        exif.fields()
            .any(|field| field.tag == exif::Tag::GPSLatitude)
    };
    exif.is_ok_and(has)
}

#[test]
fn a_position_is_told_as_the_camera_wrote_it() {
    let (text, copy) = package(&[]);
    assert!(EXACT.iter().all(|degrees| text.contains(degrees)), "{text}");
    assert!(has_gps(&copy) && holds(&copy, TOLD));
    assert!(!text.contains("<strong>Positions</strong>"));
}

#[test]
fn a_stripped_position_is_in_no_copy_and_the_report_says_where_it_is() {
    let (text, copy) = package(&["--strip-gps"]);
    assert!(!has_gps(&copy) && !holds(&copy, TOLD));
    assert!(EXACT.iter().all(|degrees| text.contains(degrees)), "{text}");
    assert!(
        text.contains(
            "This page, results.xlsx and images.csv hold them as the cameras wrote them."
        )
    );
    let (text, _) = package(&["--strip-gps", "--originals"]);
    assert!(text.contains("images.csv, and the files in originals/, hold them"));
}

#[test]
fn a_position_in_a_text_is_withheld_where_positions_are_rounded() {
    let bench = Workbench::new();
    let scene = picture::with_square(RED, 64, 32);
    let tags = TiffBuilder::new(true)
        .ifd0(0x010e, Data::Ascii(b"nest at 48.14167, 11.57000"))
        .exif(0x9286, Data::Undefined(b"ASCII\0\0\0by the brook".to_vec()));
    let zip = bench.zip(
        "card.zip",
        &[(
            "cam1/a.jpg",
            &picture::jpeg_with_exif(&scene, &tags.build()),
        )],
    );
    for (options, is_told) in [(&[][..], true), (&["--round-positions"], false)] {
        let out = bench.path(if is_told { "told" } else { "rounded" });
        assert_exit(&process(&zip, &out, options), 0);
        let table = fs::read_to_string(out.join("images.csv")).unwrap();
        assert_eq!(table.contains(TOLD), is_told, "{table}");
        assert_eq!(
            table.contains("(withheld: it may hold a position)"),
            !is_told
        );
        assert!(table.contains(",by the brook,"));
    }
}

#[test]
fn a_rounded_position_is_nowhere_told_more_closely() {
    let (text, copy) = package(&["--round-positions"]);
    for exact in EXACT {
        let closer = &exact[..exact.len() - 2];
        assert!(!text.contains(closer), "{closer}");
    }
    assert!(text.contains(",-2.51,-54.25,"), "{text}");
    assert!(!has_gps(&copy) && !holds(&copy, TOLD));
    assert!(text.contains("are rounded to a hundredth of a degree"));
}
