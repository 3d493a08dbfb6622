//! What the results tell about where a camera stood.

use std::fs;

use crate::{
    support::{
        Workbench, assert_exit,
        picture::{self, RED},
        process,
    },
    tiff_builder::every_tag,
};

/// The position of `every_tag`: 2° 30' 18.51" S, 54° 15' 3" W, as the tables have it.
const EXACT: [&str; 2] = ["-2.505142", "-54.250833"];

/// The whole text of a package of one picture with a position, and its annotated copy.
fn package(options: &[&str]) -> (String, Vec<u8>) {
    let bench = Workbench::new();
    let scene = picture::with_square(RED, 64, 32);
    let picture = picture::jpeg_with_exif(&scene, &every_tag(true).build());
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
    assert!(has_gps(&copy));
}

#[test]
fn a_rounded_position_is_nowhere_told_more_closely() {
    let (text, copy) = package(&["--round-positions"]);
    for exact in EXACT {
        let closer = &exact[..exact.len() - 2];
        assert!(!text.contains(closer), "{closer}");
    }
    assert!(text.contains(",-2.51,-54.25,"), "{text}");
    assert!(!has_gps(&copy));
}
