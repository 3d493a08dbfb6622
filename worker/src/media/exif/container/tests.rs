use super::*;
use proptest::prelude::*;

/// The first structure that is a part of another format.
fn embedded(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let found = find(bytes);
    assert!(!found.is_whole_file);
    found.structures.into_iter().next()
}

fn structure(bytes: &'static [u8]) -> Option<Cow<'static, [u8]>> {
    Some(Cow::Borrowed(bytes))
}

/// A segment with this content.
fn segment(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xff, 0xe1][..], &length, content].concat()
}

#[test]
fn a_jpeg_keeps_it_in_app1_behind_other_segments_and_fill_bytes() {
    let file =
        b"\xff\xd8\xff\xe0\0\x04JF\xff\xff\xff\xe1\0\x06http\xff\xe1\0\x0aExif\0\0II\xff\xda";
    assert_eq!(embedded(file), structure(b"II"));
    let odd_padding = b"\xff\xd8\xff\xe1\0\x0aExif\0\xffMM\xff\xda";
    assert_eq!(embedded(odd_padding), structure(b"MM"));
}

#[test]
fn a_jpeg_is_not_searched_behind_the_start_of_its_pixels() {
    for file in [
        &b"\xff\xd8\xff\xda\0\x02\x11\xff\xe1\0\x0aExif\0\0II"[..],
        b"\xff\xd8\xff\xd9\xff\xe1\0\x0aExif\0\0II",
    ] {
        assert_eq!(find(file), Found::default());
    }
}

#[test]
fn a_jpeg_is_searched_in_its_first_mebibyte_only() {
    let comments = |count: usize| {
        let mut file = vec![0xff, 0xd8];
        for _ in 0..count {
            file.extend_from_slice(&[0xff, 0xfe, 0xff, 0xff]);
            file.resize(file.len() + 0xfffd, b' ');
        }
        file.extend_from_slice(b"\xff\xe1\0\x0aExif\0\0II");
        file
    };
    assert_eq!(embedded(&comments(15)), structure(b"II"));
    assert_eq!(embedded(&comments(17)), None);
}

#[test]
fn a_structure_cut_off_by_the_end_of_the_file_is_given_as_far_as_it_goes() {
    assert_eq!(
        embedded(b"\xff\xd8\xff\xe1\x10\0Exif\0\0II*"),
        structure(b"II*")
    );
    assert_eq!(
        embedded(b"\x89PNG\r\n\x1a\n\0\0\x10\0eXIfMM\0"),
        structure(b"MM\0")
    );
    assert_eq!(
        embedded(b"RIFF\xff\0\0\0WEBPEXIF\x50\0\0\0MM\0"),
        structure(b"MM\0")
    );
}

#[test]
fn a_png_keeps_it_in_its_exif_chunk() {
    let file = b"\x89PNG\r\n\x1a\n\0\0\0\x01IDATxCRC_\0\0\0\x02eXIfMMCRC_";
    assert_eq!(embedded(file), structure(b"MM"));
}

#[test]
fn a_webp_keeps_it_in_its_exif_chunk_with_or_without_a_marker() {
    let plain = b"RIFF\x20\0\0\0WEBPVP8 \x01\0\0\0x\0EXIF\x02\0\0\0MM";
    assert_eq!(embedded(plain), structure(b"MM"));
    let marked = b"RIFF\x20\0\0\0WEBPEXIF\x08\0\0\0Exif\0\0II";
    assert_eq!(embedded(marked), structure(b"II"));
}

#[test]
fn a_tiff_file_is_one_as_a_whole() {
    for file in [&b"II*\0rest"[..], b"MM\0*rest"] {
        let found = find(file);
        assert!(found.is_whole_file);
        assert_eq!(found.structures, [file]);
    }
    assert_eq!(find(b"GIF89a"), Found::default());
    assert_eq!(find(b""), Found::default());
}

#[test]
fn a_jpeg_may_have_several_structures() {
    let file = [
        &b"\xff\xd8"[..],
        &segment(b"Exif\0\0II*\0one"),
        &segment(b"EXIF\0\0MM\0*two"),
        &segment(b"\0\0Exif\0\0II*\0three"),
        &segment(b"Exif\0\0Exif\0\0II*\0four"),
        b"\xff\xda\0\x02",
    ]
    .concat();
    let expected: [&[u8]; 4] = [b"II*\0one", b"MM\0*two", b"II*\0three", b"II*\0four"];
    assert_eq!(find(&file).structures, expected);
}

#[test]
fn a_structure_too_long_for_a_segment_goes_on_in_the_next() {
    let long = [b"Exif\0\0II*\0", &[7; 65_000][..]].concat();
    let file = [
        &b"\xff\xd8"[..],
        &segment(&long),
        &segment(b"Exif\0\0and so on"),
        &segment(b"Exif\0\0II*\0new"),
    ]
    .concat();
    let structures = find(&file).structures;
    assert_eq!(structures.len(), 2);
    assert_eq!(structures[0].len(), long.len() - 6 + 9);
    assert!(structures[0].ends_with(b"\x07and so on"));
}

#[test]
fn packets_are_found_in_every_format() {
    let jpeg = [
        &b"\xff\xd8"[..],
        &segment(b"http://ns.adobe.com/xap/1.0/\0<x/>"),
    ]
    .concat();
    assert_eq!(find(&jpeg).packets, [&b"<x/>"[..]]);
    let chunk = b"XML:com.adobe.xmp\0\0\0en\0\0<x/>";
    let length = u32::try_from(chunk.len()).unwrap().to_be_bytes();
    let png = [png::SIGNATURE, &length, b"iTXt", chunk, b"CRC_"].concat();
    assert_eq!(find(&png).packets, [&b"<x/>"[..]]);
    assert_eq!(
        find(b"RIFF\xff\0\0\0WEBPXMP \x04\0\0\0<x/>").packets,
        [&b"<x/>"[..]]
    );
}

#[test]
fn a_marker_is_taken_off_in_every_format() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\x08eXIfExif\0\0MMCRC_";
    assert_eq!(embedded(png), structure(b"MM"));
}

/// A PNG chunk without a checksum that anybody would check.
fn chunk(kind: &[u8], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&length[..], kind, content, b"CRC_"].concat()
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn raw_profiles_of_a_png_are_read() {
    let profile = b"\nexif\n      12\n457869660000\n49492A00abcd\n";
    let plain = [b"Raw profile type APP1\0", &profile[..]].concat();
    let zipped = [b"Raw profile type exif\0\0", &packed(profile)[..]].concat();
    for chunk in [chunk(b"tEXt", &plain), chunk(b"zTXt", &zipped)] {
        let file = [png::SIGNATURE, &chunk].concat();
        assert_eq!(embedded(&file), structure(b"II*\0\xab\xcd"));
    }
    for other in [
        &b"Raw profile type iptc\0\nx\n1\n00"[..],
        b"Raw profile type exif\0zz",
        b"Raw profile type exif",
    ] {
        assert_eq!(
            find(&[png::SIGNATURE, &chunk(b"tEXt", other)].concat()),
            Found::default()
        );
    }
}

#[test]
fn a_packed_packet_of_a_png_is_read() {
    let content = [b"XML:com.adobe.xmp\0\x01\0\0\0", &packed(b"<x/>")[..]].concat();
    let file = [png::SIGNATURE, &chunk(b"iTXt", &content)].concat();
    assert_eq!(find(&file).packets, [&b"<x/>"[..]]);
}

proptest! {
    #[test]
    fn damaged_containers_never_panic(
        signature in prop::sample::select(vec![
            &b"\xff\xd8\xff\xe1"[..], b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"II*\0", b"",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let file = [signature, &rest].concat();
        let _ = find(&file);
    }
}
