//! Folders with things in them that are no files, or no files to be read.

use std::{
    ffi::OsStr,
    fs::{self, File},
    os::unix::{ffi::OsStrExt as _, fs::symlink, net::UnixListener},
    path::Path,
    process::Command,
};

use super::{
    case::Fate,
    verdicts::{assert_counts_agree, assert_fates},
};
use crate::support::{Workbench, assert_exit, picture, process, said};

fn make_pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

#[test]
fn links_pipes_and_giants_in_a_folder_are_told_and_never_followed() {
    let bench = Workbench::new();
    let red = picture::jpeg(&picture::with_square(picture::RED, 0, 0));
    let card = bench.folder("card", &[("a.jpg", &red), ("DCIM/.hidden.jpg", &red)]);
    let secret = bench.folder("secret", &[("secret.jpg", &red)]);
    symlink(secret.join("secret.jpg"), card.join("link.jpg")).unwrap();
    symlink(&secret, card.join("link to a folder")).unwrap();
    symlink(&card, card.join("DCIM/loop")).unwrap();
    symlink("nowhere", card.join("dangling.jpg")).unwrap();
    make_pipe(&card.join("pipe.jpg"));
    let _socket = UnixListener::bind(card.join("socket.jpg")).unwrap();
    // Ten gigabytes that take no place.
    let giant = File::create(card.join("giant.jpg")).unwrap();
    giant.set_len(10_000_000_000).unwrap();
    fs::write(card.join(OsStr::from_bytes(b"caf\xe9.jpg")), &red).unwrap();
    fs::write(card.join("back\\slash.jpg"), &red).unwrap();

    let no_file = Fate::Skipped("not-a-regular-file");
    let expected = [
        ("a.jpg", Fate::Image),
        ("DCIM/.hidden.jpg", Fate::Image),
        ("caf\u{fffd}.jpg", Fate::Image),
        ("back/slash.jpg", Fate::Image),
        ("link.jpg", no_file),
        ("link to a folder", no_file),
        ("DCIM/loop", no_file),
        ("dangling.jpg", no_file),
        ("pipe.jpg", no_file),
        ("socket.jpg", no_file),
        ("giant.jpg", Fate::Failed("too-many-bytes")),
    ];
    let expected = expected.map(|(path, fate)| (path.to_owned(), fate)).into();
    let out = bench.path("out");
    let output = process(&card, &out, &[]);
    assert_exit(&output, 3);
    assert_fates(&out, &expected);
    assert_counts_agree(&out, &output, expected.len());
}

#[test]
fn results_inside_the_folder_that_is_read_are_not_read() {
    let bench = Workbench::new();
    let red = picture::jpeg(&picture::with_square(picture::RED, 0, 0));
    let card = bench.folder("card", &[("a.jpg", &red)]);
    for name in ["results", "results.zip"] {
        assert_exit(&process(&card, &card.join(name), &[]), 0);
    }
    let out = card.join("again");
    let output = process(&card, &out, &[]);
    // What earlier runs left there is: a table, a picture, a zip.
    let expected = [
        ("a.jpg", Fate::Image),
        ("results/annotated/a.jpg", Fate::Image),
        ("results/results.xlsx", Fate::Skipped("not-an-image")),
        ("results/report.html", Fate::Skipped("not-an-image")),
        ("results/images.csv", Fate::Skipped("not-an-image")),
        ("results/detections.csv", Fate::Skipped("not-an-image")),
        ("results/megadetector.json", Fate::Skipped("not-an-image")),
        ("results/run.json", Fate::Skipped("not-an-image")),
        ("results.zip", Fate::Skipped("nested-archive")),
    ];
    let expected = expected.map(|(path, fate)| (path.to_owned(), fate)).into();
    assert_exit(&output, 0);
    assert_fates(&out, &expected);
}

#[test]
fn an_input_that_is_neither_file_nor_folder_is_refused_at_once() {
    let bench = Workbench::new();
    let pipe = bench.path("pipe");
    make_pipe(&pipe);
    for input in [pipe.as_path(), Path::new("/dev/zero")] {
        let output = process(input, &bench.path("out"), &[]);
        assert_exit(&output, 1);
        let text = said(&output);
        assert!(
            text.contains("name a zip archive, a folder or an image"),
            "{text}"
        );
        assert!(!bench.path("out").exists());
    }
}
