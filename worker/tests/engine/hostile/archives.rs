//! Archives as a whole: those that are refused, with a text that says why and what to do, and
//! odd ones that are read all the same.

use std::{fs, process::Output};

use crate::support::{
    Workbench, assert_exit, json, picture, process,
    raw_zip::{RawEntry, archive, archive_with},
    said,
};

fn two_pictures() -> Vec<RawEntry> {
    let bytes = picture::jpeg(&picture::blank());
    vec![
        RawEntry::stored("a.jpg", &bytes),
        RawEntry::stored("b.jpg", &bytes),
    ]
}

/// An archive of two pictures with a change to its bytes.
fn changed(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = archive(&two_pictures());
    change(&mut bytes);
    bytes
}

/// An archive of two pictures whose directory says that the second starts there.
fn second_at(offset: u32) -> Vec<u8> {
    let mut entries = two_pictures();
    entries[1].offset = Some(offset);
    archive(&entries)
}

/// Sets bytes of the end record, counted from its start (APPNOTE 4.3.16).
fn in_end_record(position: usize, values: &[u8]) -> Vec<u8> {
    changed(|bytes| {
        let start = bytes.len() - 22 + position;
        bytes[start..start + values.len()].copy_from_slice(values);
    })
}

/// Every archive that is refused, what is said to be wrong with it, and what to do.
fn refused() -> Vec<(Vec<u8>, &'static str, &'static str)> {
    let whole = archive(&two_pictures());
    let masked = two_pictures().remove(0).with(|e| e.flags = 0x2041);
    let again = "upload it again";
    let ordinary = "pack the pictures as an ordinary zip";
    vec![
        (second_at(100), "share the bytes", "make the archive again"),
        (second_at(0), "share the bytes", "make the archive again"),
        (
            whole[..whole.len() - 1].to_vec(),
            "directory is damaged",
            "copy",
        ),
        (whole[..whole.len() - 30].to_vec(), "end is missing", again),
        (whole[..whole.len() / 2].to_vec(), "end is missing", again),
        // The numbers of entries at 8, the start of the directory at 16.
        (
            in_end_record(8, &[9, 0, 9, 0]),
            "directory is damaged after 2 of 9 entries",
            "again",
        ),
        (
            in_end_record(8, &[1, 0, 1, 0]),
            "directory is damaged",
            "again",
        ),
        (
            in_end_record(16, &[0xf0; 4]),
            "directory is damaged",
            "again",
        ),
        (in_end_record(4, &[3]), "split archive", "join the parts"),
        (
            b"PK\x07\x08PK\x03\x04".to_vec(),
            "split archive",
            "join the parts",
        ),
        (
            archive(&[masked]),
            "directory is encrypted",
            "without a password",
        ),
        (Vec::new(), "empty file", again),
        (b"Rar!\x1a\x07\x01\0".to_vec(), "a RAR archive", ordinary),
        (
            b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(),
            "a 7-Zip archive",
            ordinary,
        ),
        (b"\x1f\x8b\x08\0".to_vec(), "a gzip file", ordinary),
        (b"%PDF-1.7".to_vec(), "a PDF document", ordinary),
        (b"<html>Not found</html>".to_vec(), "a web page", ordinary),
        (b"not an archive".to_vec(), "not a zip archive", ordinary),
        (vec![0; 4096], "not a zip archive", ordinary),
    ]
}

#[test]
fn an_archive_that_cannot_be_trusted_is_refused_with_its_reason() {
    let bench = Workbench::new();
    for (bytes, reason, advice) in refused() {
        let path = bench.path("card.zip");
        fs::write(&path, bytes).unwrap();
        let out = bench.path("out");
        let output = process(&path, &out, &[]);
        assert_exit(&output, 1);
        let text = said(&output);
        assert!(text.contains("card.zip cannot be used"), "{text}");
        assert!(text.contains(reason), "{reason}: {text}");
        assert!(text.contains(advice), "{advice}: {text}");
        assert!(!out.exists(), "{reason}");
    }
}

/// Processes an archive of these bytes, and gives the counts of its files.
fn counts_of(bytes: &[u8], exit: i32) -> (serde_json::Value, Output) {
    let bench = Workbench::new();
    let (path, out) = (bench.path("card.zip"), bench.path("out"));
    fs::write(&path, bytes).unwrap();
    let output = process(&path, &out, &[]);
    assert_exit(&output, exit);
    (json(&out, "run.json")["counts"].clone(), output)
}

#[test]
fn odd_archives_are_read_to_their_last_entry() {
    let (whole, no_entries) = (archive(&two_pictures()), archive(&[]));
    let junk = vec![0; 3000];
    let commented = |comment: &[u8]| archive_with(&two_pictures(), false, comment);
    let odd = [
        [b"MZ junk in front".as_slice(), &whole].concat(),
        [whole.as_slice(), &junk].concat(),
        [no_entries.as_slice(), &whole].concat(),
        // The directory is where it should be, whatever its length is said to be.
        in_end_record(12, &[0xf0; 4]),
        commented(b"made by a camera"),
        commented(&[b'!'; 65_535]),
        // Comments that begin or look like the end of another archive.
        commented(b"PK\x05\x06"),
        commented(&[b"PK\x05\x06".as_slice(), &[7; 40]].concat()),
        commented(&no_entries),
        archive_with(&two_pictures(), true, b""),
        archive_with(&two_pictures(), true, &no_entries),
        [junk.as_slice(), &archive_with(&two_pictures(), true, b"")].concat(),
    ];
    for (number, bytes) in odd.iter().enumerate() {
        let (counts, _) = counts_of(bytes, 0);
        assert_eq!(counts["processed"], 2, "number {number}: {counts}");
        assert_eq!(counts["files"], 2, "number {number}: {counts}");
    }
}

#[test]
fn an_archive_without_a_picture_is_done_and_says_so() {
    let notes = [
        RawEntry::stored("notes.txt", b"nothing seen"),
        RawEntry::stored("empty/", b""),
    ];
    let (counts, output) = counts_of(&archive(&notes), 0);
    assert_eq!(
        (&counts["files"], &counts["skipped"]),
        (&2.into(), &2.into())
    );
    let text = said(&output);
    assert!(text.contains("no image among 2 files"), "{text}");
}

#[test]
fn an_archive_without_a_file_is_refused() {
    let bench = Workbench::new();
    let (path, out) = (bench.path("card.zip"), bench.path("out"));
    fs::write(&path, archive(&[])).unwrap();
    let output = process(&path, &out, &[]);
    assert_exit(&output, 2);
    assert!(said(&output).contains("there is no file in the input"));
    assert!(!out.exists());
}

#[test]
fn an_archive_of_nothing_but_failures_still_gives_a_package() {
    let locked = two_pictures().remove(0).with(|e| e.flags = 1);
    let (counts, output) = counts_of(&archive(&[locked]), 3);
    assert_eq!(
        (&counts["files"], &counts["failed"]),
        (&1.into(), &1.into())
    );
    assert!(
        said(&output).contains("without a password"),
        "{}",
        said(&output)
    );
}
