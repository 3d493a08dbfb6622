//! Large pictures do not take more memory the more threads there are.

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};

use crate::support::{Workbench, assert_exit, image, json, process_command, raw_zip::crc32};

/// 64 million pixels.
const SIDE: u32 = 8000;

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], &body, &crc32(&body).to_be_bytes()].concat()
}

/// PNGs of four channels of 16 bits, all zero, which hardly take bytes, and no two of which are
/// the same.
fn deep_pictures(count: usize) -> Vec<(String, Vec<u8>)> {
    let size = SIDE.to_be_bytes();
    let header = [&size[..], &size, &[16, 6, 0, 0, 0]].concat();
    let row = vec![0; 1 + SIDE as usize * 8];
    let mut pixels = ZlibEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..SIDE {
        pixels.write_all(&row).unwrap();
    }
    let pixels = pixels.finish().unwrap();
    let picture = |number: usize| {
        let bytes = [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(b"IHDR", &header),
            chunk(b"tEXt", format!("Comment\0number {number}").as_bytes()),
            chunk(b"IDAT", &pixels),
            chunk(b"IEND", &[]),
        ];
        (format!("{number}.png"), bytes.concat())
    };
    (0..count).map(picture).collect()
}

#[test]
fn large_pictures_share_their_memory_over_all_threads() {
    const MIB: u64 = 1 << 20;
    // The pixels of one such picture in 8 bits.
    let frame = 3 * u64::from(SIDE) * u64::from(SIDE);
    let bench = Workbench::new();
    let pictures = deep_pictures(8);
    let entries: Vec<(&str, &[u8])> = pictures
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let card = bench.folder("card", &entries);
    let out = bench.path("out");
    let output = process_command(&card, &out, &["--threads", "8", "--annotate", "none"])
        .env("TRAPLINE_DECODE_MEGABYTES", "400")
        .output()
        .unwrap();
    assert_exit(&output, 0);
    let peak = json(&out, "run.json")["execution"]["peak_memory_bytes"]
        .as_u64()
        .unwrap();
    // One frame, and what the program and eight copies of the model take without it. Eight
    // frames would be 1.5 GB.
    assert!(peak < frame + 300 * MIB, "{} MiB", peak / MIB);
    let results = json(&out, "megadetector.json");
    for (name, _) in &pictures {
        assert!(image(&results, name)["failure"].is_null(), "{name}");
    }
}
