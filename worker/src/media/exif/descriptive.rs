//! A small TIFF structure made anew from the tags that describe a picture.

use std::io::Cursor;

use ::exif::{Context, Exif, Field, In, Tag, Value, experimental::Writer};

/// The longest value that is taken over, in bytes: room for any description, none for pictures.
const LONGEST_VALUE_BYTES: usize = 4096;

/// Tags of the first directory that describe the picture and not how its pixels are stored.
const DESCRIPTIVE: &[Tag] = &[
    Tag::ImageDescription,
    Tag::Make,
    Tag::Model,
    Tag::Orientation,
    Tag::XResolution,
    Tag::YResolution,
    Tag::ResolutionUnit,
    Tag::Software,
    Tag::DateTime,
    Tag::Artist,
    Tag::Copyright,
    // Of the EXIF directory; some programs put it here.
    Tag(Context::Tiff, 0x9003),
];

/// Writes a structure in the same byte order with the descriptive tags of the primary image and
/// all its EXIF and GPS tags but the maker note and overlong values. `None` when there are none.
pub(super) fn rebuild(exif: &Exif) -> Option<Vec<u8>> {
    let kept: Vec<&Field> = exif
        .fields()
        .filter(|field| is_kept(field) && is_first_of_its_tag(exif, field))
        .collect();
    if kept.is_empty() {
        return None;
    }
    let mut writer = Writer::new();
    for field in kept {
        writer.push_field(field);
    }
    let mut tiff = Cursor::new(Vec::new());
    writer.write(&mut tiff, exif.little_endian()).ok()?;
    Some(tiff.into_inner())
}

fn is_kept(field: &Field) -> bool {
    let is_descriptive = match field.tag.context() {
        Context::Tiff => DESCRIPTIVE.contains(&field.tag),
        Context::Exif => field.tag != Tag::MakerNote,
        Context::Gps => true,
        _ => false,
    };
    let size = size_bytes(&field.value);
    field.ifd_num == In::PRIMARY && is_descriptive && (1..=LONGEST_VALUE_BYTES).contains(&size)
}

/// The writer must not be given the same tag twice.
fn is_first_of_its_tag(exif: &Exif, field: &Field) -> bool {
    exif.get_field(field.tag, field.ifd_num)
        .is_some_and(|found| std::ptr::eq(found, field))
}

/// Bytes that a value takes; 0 for one of an unknown type, which cannot be written.
fn size_bytes(value: &Value) -> usize {
    match value {
        Value::Byte(parts) | Value::Undefined(parts, _) => parts.len(),
        Value::Ascii(parts) => parts.iter().map(|part| part.len() + 1).sum(),
        Value::SByte(parts) => parts.len(),
        Value::Short(parts) => parts.len() * 2,
        Value::SShort(parts) => parts.len() * 2,
        Value::Long(parts) => parts.len() * 4,
        Value::SLong(parts) => parts.len() * 4,
        Value::Float(parts) => parts.len() * 4,
        Value::Rational(parts) => parts.len() * 8,
        Value::SRational(parts) => parts.len() * 8,
        Value::Double(parts) => parts.len() * 8,
        Value::Unknown(..) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::exif::{
        facts_of,
        tags::parse,
        tiff_builder::{Data, TiffBuilder, every_tag},
    };

    #[test]
    fn every_description_survives_in_both_byte_orders() {
        for little_endian in [false, true] {
            let source = parse(&every_tag(little_endian).build()).unwrap();
            let rebuilt = parse(&rebuild(&source).unwrap()).unwrap();
            assert_eq!(rebuilt.little_endian(), little_endian);
            // The label stands in the maker note, which is not kept.
            let facts = |exif: &Exif| common::media::CameraFacts {
                user_label: None,
                ..facts_of(exif.buf())
            };
            assert_eq!(facts(&rebuilt), facts(&source));
            assert!(rebuilt.get_field(Tag::MakerNote, In::PRIMARY).is_none());
            assert!(rebuilt.fields().all(|field| field.ifd_num == In::PRIMARY));
        }
    }

    #[test]
    fn what_stores_pixels_and_what_is_too_long_is_left_out() {
        let tiff = TiffBuilder::new(true)
            .ifd0(0x0100, Data::Long(vec![4000]))
            .ifd0(0x010f, Data::Ascii(b"Maker"))
            .exif(0x9286, Data::Undefined(vec![7; LONGEST_VALUE_BYTES + 1]))
            .build();
        let rebuilt = parse(&rebuild(&parse(&tiff).unwrap()).unwrap()).unwrap();
        assert_eq!(
            rebuilt.fields().map(|field| field.tag).collect::<Vec<_>>(),
            [Tag::Make]
        );
    }

    #[test]
    fn nothing_worth_keeping_gives_nothing() {
        let tiff = TiffBuilder::new(true)
            .ifd0(0x0100, Data::Long(vec![4000]))
            .build();
        assert_eq!(rebuild(&parse(&tiff).unwrap()), None);
    }
}
