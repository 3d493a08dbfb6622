//! Folders and archives as they come off cards, disks and network storage.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::support::{
    Workbench, assert_exit,
    picture::{self, BLUE, GREEN, RED},
    process, said, sheet,
};

/// The rows of `images.csv` by file, each by column.
fn images(out: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(out.join("images.csv")).unwrap();
    let rows = reader.deserialize::<BTreeMap<String, String>>();
    rows.map(|row| row.unwrap())
        .map(|row| (row["file_path"].clone(), row))
        .collect()
}

fn column(out: &Path, name: &str) -> BTreeMap<String, String> {
    let rows = images(out).into_iter();
    rows.map(|(file, row)| (file, row[name].clone())).collect()
}

/// Code of the reason by file, of all that failed or was skipped.
fn reasons(out: &Path) -> BTreeMap<String, String> {
    let rows = sheet(out, "Failures");
    let mut rows = rows
        .into_iter()
        .skip_while(|row| !row.contains(&"file_path".to_owned()));
    let head = rows.next().unwrap();
    let at = |name: &str| head.iter().position(|cell| cell == name).unwrap();
    let (file, code) = (at("file_path"), at("code"));
    rows.filter(|row| !row[file].is_empty())
        .map(|row| (row[file].clone(), row[code].clone()))
        .collect()
}

/// Pictures of which no two have the same bytes.
fn pictures(count: u32) -> Vec<Vec<u8>> {
    let draw = |n: u32| {
        picture::with_square(
            [RED, GREEN, BLUE][n as usize % 3],
            32 * (n % 7),
            32 * (n / 7),
        )
    };
    (0..count).map(|n| picture::jpeg(&draw(n))).collect()
}

fn borrowed<'a>(names: &'a [String], pictures: &'a [Vec<u8>]) -> Vec<(&'a str, &'a [u8])> {
    let names = names.iter().map(String::as_str);
    names.zip(pictures.iter().map(Vec::as_slice)).collect()
}

#[test]
fn a_card_whose_folders_overflow_is_one_camera() {
    let bench = Workbench::new();
    let names: Vec<String> = [
        ("A", "DCIM/100STLTH"),
        ("A", "DCIM/101STLTH"),
        ("B", "DCIM/100CANON"),
        ("B", "dcim/101_0516"),
        ("C", "102MFCAM"),
        ("C", "103MFCAM"),
        ("D", "DCIM/PHOTO"),
        ("D", "DCIM/MOVIE"),
        ("101NORTH", "DCIM/100_BTCF"),
    ]
    .iter()
    .enumerate()
    .map(|(n, (site, folder))| format!("{site}/{folder}/IMG_{n}.JPG"))
    .collect();
    let out = bench.path("out");
    let card = bench.zip("card.zip", &borrowed(&names, &pictures(9)));
    assert_exit(&process(&card, &out, &[]), 0);
    let cameras = column(&out, "camera_folder");
    for name in &names {
        assert_eq!(cameras[name], name.split('/').next().unwrap(), "{name}");
    }
}

#[test]
fn trash_and_thumbnails_are_set_aside_with_their_reasons() {
    let bench = Workbench::new();
    let files = [
        ("card/IMG_0001.JPG", ""),
        (
            "card/@eaDir/IMG_0001.JPG/SYNOPHOTO_THUMB_XL.jpg",
            "thumbnail",
        ),
        ("card/#recycle/IMG_0009.JPG", "trash"),
        ("card/@Recycle/IMG_0009.JPG", "trash"),
        ("card/.Trash-1000/files/IMG_0008.JPG", "trash"),
        ("card/.thumbnails/123.jpg", "thumbnail"),
        ("card/.picasaoriginals/IMG_0001.JPG", "older-version"),
        ("card/RECYCLER/film.avi", "trash"),
        ("card/lost+found/x.jpg", "trash"),
    ];
    let names: Vec<String> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
    let pictures = pictures(9);
    let entries = borrowed(&names, &pictures);
    for input in [
        bench.zip("card.zip", &entries),
        bench.folder("disk", &entries),
    ] {
        let out = bench.path("out");
        assert_exit(&process(&input, &out, &["--annotate", "all"]), 0);
        assert_eq!(
            column(&out, "camera_folder")
                .into_values()
                .collect::<Vec<_>>(),
            ["card"]
        );
        let reasons = reasons(&out);
        for (name, code) in files.iter().skip(1) {
            assert_eq!(reasons[*name], *code, "{name}");
        }
        fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn copies_survive_on_systems_that_take_two_names_for_one() {
    let bench = Workbench::new();
    let long = format!("{}IMG_0001.JPG", "a folder/".repeat(30));
    let names: Vec<String> = [
        "CAM1/IMG_0001.JPG",
        "Cam1/IMG_0001.JPG",
        "Cam1/img_0001.jpg",
        "Cam1/IMG_0002.JPG",
        "Fore\u{302}t/IMG_0001.JPG",
        "For\u{ea}t/IMG_0001.JPG",
        "x.jpg",
        "X.JPG/IMG_0001.JPG",
        long.as_str(),
    ]
    .map(str::to_owned)
    .to_vec();
    let pictures = pictures(9);
    let card = bench.zip("card.zip", &borrowed(&names, &pictures));
    let out = bench.path("out");
    let options = ["--annotate", "all", "--originals", "--blur", "none"];
    assert_exit(&process(&card, &out, &options), 0);
    let (annotated, originals) = (
        column(&out, "annotated_copy"),
        column(&out, "original_copy"),
    );
    let mut unpacked = BTreeSet::new();
    for (name, picture) in names.iter().zip(&pictures) {
        assert_eq!(
            &fs::read(out.join(&originals[name])).unwrap(),
            picture,
            "{name}"
        );
        assert!(out.join(&annotated[name]).is_file(), "{name}");
        for copy in [&annotated[name], &originals[name]] {
            assert!(copy.encode_utf16().count() <= 240, "{copy}");
            assert!(unpacked.insert(copy.to_lowercase()), "{copy}");
        }
    }
    let moved = |name: &String| annotated[name].starts_with("annotated-renamed/");
    let stays = ["Cam1/IMG_0002.JPG", "X.JPG/IMG_0001.JPG"];
    for name in &names {
        assert_eq!(moved(name), !stays.contains(&name.as_str()), "{name}");
        assert_eq!(
            moved(name),
            originals[name].starts_with("originals-renamed/"),
            "{name}"
        );
    }
}

#[test]
fn the_zips_of_a_folder_are_taken_each_as_a_card() {
    let bench = Workbench::new();
    let pictures = pictures(8);
    let picture = |n: usize| pictures[n].as_slice();
    let inner = fs::read(bench.zip("inner.zip", &[("x.jpg", picture(7))])).unwrap();
    let card = |n: usize| {
        let path = bench.zip(
            "one.zip",
            &[("DCIM/100STLTH/1.JPG", picture(n)), ("more.zip", &inner)],
        );
        fs::read(path).unwrap()
    };
    let (north, south, west) = (card(0), card(1), card(2));
    let cards = bench.folder(
        "cards",
        &[
            ("north.zip", &north),
            ("2024/South.ZIP", &south),
            ("west.zip", &west),
            ("west/2.JPG", picture(3)),
            ("loose.jpg", picture(4)),
            ("cut.zip", north.get(..north.len() - 40).unwrap()),
            ("big.zip.001", &north),
            ("big.zip.002", b"the rest"),
            ("old.rar", b"Rar!\x1a\x07\x01\0"),
            ("#recycle/gone.zip", &north),
        ],
    );
    let out = bench.path("out");
    let output = process(&cards, &out, &[]);
    assert_exit(&output, 3);
    let cameras = column(&out, "camera_folder");
    let expected = [
        ("2024/South/DCIM/100STLTH/1.JPG", "2024/South"),
        ("cut.zip", ""),
        ("loose.jpg", ""),
        ("north/DCIM/100STLTH/1.JPG", "north"),
        ("west (2)/DCIM/100STLTH/1.JPG", "west (2)"),
        ("west/2.JPG", "west"),
    ];
    let cameras: Vec<(&str, &str)> = cameras
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert_eq!(cameras, expected);
    let reasons = reasons(&out);
    for (file, code) in [
        ("cut.zip", "archive-refused"),
        ("north/more.zip", "nested-archive"),
        ("big.zip.001", "archive-part"),
        ("big.zip.002", "archive-part"),
        ("old.rar", "nested-archive"),
        ("#recycle/gone.zip", "trash"),
    ] {
        assert_eq!(reasons[file], code, "{file}");
    }
    let said = said(&output);
    assert!(said.contains("5 images processed + 1 failed"), "{said}");
}
