use std::time::{Duration, Instant};

use ::exif::{Exif, In, Reader, Tag, Value};
use common::media::CameraFacts;
use proptest::prelude::*;

use super::*;
use crate::media::exif::tiff_builder::{Data, THUMBNAIL, TiffBuilder, every_tag, reconyx};

const COPY: KeptExif = KeptExif {
    strip_gps: false,
    drop_opaque: false,
    width: 1600,
    height: 1200,
};
const NO_GPS: KeptExif = KeptExif {
    strip_gps: true,
    ..COPY
};
const BLURRED: KeptExif = KeptExif {
    drop_opaque: true,
    ..COPY
};

fn parse(tiff: &[u8]) -> Exif {
    Reader::new().read_raw(tiff.to_vec()).unwrap()
}

fn number(exif: &Exif, tag: Tag) -> Option<u32> {
    exif.get_field(tag, In::PRIMARY)?.value.get_uint(0)
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

/// Tags and values, without those that say how the pixels lie.
fn facts(exif: &Exif, is_left_out: impl Fn(Tag) -> bool) -> Vec<(u16, String)> {
    let shape = [Tag::Orientation, Tag::PixelXDimension, Tag::PixelYDimension];
    exif.fields()
        .filter(|field| {
            field.ifd_num == In::PRIMARY && !shape.contains(&field.tag) && !is_left_out(field.tag)
        })
        .map(|field| (field.tag.number(), format!("{:?}", field.value)))
        .collect()
}

fn is_gps(tag: Tag) -> bool {
    tag.context() == ::exif::Context::Gps
}

#[test]
fn the_copy_is_upright_and_as_large_as_it_is() {
    for little_endian in [false, true] {
        let copy = parse(&for_copy(&every_tag(little_endian).build(), COPY).unwrap());
        assert_eq!(number(&copy, Tag::Orientation), Some(1));
        assert_eq!(number(&copy, Tag::PixelXDimension), Some(1600));
        assert_eq!(number(&copy, Tag::PixelYDimension), Some(1200));
    }
}

#[test]
fn the_thumbnail_goes_and_every_other_tag_stays_where_it_was() {
    for little_endian in [false, true] {
        let original = every_tag(little_endian).build();
        let copy = for_copy(&original, COPY).unwrap();
        assert!(holds(&original, THUMBNAIL) && !holds(&copy, &THUMBNAIL[2..6]));
        assert!(copy.len() < original.len());
        let (before, after) = (parse(&original), parse(&copy));
        assert_eq!(facts(&after, |_| false), facts(&before, |_| false));
        assert!(after.fields().all(|field| field.ifd_num == In::PRIMARY));
        let note = |exif: &Exif| match &exif.get_field(Tag::MakerNote, In::PRIMARY).unwrap().value {
            Value::Undefined(bytes, at) => (bytes.clone(), *at),
            other => panic!("{other:?}"),
        };
        assert_eq!(note(&after), note(&before));
    }
}

#[test]
fn the_position_leaves_no_byte_behind_when_it_is_stripped() {
    for little_endian in [false, true] {
        let original = every_tag(little_endian).build();
        let copy = for_copy(&original, NO_GPS).unwrap();
        let seconds = if little_endian {
            1851u32.to_le_bytes()
        } else {
            1851u32.to_be_bytes()
        };
        assert!(holds(&original, &seconds) && !holds(&copy, &seconds));
        let is_gone = |tag| is_gps(tag) || tag == Tag::MakerNote;
        assert_eq!(
            facts(&parse(&copy), |_| false),
            facts(&parse(&original), is_gone)
        );
    }
}

#[test]
fn texts_that_may_hold_a_position_go_with_it() {
    let utf16 = |text: &str| -> Vec<u8> {
        let units = text.encode_utf16();
        units.flat_map(u16::to_le_bytes).collect()
    };
    for little_endian in [false, true] {
        let original = TiffBuilder::new(little_endian)
            .ifd0(0x010e, Data::Ascii(b"nest at 48.14167, 11.57000"))
            .ifd0(0x010f, Data::Ascii(b"RECONYX"))
            .ifd0(0x0132, Data::Ascii(b"20220202 020202"))
            .ifd0(0x8298, Data::Ascii(b"N48 08.500 E011 34.200"))
            .ifd0(0x830e, Data::Ascii(b"1"))
            .ifd0(0x9c9c, Data::Byte(utf16("48\u{b0}08'30\" N")))
            .exif(0x9003, Data::Ascii(b"2019:03:04 05:06:07"))
            .exif(
                0x9286,
                Data::Undefined(b"ASCII\0\0\0lat 48.1 lon 11.5".to_vec()),
            )
            .exif(0xa431, Data::Ascii(b"P800BD05003063"))
            .exif(0xa43a, Data::Ascii(b"geo:48.1,11.5"))
            .build();
        assert_eq!(
            facts(&parse(&for_copy(&original, COPY).unwrap()), |_| false).len(),
            10
        );
        let copy = for_copy(&original, NO_GPS).unwrap();
        let kept: Vec<u16> = parse(&copy)
            .fields()
            .map(|field| field.tag.number())
            .collect();
        assert_eq!(kept, [0x010f, 0x0132, 0x9003, 0xa431]);
        for told in [&b"48.1"[..], b"N48", b"11.5", b"4\x008\0"] {
            assert!(!holds(&copy, told), "{told:?}");
        }
    }
}

#[test]
fn what_may_hold_a_picture_goes_when_something_was_blurred() {
    let preview = b"PREVIEW-OF-A-PERSON".repeat(10);
    for little_endian in [false, true] {
        let mut original = every_tag(little_endian)
            .ifd0(0x02bc, Data::Byte(preview.clone()))
            .ifd0(0x9c9b, Data::Byte(preview.repeat(6)))
            .ifd0(0xc4a5, Data::Undefined(preview.clone()))
            .ifd0(0x014a, Data::Long(vec![8, 8]))
            .build();
        // Bytes that no tag refers to.
        original.extend_from_slice(&preview);
        let copy = for_copy(&original, BLURRED).unwrap();
        assert!(!holds(&copy, b"PERSON") && !holds(&copy, b"P\x008\x000\x000"));
        let is_gone = |tag: Tag| [0x927c, 0x02bc, 0xc4a5, 0x9c9b, 0x014a].contains(&tag.number());
        assert_eq!(
            facts(&parse(&copy), |_| false),
            facts(&parse(&original), is_gone)
        );
        // A comment may be longer than other bytes.
        assert!(holds(&copy, b"comment long enough"));
    }
}

#[test]
fn values_shared_with_the_thumbnail_stay() {
    // Both directories use the one resolution at 44.
    let tiff = b"II*\0\x08\0\0\0\
        \x01\0\x1a\x01\x05\0\x01\0\0\0\x2c\0\0\0\x1a\0\0\0\
        \x01\0\x1a\x01\x05\0\x01\0\0\0\x2c\0\0\0\0\0\0\0\x48\0\0\0\x01\0\0\0";
    for options in [COPY, BLURRED] {
        let copy = for_copy(tiff, options).unwrap();
        let copy = parse(&copy);
        assert_eq!(
            copy.get_field(Tag::XResolution, In::PRIMARY)
                .unwrap()
                .display_value()
                .to_string(),
            "72"
        );
        assert_eq!(copy.fields().len(), 1);
    }
}

#[test]
fn a_directory_pointer_that_leads_nowhere_is_dropped() {
    let tiff = TiffBuilder::new(true)
        .ifd0(0x010f, Data::Ascii(b"Maker"))
        .ifd0(0x8769, Data::Long(vec![60_000]))
        .ifd0(0x8825, Data::Long(vec![4]))
        .build();
    let copy = parse(&for_copy(&tiff, COPY).unwrap());
    assert_eq!(
        copy.fields().map(|field| field.tag).collect::<Vec<_>>(),
        [Tag::Make]
    );
}

#[test]
fn damaged_structures_give_none() {
    let good = every_tag(true).build();
    for bytes in [
        &b""[..],
        b"II*\0",
        b"XX*\0\x08\0\0\0",
        b"II*\0\x08\0\0\0\x05\0",
        b"MM\0*\0\0\0\x02",
        &good[..20],
    ] {
        assert_eq!(for_copy(bytes, COPY), None, "{bytes:?}");
    }
    let only_gps = TiffBuilder::new(true).gps(1, Data::Ascii(b"N")).build();
    assert_eq!(for_copy(&only_gps, NO_GPS), None);
}

#[test]
fn a_structure_too_long_for_a_segment_is_made_anew() {
    let tiff = every_tag(false)
        .exif(0xa20c, Data::Undefined(vec![1; LONGEST_TIFF_BYTES]))
        .build();
    let copy = for_copy(&tiff, COPY).unwrap();
    assert!(copy.len() < 2000);
    let read = |tiff: &[u8]| exif::read(&insert_into_jpeg(vec![0xff, 0xd8, 0xff, 0xd9], tiff));
    let camera = read(&copy).camera;
    // The label stands in the maker note, which is not kept.
    let expected = CameraFacts {
        user_label: None,
        ..read(&every_tag(false).build()).camera
    };
    assert_eq!(camera, expected);
    assert!(camera.position.is_some());
    assert_eq!(number(&parse(&copy), Tag::Orientation), Some(1));
}

#[test]
fn the_segment_stands_right_behind_the_start_of_the_image() {
    let file = insert_into_jpeg(b"\xff\xd8\xff\xe0\0\x02\xff\xd9".to_vec(), b"II*\0");
    assert_eq!(
        file,
        b"\xff\xd8\xff\xe1\0\x0cExif\0\0II*\0\xff\xe0\0\x02\xff\xd9"
    );
}

#[test]
fn the_longest_structure_fits_and_one_byte_more_does_not() {
    let jpeg = vec![0xff, 0xd8, 0xff, 0xd9];
    let longest = insert_into_jpeg(jpeg.clone(), &vec![7; LONGEST_TIFF_BYTES]);
    assert_eq!(longest[4..6], [0xff, 0xff]);
    assert_eq!(longest.len(), 4 + 4 + 6 + LONGEST_TIFF_BYTES);
    assert_eq!(
        insert_into_jpeg(jpeg.clone(), &vec![7; LONGEST_TIFF_BYTES + 1]),
        jpeg
    );
    assert_eq!(insert_into_jpeg(b"GIF89a".to_vec(), b"II*\0"), b"GIF89a");
}

#[test]
fn directories_piled_on_each_other_take_no_longer() {
    // One directory whose thousands of entries each claim all bytes, and which is its own next.
    let count = 5400u16;
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend(count.to_le_bytes());
    for index in 0..count {
        tiff.extend([(index & 0xff) as u8, 1, 7, 0, 0, 0xfd, 0, 0, 8, 0, 0, 0]);
    }
    tiff.extend([8, 0, 0, 0]);
    tiff.resize(LONGEST_TIFF_BYTES, 0);
    let start = Instant::now();
    let _ = for_copy(&tiff, COPY);
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "took {:?}",
        start.elapsed()
    );
}

fn any_options() -> impl Strategy<Value = KeptExif> {
    (any::<bool>(), any::<bool>(), any::<u32>(), any::<u32>()).prop_map(
        |(strip_gps, drop_opaque, width, height)| KeptExif {
            strip_gps,
            drop_opaque,
            width,
            height,
        },
    )
}

proptest! {
    #[test]
    fn arbitrary_structures_never_panic(
        header in prop::sample::select(vec![&b"II*\0\x08\0\0\0"[..], b"MM\0*\0\0\0\x08", b""]),
        rest in prop::collection::vec(any::<u8>(), 0..400),
        options in any_options(),
    ) {
        let tiff = [header, &rest].concat();
        if let Some(copy) = for_copy(&tiff, options) {
            prop_assert!(copy.len() <= tiff.len());
        }
    }

    #[test]
    fn mutated_structures_never_panic_and_never_keep_the_thumbnail_pointer(
        little_endian in any::<bool>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        options in any_options(),
    ) {
        let mut tiff = every_tag(little_endian).exif(0x927c, Data::Undefined(reconyx::ultrafire())).build();
        for (at, byte) in damage {
            let at = at.index(tiff.len());
            tiff[at] = byte;
        }
        if let Some(copy) = for_copy(&tiff, options) {
            let read = Reader::new().continue_on_error(true).read_raw(copy);
            if let Ok(read) = read.or_else(|error| error.distill_partial_result(|_| ())) {
                prop_assert!(read.fields().all(|field| field.ifd_num == In::PRIMARY));
                prop_assert!(read.get_field(Tag::JPEGInterchangeFormat, In::PRIMARY).is_none());
            }
        }
    }

    #[test]
    fn making_a_copy_of_a_copy_changes_nothing(little_endian in any::<bool>(), options in any_options()) {
        let once = for_copy(&every_tag(little_endian).build(), options).unwrap();
        prop_assert_eq!(for_copy(&once, options), Some(once));
    }
}
