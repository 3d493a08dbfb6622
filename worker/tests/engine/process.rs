//! The whole engine through the real program, on pictures drawn here and a model whose answers
//! are known on paper (`tests/fixtures/README.md`).

use std::fs;

use crate::support::{
    Workbench, assert_exit, assert_near, assert_same_package, detections, image, json,
    picture::{self, BLUE, GREEN, RED},
    process, process_with, said,
};
use image::{DynamicImage, ImageFormat};

/// Where the square of [`red_square`] lies, as a box.
const SQUARE: [f64; 4] = [64.0 / 256.0, 32.0 / 192.0, 32.0 / 256.0, 32.0 / 192.0];

fn red_square() -> image::RgbImage {
    picture::with_square(RED, 64, 32)
}

#[test]
fn boxes_categories_and_blanks_come_out_right() {
    let bench = Workbench::new();
    let zip = bench.zip(
        "card.zip",
        &[
            (
                "cam1/DCIM/100MEDIA/animal.jpg",
                &picture::jpeg(&red_square()),
            ),
            (
                "cam1/DCIM/100MEDIA/person.jpg",
                &picture::jpeg(&picture::with_square(GREEN, 0, 0)),
            ),
            (
                "cam2/vehicle.jpg",
                &picture::jpeg(&picture::with_square(BLUE, 224, 160)),
            ),
            ("cam2/blank.jpg", &picture::jpeg(&picture::blank())),
        ],
    );
    let out = bench.path("out");
    assert_exit(&process(&zip, &out, &[]), 0);
    let results = json(&out, "megadetector.json");
    let expect = |file: &str, category: &str, bbox| {
        let found = detections(image(&results, file));
        assert_eq!(found.len(), 1, "{file}: {found:?}");
        assert_eq!(found[0].0, category, "{file}");
        assert_near(found[0].1, bbox, 0.001);
    };
    expect("cam1/DCIM/100MEDIA/animal.jpg", "1", SQUARE);
    expect(
        "cam1/DCIM/100MEDIA/person.jpg",
        "2",
        [0.0, 0.0, 0.125, 1.0 / 6.0],
    );
    expect(
        "cam2/vehicle.jpg",
        "3",
        [0.875, 5.0 / 6.0, 0.125, 1.0 / 6.0],
    );
    assert_eq!(detections(image(&results, "cam2/blank.jpg")), []);
    assert!(
        out.join("annotated/cam1/DCIM/100MEDIA/animal.jpg")
            .is_file()
    );
    assert!(!out.join("annotated/cam2/blank.jpg").exists());
}

#[test]
fn all_eight_orientations_give_the_same_box() {
    let bench = Workbench::new();
    let pictures: Vec<(String, Vec<u8>)> = (1..=8)
        .map(|orientation| {
            (
                format!("o{orientation}.jpg"),
                picture::jpeg_stored_as(&red_square(), orientation),
            )
        })
        .collect();
    let entries: Vec<_> = pictures
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let out = bench.path("out");
    assert_exit(&process(&bench.folder("in", &entries), &out, &[]), 0);
    let results = json(&out, "megadetector.json");
    for (name, _) in &pictures {
        let entry = image(&results, name);
        assert_eq!(
            (&entry["width"], &entry["height"]),
            (&256.into(), &192.into()),
            "{name}"
        );
        assert_eq!(entry["datetime"], "2024:05:17 06:07:08");
        let found = detections(entry);
        assert_eq!(found.len(), 1, "{name}");
        assert_near(found[0].1, SQUARE, 0.001);
        let copy = image::open(out.join("annotated").join(name)).unwrap();
        assert_eq!(
            (copy.width(), copy.height()),
            (256, 192),
            "the copy of {name} is upright"
        );
    }
}

#[test]
fn every_image_format_is_read_whatever_its_name_says() {
    let bench = Workbench::new();
    let square = DynamicImage::ImageRgb8(red_square());
    let sixteen = DynamicImage::ImageRgb16(square.to_rgb16());
    let files = [
        ("a.png", picture::encode(&square, ImageFormat::Png)),
        ("b.bmp", picture::encode(&square, ImageFormat::Bmp)),
        (
            "c.gif",
            picture::encode(
                &DynamicImage::ImageRgba8(square.to_rgba8()),
                ImageFormat::Gif,
            ),
        ),
        ("d.tif", picture::encode(&square, ImageFormat::Tiff)),
        ("e.webp", picture::encode(&square, ImageFormat::WebP)),
        ("f 16 bit.png", picture::encode(&sixteen, ImageFormat::Png)),
        ("g is a png.jpg", picture::encode(&square, ImageFormat::Png)),
        (
            "h has no extension",
            picture::encode(&square, ImageFormat::Jpeg),
        ),
        ("i.JPEG", picture::encode(&square, ImageFormat::Jpeg)),
        ("j.heic", picture::encode(&square, ImageFormat::Jpeg)),
    ];
    let entries: Vec<_> = files
        .iter()
        .map(|(name, bytes)| (*name, bytes.as_slice()))
        .collect();
    let out = bench.path("out");
    assert_exit(&process(&bench.zip("card.zip", &entries), &out, &[]), 0);
    let results = json(&out, "megadetector.json");
    for (name, _) in &files {
        let found = detections(image(&results, name));
        assert_eq!(found.len(), 1, "{name}");
        assert_near(found[0].1, SQUARE, 0.001);
    }
    assert!(out.join("annotated/a.png.jpg").is_file());
}

#[test]
fn every_file_is_accounted_for() {
    let bench = Workbench::new();
    let whole = picture::jpeg(&red_square());
    let cut = &picture::jpeg(&picture::with_square(BLUE, 32, 0))[..2000];
    let zip = bench.zip(
        "card.zip",
        &[
            ("cam/", b""),
            ("cam/whole.jpg", &whole),
            ("cam/same bytes.jpg", &whole),
            ("cam/cut.jpg", cut),
            ("cam/nothing.jpg", b""),
            ("cam/text.jpg", b"this is not a picture"),
            ("cam/raw.CR2", b"II*\0"),
            ("cam/clip.mp4", b"ftyp"),
            ("cam/notes.txt", b"hello"),
            ("cam/Thumbs.db", b"x"),
            ("__MACOSX/cam/._whole.jpg", b"x"),
            ("cam/inner.zip", b"PK"),
            ("../../outside.jpg", &picture::jpeg(&picture::blank())),
        ],
    );
    let out = bench.path("out");
    let output = process(&zip, &out, &[]);
    assert_exit(&output, 3);
    let run = json(&out, "run.json");
    let counts = &run["counts"];
    assert_eq!(counts["files"], 13);
    assert_eq!(
        (&counts["processed"], &counts["failed"], &counts["skipped"]),
        (&4.into(), &3.into(), &6.into())
    );
    assert_eq!(
        (&counts["duplicates"], &counts["truncated"]),
        (&1.into(), &1.into())
    );
    assert!(
        said(&output).contains("13 files = 4 images processed + 3 failed + 6 skipped"),
        "{}",
        said(&output)
    );

    let results = json(&out, "megadetector.json");
    assert_eq!(
        results["images"].as_array().unwrap().len(),
        7,
        "images and failures are listed, skipped files are not"
    );
    for failed in ["cam/nothing.jpg", "cam/text.jpg", "cam/raw.CR2"] {
        let entry = image(&results, failed);
        assert_eq!(entry["detections"], serde_json::Value::Null);
        assert!(entry["failure"].is_string());
    }
    assert_eq!(
        detections(image(&results, "cam/same bytes.jpg")),
        detections(image(&results, "cam/whole.jpg"))
    );
    image(&results, "outside.jpg");
    let images = fs::read_to_string(out.join("images.csv")).unwrap();
    let duplicate = images
        .lines()
        .find(|line| line.starts_with("cam/whole.jpg"))
        .unwrap();
    assert!(
        duplicate.contains("cam/same bytes.jpg"),
        "the later path is the duplicate: {duplicate}"
    );
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let bench = Workbench::new();
    let files: Vec<(String, Vec<u8>)> = (0..40)
        .map(|n| {
            (
                format!("cam{}/{n:03}.jpg", n % 3),
                picture::jpeg(&picture::with_square(RED, 32 * (n % 8), 32 * (n % 4))),
            )
        })
        .collect();
    let entries: Vec<_> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let zip = bench.zip("card.zip", &entries);
    let (one, other) = (bench.path("one"), bench.path("other"));
    assert_exit(&process(&zip, &one, &["--threads", "1", "--originals"]), 0);
    assert_exit(
        &process(&zip, &other, &["--threads", "4", "--originals"]),
        0,
    );
    assert_same_package(&one, &other);
}

#[test]
fn people_are_blurred_in_copies_and_their_originals_withheld() {
    let bench = Workbench::new();
    let mut scene = picture::with_square(GREEN, 64, 64);
    // A pattern on the person that must not be recognisable any more.
    for x in (64..96).step_by(4) {
        for y in 64..96 {
            scene.put_pixel(x, y, image::Rgb([0, 200, 0]));
        }
    }
    let person = picture::jpeg(&scene);
    let animal = picture::jpeg(&red_square());
    let zip = bench.zip(
        "card.zip",
        &[("person.jpg", &person), ("animal.jpg", &animal)],
    );

    let out = bench.path("blurred");
    assert_exit(&process(&zip, &out, &["--originals"]), 0);
    assert!(!out.join("originals/person.jpg").exists());
    assert_eq!(fs::read(out.join("originals/animal.jpg")).unwrap(), animal);
    let stripes = |package: &str| {
        let copy = image::open(bench.path(package).join("annotated/person.jpg"))
            .unwrap()
            .to_rgb8();
        let row: Vec<i32> = (70..92)
            .map(|x| i32::from(copy.get_pixel(x, 80).0[1]))
            .collect();
        row.windows(2)
            .map(|pair| (pair[0] - pair[1]).abs())
            .max()
            .unwrap()
    };
    let blurred = stripes("blurred");
    assert_exit(
        &process(
            &zip,
            &bench.path("plain"),
            &["--originals", "--blur", "none"],
        ),
        0,
    );
    let plain = stripes("plain");
    assert!(
        plain > 20,
        "the pattern is visible without blurring: {plain}"
    );
    assert!(
        blurred < plain / 4,
        "the pattern is gone: {blurred} against {plain}"
    );
    assert_eq!(
        fs::read(bench.path("plain/originals/person.jpg")).unwrap(),
        person
    );
}

#[test]
fn one_picture_that_the_model_refuses_does_not_fail_the_others() {
    let bench = Workbench::new();
    let white = image::RgbImage::from_pixel(64, 64, image::Rgb([255, 255, 255]));
    let zip = bench.zip(
        "card.zip",
        &[
            ("a.jpg", &picture::jpeg(&red_square())),
            ("b.jpg", &picture::jpeg(&white)),
            ("c.jpg", &picture::jpeg(&picture::blank())),
        ],
    );
    let out = bench.path("out");
    let output = process_with("tiny-rows-refuses-white", "cpu", &zip, &out).output();
    let output = output.unwrap();
    assert_exit(&output, 3);
    let results = json(&out, "megadetector.json");
    assert_eq!(image(&results, "b.jpg")["failure"], "inference failure");
    assert_eq!(detections(image(&results, "a.jpg")).len(), 1);
    assert_eq!(detections(image(&results, "c.jpg")), []);
}

#[test]
fn a_zip_package_holds_what_a_folder_package_holds() {
    let bench = Workbench::new();
    let zip = bench.zip(
        "card.zip",
        &[
            ("cam/a.jpg", &picture::jpeg(&red_square())),
            ("b.jpg", &picture::jpeg(&picture::blank())),
        ],
    );
    let (folder, packed) = (bench.path("out"), bench.path("out.zip"));
    assert_exit(&process(&zip, &folder, &[]), 0);
    assert_exit(&process(&zip, &packed, &[]), 0);
    let unpacked = bench.path("unpacked");
    zip::ZipArchive::new(fs::File::open(&packed).unwrap())
        .unwrap()
        .extract(&unpacked)
        .unwrap();
    assert_same_package(&folder, &unpacked);
    assert!(!bench.path("out.zip.partial").exists());
}

#[test]
fn an_original_with_more_in_it_than_was_looked_at_is_withheld() {
    let bench = Workbench::new();
    let one = picture::jpeg(&red_square());
    let two = [
        one.clone(),
        picture::jpeg(&picture::with_square(GREEN, 64, 64)),
    ]
    .concat();
    let cut = one[..one.len() - 200].to_vec();
    let zip = bench.zip(
        "card.zip",
        &[("cut.jpg", &cut), ("one.jpg", &one), ("two.jpg", &two)],
    );
    let copied = |package: &str, blur: &str| {
        let out = bench.path(package);
        assert_exit(&process(&zip, &out, &["--originals", "--blur", blur]), 0);
        let mut table = csv::Reader::from_path(out.join("images.csv")).unwrap();
        let headers = table.headers().unwrap().clone();
        let column = headers
            .iter()
            .position(|name| name == "original_copy")
            .unwrap();
        let rows: Vec<String> = table
            .records()
            .map(|row| row.unwrap()[column].to_owned())
            .collect();
        let exists =
            ["cut.jpg", "one.jpg", "two.jpg"].map(|name| out.join("originals").join(name).exists());
        (rows, exists)
    };
    let (rows, exists) = copied("blurred", "people");
    assert_eq!(exists, [false, true, false]);
    assert_eq!(
        rows,
        [
            "withheld: damaged, not all of it was looked at",
            "originals/one.jpg",
            "withheld: holds more pictures than were looked at",
        ]
    );
    assert_eq!(copied("plain", "none").1, [true; 3]);
}
