use std::io::Write as _;

use proptest::prelude::*;

use crate::{
    archive::{
        ArchiveLimits,
        sample::{Sample, SampleEntry, failure, failure_of, open_within, read},
    },
    failure::FailureCode,
};

const DEFLATE64: u16 = 9;
const BZIP2: u16 = 12;
const LZMA: u16 = 14;
const ZSTANDARD: u16 = 93;
const XZ: u16 = 95;

fn entry(method: u16, packed: Vec<u8>, data: &[u8]) -> SampleEntry {
    SampleEntry::stored("a.jpg", data).with(|entry| {
        entry.compressed_size = packed.len() as u64;
        entry.packed = packed;
        (entry.method, entry.local_method) = (method, method);
    })
}

fn bzip2(data: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// LZMA as in zips, with or without a mark at its end.
fn lzma(data: &[u8], has_end_mark: bool) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(1);
    let (properties, window) = (options.get_props(), options.dict_size);
    let mut writer =
        lzma_rust2::LzmaWriter::new_no_header(Vec::new(), &options, has_end_mark).unwrap();
    writer.write_all(data).unwrap();
    let raw = writer.finish().unwrap();
    let front = [&[9, 20, 5, 0, properties][..], &window.to_le_bytes()].concat();
    [front, raw].concat()
}

fn xz(data: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

fn zstandard(data: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(data, ruzstd::encoding::CompressionLevel::Fastest)
}

/// `a`, and `a` so many times more by one match, which in Deflate64 alone can be so long.
fn deflate64(more: u16) -> Vec<u8> {
    let mut bits = vec![1, 1, 0];
    let code = |bits: &mut Vec<u8>, code: u32, length: u32| {
        bits.extend((0..length).rev().map(|bit| ((code >> bit) & 1) as u8));
    };
    code(&mut bits, 0x30 + u32::from(b'a'), 8);
    code(&mut bits, 0b1100_0101, 8);
    bits.extend((0..16).map(|bit| (((more - 3) >> bit) & 1) as u8));
    code(&mut bits, 0, 5);
    code(&mut bits, 0, 7);
    let byte = |bits: &[u8]| bits.iter().rev().fold(0, |byte, bit| (byte << 1) | bit);
    bits.chunks(8).map(byte).collect()
}

/// The same data packed by every one of the methods.
fn all_packed() -> Vec<(SampleEntry, Vec<u8>)> {
    let data: Vec<u8> = (0..300_000_u32)
        .flat_map(|n| [n as u8, (n / 77) as u8])
        .collect();
    let long = vec![b'a'; 60_001];
    let two_frames = [
        zstandard(&data[..100_000]),
        b"\x50\x2a\x4d\x18\x03\0\0\0xyz".to_vec(),
        zstandard(&data[100_000..]),
    ]
    .concat();
    let two_streams = [bzip2(&data[..9]), bzip2(&data[9..])].concat();
    let of_data = |method, packed| (entry(method, packed, &data), data.clone());
    vec![
        (entry(DEFLATE64, deflate64(60_000), &long), long.clone()),
        of_data(BZIP2, bzip2(&data)),
        of_data(BZIP2, two_streams),
        of_data(LZMA, lzma(&data, true)),
        of_data(LZMA, lzma(&data, false)),
        of_data(ZSTANDARD, zstandard(&data)),
        of_data(ZSTANDARD, two_frames),
        of_data(XZ, xz(&data)),
    ]
}

#[test]
fn what_was_packed_comes_back_whole_and_in_part() {
    for (entry, data) in all_packed() {
        let method = entry.method;
        let archive = Sample::new([entry]).open().unwrap();
        let entry = &archive.entries().unwrap()[0];
        assert!(read(&archive, entry).unwrap() == data, "method {method}");
        for count in [0, 1, 64, 50_000, data.len(), data.len() + 1] {
            let mut head = b"left from before".to_vec();
            archive
                .read_head(&entry.location, entry.size_bytes, count, &mut head)
                .unwrap();
            assert!(head == data[..count.min(data.len())], "method {method}");
        }
    }
}

#[test]
fn lies_about_size_and_checksum_and_bytes_that_lack_are_damage() {
    for (entry, _) in all_packed() {
        let method = entry.method;
        let half = entry.packed.len() / 2;
        for lying in [
            entry.clone().with(|e| e.size -= 1),
            entry.clone().with(|e| e.size += 1),
            entry.clone().with(|e| e.size = 100 << 20),
            entry.clone().with(|e| e.crc32 ^= 1),
            entry.clone().with(|e| e.compressed_size = half as u64),
            entry.clone().with(|e| e.packed[half] ^= 0x10),
            entry.clone().with(|e| e.packed.fill(0xee)),
        ] {
            let (code, detail) = failure_of(lying);
            assert_eq!(code, FailureCode::DamagedEntry, "method {method}: {detail}");
        }
    }
}

#[test]
fn memory_is_taken_as_data_comes_and_not_as_it_is_claimed() {
    for (entry, data) in all_packed() {
        let lying = entry.with(|e| e.size = 199 << 20);
        let archive = Sample::new([lying]).open().unwrap();
        let mut bytes = Vec::new();
        let entry = &archive.entries().unwrap()[0];
        failure(archive.read(entry, &mut bytes).unwrap_err());
        assert!(bytes.capacity() <= 4 * data.len(), "{}", bytes.capacity());
    }
}

#[test]
fn an_endless_stream_ends_where_its_entry_does() {
    // Blocks of 128 KiB that repeat one byte, again and again (RFC 8878 3.1.1.2).
    let mut packed = b"\x28\xb5\x2f\xfd\0\x58".to_vec();
    for _ in 0..100_000 {
        packed.extend([2, 0, 0x10, b'x']);
    }
    let endless = entry(ZSTANDARD, packed, &[b'x'; 1000]);
    let (code, detail) = failure_of(endless);
    assert_eq!(code, FailureCode::DamagedEntry);
    assert!(
        detail.ends_with("it unpacks to more than its 1000 bytes"),
        "{detail}"
    );
}

#[test]
fn a_window_beyond_all_bounds_is_not_made() {
    let data = b"some data that packs, some data that packs".repeat(20);
    // What an LZMA decoder may look back to is bounded by what the entry holds.
    let boastful = entry(LZMA, lzma(&data, true), &data).with(|e| e.packed[5..9].fill(0xff));
    let archive = Sample::new([boastful]).open().unwrap();
    let entries = archive.entries().unwrap();
    assert_eq!(read(&archive, &entries[0]).unwrap(), data);
    // A frame of Zstandard that asks for 1.9 TB is not begun.
    let mut packed = b"\x28\xb5\x2f\xfd\0\xff".to_vec();
    packed.extend([3, 0, 0x10, b'x']);
    let (code, _) = failure_of(entry(ZSTANDARD, packed, &data));
    assert_eq!(code, FailureCode::DamagedEntry);
}

#[test]
fn the_limit_of_an_entry_holds_for_every_method() {
    let limits = ArchiveLimits {
        entry_bytes: 60_000,
        ..ArchiveLimits::default()
    };
    for (entry, _) in all_packed() {
        let archive = open_within(&Sample::new([entry]).bytes(), limits).unwrap();
        let mut bytes = Vec::new();
        let entries = archive.entries().unwrap();
        let failure = failure(archive.read(&entries[0], &mut bytes).unwrap_err());
        assert_eq!(failure.code, FailureCode::TooManyBytes);
        assert_eq!(bytes.capacity(), 0);
    }
}

proptest! {
    #[test]
    fn arbitrary_and_changed_bytes_never_lead_to_other_content_or_a_panic(
        which in 0_usize..8,
        at in any::<prop::sample::Index>(),
        noise in prop::collection::vec(any::<u8>(), 1..60),
    ) {
        let data = b"some data that packs, some data that packs".repeat(20);
        let (method, mut packed) = match which {
            0 => (DEFLATE64, deflate64(800)),
            1 => (BZIP2, bzip2(&data)),
            2 => (LZMA, lzma(&data, true)),
            3 => (LZMA, lzma(&data, false)),
            4 => (ZSTANDARD, zstandard(&data)),
            5 => (XZ, xz(&data)),
            6 => (ZSTANDARD, b"\x28\xb5\x2f\xfd\x04\x48".to_vec()),
            _ => (BZIP2, b"BZh9\x31\x41\x59\x26\x53\x59".to_vec()),
        };
        let at = at.index(packed.len());
        if which < 6 {
            for (byte, noise) in packed[at..].iter_mut().zip(&noise) {
                *byte = *noise;
            }
        } else {
            packed.extend(&noise);
        }
        let archive = Sample::new([entry(method, packed, &data)]).open().unwrap();
        let entries = archive.entries().unwrap();
        if let Ok(content) = read(&archive, &entries[0]) {
            prop_assert_eq!(content, data);
        }
    }
}
