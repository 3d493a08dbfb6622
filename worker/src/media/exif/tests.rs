use std::time::{Duration, Instant};

use common::media::Position;
use jiff::civil::datetime;
use proptest::prelude::*;

use super::{
    tiff_builder::{Data, TiffBuilder, every_tag, reconyx},
    *,
};

/// A JPEG file that ends where its pixels would begin.
fn jpeg_head(tiff: &[u8]) -> Vec<u8> {
    let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
    [
        b"\xff\xd8\xff\xe1",
        &length[..],
        b"Exif\0\0",
        tiff,
        b"\xff\xda\0\x02",
    ]
    .concat()
}

fn read_tags(builder: TiffBuilder) -> MediaMetadata {
    read(&jpeg_head(&builder.build()))
}

#[test]
fn every_tag_is_read_in_both_byte_orders() {
    let position = Position::new(
        -(2.0 + 30.0 / 60.0 + 18.51 / 3600.0),
        -(54.0 + 15.0 / 60.0 + 3.0 / 3600.0),
        Some(-12.5),
    );
    let expected = CameraFacts {
        captured: Some(CaptureTime {
            local: datetime(2019, 3, 4, 5, 6, 7, 250_000_000),
            offset_minutes: Some(330),
        }),
        make: Some("RECONYX".into()),
        model: Some("HC600 HYPERFIRE".into()),
        serial_number: Some("SN-0042".into()),
        temperature_celsius: Some(-7.5),
        position,
        description: Some("Pürschweg 7, by the brook".into()),
        comment: Some("a comment long enough to be a value of its own, and then some".into()),
        user_label: Some("SITE 7".into()),
        time_notes: None,
    };
    for little_endian in [false, true] {
        let tiff = every_tag(little_endian).build();
        let metadata = read(&jpeg_head(&tiff));
        assert_eq!(metadata.camera, expected);
        assert_eq!(metadata.orientation, Orientation::TurnRight);
        assert_eq!(metadata.structures, [tiff]);
    }
}

#[test]
fn a_tiff_file_keeps_a_small_structure_that_reads_the_same() {
    let file = every_tag(true)
        .ifd0(0x0111, Data::Long(vec![8; 5000]))
        .build();
    let metadata = read(&file);
    assert_eq!(metadata.camera, read_tags(every_tag(true)).camera);
    let kept = metadata.structures.into_iter().next().unwrap();
    assert!(kept.len() < 2000, "{} bytes", kept.len());
    let read_again = read(&jpeg_head(&kept)).camera;
    // The label stands in the maker note, which is not kept.
    let expected = CameraFacts {
        user_label: None,
        ..metadata.camera
    };
    assert_eq!(read_again, expected);
}

#[test]
fn no_other_time_stands_in_for_the_capture_time() {
    let metadata = read_tags(
        TiffBuilder::new(true)
            .ifd0(0x0132, Data::Ascii(b"2022:02:02 02:02:02"))
            .exif(0x9003, Data::Ascii(b"0000:00:00 00:00:00"))
            .exif(0x9004, Data::Ascii(b"2021:01:01 01:01:01"))
            .gps(0x001d, Data::Ascii(b"2021:01:01")),
    );
    let notes = "DateTimeOriginal: not set; CreateDate 2021:01:01 01:01:01; \
        ModifyDate 2022:02:02 02:02:02; GPS 2021:01:01";
    let expected = CameraFacts {
        time_notes: Some(notes.into()),
        ..CameraFacts::default()
    };
    assert_eq!(metadata.camera, expected);
}

/// A JPEG file with several segments.
fn jpeg_with(segments: &[&[u8]]) -> Vec<u8> {
    let mut file = b"\xff\xd8".to_vec();
    for content in segments {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        file.extend([b"\xff\xe1", &length[..], content].concat());
    }
    file.extend(b"\xff\xda\0\x02");
    file
}

#[test]
fn a_second_segment_fills_in_what_the_first_does_not_say() {
    let first = TiffBuilder::new(true).ifd0(0x010f, Data::Ascii(b"Bushnell"));
    let second = TiffBuilder::new(false)
        .ifd0(0x010f, Data::Ascii(b"Other"))
        .exif(0x9003, Data::Ascii(b"2020:05:06 07:08:09"));
    let tiffs = [first.build(), second.build()];
    let segments = tiffs
        .each_ref()
        .map(|tiff| [b"Exif\0\0", tiff.as_slice()].concat());
    let metadata = read(&jpeg_with(&segments.each_ref().map(Vec::as_slice)));
    assert_eq!(metadata.camera.make.as_deref(), Some("Bushnell"));
    let local = metadata.camera.captured.unwrap().local;
    assert_eq!(local, datetime(2020, 5, 6, 7, 8, 9, 0));
    assert_eq!(metadata.structures, tiffs);
}

#[test]
fn times_in_a_packet_are_told_and_not_taken() {
    let packet =
        br#"<d xmlns:e="http://ns.adobe.com/exif/1.0/" e:DateTimeOriginal="2020-05-06T07:08:09"/>"#;
    let segment = [b"http://ns.adobe.com/xap/1.0/\0", &packet[..]].concat();
    let camera = read(&jpeg_with(&[&segment])).camera;
    assert_eq!(camera.captured, None);
    let notes = camera.time_notes.unwrap();
    assert_eq!(notes, "XMP DateTimeOriginal 2020-05-06T07:08:09");
}

#[test]
fn pointers_of_the_type_of_directories_are_followed() {
    for little_endian in [false, true] {
        let mut tiff = every_tag(little_endian).build();
        let expected = read(&jpeg_head(&tiff)).camera;
        for tag in [0x8769u16, 0x8825] {
            let order = |number: u16| {
                if little_endian {
                    number.to_le_bytes()
                } else {
                    number.to_be_bytes()
                }
            };
            let at = tiff.windows(2).position(|pair| pair == order(tag)).unwrap();
            tiff[at + 2..at + 4].copy_from_slice(&order(13));
        }
        assert_eq!(read(&jpeg_head(&tiff)).camera, expected);
    }
}

#[test]
fn a_position_below_the_exif_directory_is_one_too() {
    for little_endian in [false, true] {
        let mut tiff = every_tag(little_endian)
            .exif(0x8825, Data::Long(vec![0]))
            .build();
        let expected = read(&jpeg_head(&tiff)).camera.position;
        let order = |number: u16| {
            if little_endian {
                number.to_le_bytes()
            } else {
                number.to_be_bytes()
            }
        };
        let pointers: Vec<usize> = (0..tiff.len() - 1)
            .filter(|at| tiff[*at..at + 2] == order(0x8825) && at % 2 == 0)
            .collect();
        let [first, second] = pointers[..] else {
            panic!("{pointers:?}");
        };
        // The first directory's pointer becomes a tag that means nothing.
        let place: Vec<u8> = tiff[first + 8..first + 12].to_vec();
        tiff[second + 8..second + 12].copy_from_slice(&place);
        tiff[first..first + 2].copy_from_slice(&order(0xfff0));
        assert!(expected.is_some());
        assert_eq!(read(&jpeg_head(&tiff)).camera.position, expected);
    }
}

#[test]
fn texts_of_one_camera_are_in_one_charset() {
    let camera = read_tags(
        TiffBuilder::new(true)
            .ifd0(
                0x010e,
                Data::Ascii(
                    b"\xc9\xad\xc1\xd6\xb1\xa3\xbb\xa4\xc7\xf8\xc8\xfd\xba\xc5\xcf\xe0\xbb\xfa",
                ),
            )
            .ifd0(0x0110, Data::Ascii(b"\xb1\xb1")),
    )
    .camera;
    assert_eq!(camera.description.as_deref(), Some("森林保护区三号相机"));
    assert_eq!(camera.model.as_deref(), Some("北"));
}

#[test]
fn a_reconyx_note_fills_in_what_exif_does_not_say() {
    let camera =
        read_tags(TiffBuilder::new(false).exif(0x927c, Data::Undefined(reconyx::hyperfire())))
            .camera;
    let captured = CaptureTime {
        local: datetime(2019, 3, 4, 5, 6, 7, 0),
        offset_minutes: None,
    };
    assert_eq!(camera.captured, Some(captured));
    assert_eq!(camera.serial_number.as_deref(), Some("P800BD05003063"));
    assert_eq!(camera.temperature_celsius, Some(-7.0));
    assert_eq!(camera.make, None);
}

#[test]
fn exif_goes_before_the_reconyx_note() {
    let camera = read_tags(
        TiffBuilder::new(true)
            .exif(0x9003, Data::Ascii(b"2019:03:04 06:06:07"))
            .exif(0x927c, Data::Undefined(reconyx::ultrafire()))
            .exif(0x9400, Data::SRational(vec![(-6, 1)])),
    )
    .camera;
    assert_eq!(
        camera.captured.unwrap().local,
        datetime(2019, 3, 4, 6, 6, 7, 0)
    );
    assert_eq!(camera.temperature_celsius, Some(-6.0));
    assert_eq!(camera.serial_number.as_deref(), Some("UXR6BI02004234"));
}

#[test]
fn temperatures_that_are_unknown_or_impossible_are_none() {
    let temperature = |part| {
        read_tags(TiffBuilder::new(true).exif(0x9400, Data::SRational(vec![part])))
            .camera
            .temperature_celsius
    };
    assert_eq!(temperature((215, 10)), Some(21.5));
    assert_eq!(temperature((-400, 10)), Some(-40.0));
    assert_eq!(temperature((0, 1)), Some(0.0));
    assert_eq!(temperature((20, -1)), None);
    assert_eq!(temperature((20, 0)), None);
    assert_eq!(temperature((999, 1)), None);
}

#[test]
fn all_eight_orientations_are_read_and_others_are_upright() {
    for value in 0..=10u16 {
        let metadata = read_tags(TiffBuilder::new(false).ifd0(0x0112, Data::Short(vec![value])));
        assert_eq!(metadata.orientation, Orientation::from_exif(value.into()));
    }
    assert_eq!(
        read_tags(TiffBuilder::new(false).ifd0(0x0112, Data::Ascii(b"6"))).orientation,
        Orientation::Upright
    );
}

#[test]
fn a_structure_that_breaks_off_gives_what_was_before() {
    let tiff = every_tag(true).build();
    let metadata = read(&jpeg_head(&tiff[..tiff.len() / 2]));
    assert_eq!(metadata.camera.make.as_deref(), Some("RECONYX"));
    assert_eq!(metadata.orientation, Orientation::TurnRight);
}

#[test]
fn files_without_metadata_give_none() {
    for bytes in [
        &b""[..],
        b"\xff\xd8\xff\xda",
        b"GIF89a",
        b"BM",
        b"\xff\xd8\xff\xe1\0\x0aExif\0\0no",
    ] {
        assert_eq!(read(bytes), MediaMetadata::default());
    }
}

fn assert_harmless(bytes: &[u8]) {
    let start = Instant::now();
    let metadata = read(bytes);
    assert!(
        metadata
            .camera
            .temperature_celsius
            .is_none_or(f64::is_finite)
    );
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "took {:?}",
        start.elapsed()
    );
}

proptest! {
    #[test]
    fn arbitrary_structures_never_panic_or_hang(
        header in prop::sample::select(vec![&b"II*\0\x08\0\0\0"[..], b"MM\0*\0\0\0\x08"]),
        rest in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let tiff = [header, &rest].concat();
        assert_harmless(&tiff);
        assert_harmless(&jpeg_head(&tiff));
    }

    #[test]
    fn mutated_structures_never_panic_or_hang(
        little_endian in any::<bool>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        keep in any::<prop::sample::Index>(),
    ) {
        let mut tiff = every_tag(little_endian).build();
        for (at, byte) in damage {
            let at = at.index(tiff.len());
            tiff[at] = byte;
        }
        assert_harmless(&jpeg_head(&tiff));
        tiff.truncate(keep.index(tiff.len()) + 1);
        assert_harmless(&tiff);
        assert_harmless(&jpeg_head(&tiff));
    }
}
