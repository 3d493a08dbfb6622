//! What cameras write into their files.

mod capture_time;
mod charset;
mod comment;
mod container;
mod date_time;
mod descriptive;
mod number;
mod other_times;
mod position;
mod reconyx;
mod repair;
mod tags;
mod text;
#[cfg(test)]
#[path = "../../tests/support/tiff_builder.rs"]
pub(crate) mod tiff_builder;
mod utc_offset;
mod xmp;

use ::exif::{Context, Tag, Value};
use common::media::{CameraFacts, CaptureTime};

use self::{reconyx::ReconyxFacts, tags::Tags};
use crate::media::orientation::Orientation;

/// EXIF's mark for "unknown" in the denominator of an ambient temperature (EXIF 2.31, 0x9400).
const UNKNOWN_DENOMINATOR: i32 = -1;

/// An XMP packet in a TIFF structure (XMP part 3, 2.3).
const XMP: Tag = Tag(Context::Tiff, 0x02bc);

/// What was read from a file's metadata.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MediaMetadata {
    /// What goes into the record.
    pub camera: CameraFacts,
    /// How to make the pixels upright.
    pub orientation: Orientation,
    /// The raw TIFF structures (without the `Exif\0\0` marker), to be kept in annotated copies, in
    /// their order. A TIFF file is such a structure itself, pixels and all; here it is a small one
    /// rebuilt from its descriptive tags.
    pub structures: Vec<Vec<u8>>,
}

/// Reads the metadata of an image file of any supported format. Damaged or missing metadata
/// gives what could be read, never an error: a picture without metadata is still a picture.
///
/// Reads EXIF 2.32 tags from JPEG (its first MiB), PNG (`eXIf`), WebP (`EXIF`) and TIFF; where a
/// JPEG has several segments with EXIF, each fills in what those before do not say. Where EXIF has
/// no capture time, serial number or temperature, Reconyx maker notes give them.
///
/// The capture time is `DateTimeOriginal` and nothing else. Where there is none, the other times
/// of the file, those of its XMP packets too, are told in a note.
#[must_use]
pub fn read(bytes: &[u8]) -> MediaMetadata {
    let found = container::find(bytes);
    let tags = Tags::of(&found.structures);
    let packets: Vec<Vec<u8>> = found.packets.iter().map(|packet| packet.to_vec()).collect();
    MediaMetadata {
        camera: camera_facts(&tags, packets),
        orientation: orientation(&tags),
        structures: if found.is_whole_file {
            let rebuilt = tags.structures().filter_map(descriptive::rebuild);
            rebuilt.collect()
        } else {
            let sound = found
                .structures
                .iter()
                .filter(|tiff| tags::parse(tiff).is_some());
            sound.map(|tiff| tiff.to_vec()).collect()
        },
    }
}

/// Rebuilds a TIFF structure from its descriptive tags alone, without maker notes, thumbnails
/// and anything long. `None` when nothing is left or readable.
#[must_use]
pub(crate) fn descriptive_tiff(tiff: &[u8]) -> Option<Vec<u8>> {
    descriptive::rebuild(&tags::parse(tiff)?)
}

fn camera_facts(tags: &Tags, mut packets: Vec<Vec<u8>>) -> CameraFacts {
    let make = tags.text(Tag::Make);
    let reconyx = tags
        .value(Tag::MakerNote)
        .and_then(text::bytes_of)
        .and_then(|note| ReconyxFacts::read(note, make.as_deref(), tags.charset()))
        .unwrap_or_default();
    let from_note = |local| CaptureTime {
        local,
        offset_minutes: None,
    };
    let reading = capture_time::of(tags);
    let captured = reading.captured.or_else(|| reconyx.local.map(from_note));
    let mut notes: Vec<String> = reading.note.into_iter().collect();
    if captured.is_none() {
        let in_tags = tags.values(XMP).filter_map(text::bytes_of);
        packets.extend(in_tags.map(<[u8]>::to_vec));
        notes.extend(other_times::of(tags, &packets));
    }
    CameraFacts {
        captured,
        time_notes: (!notes.is_empty()).then(|| notes.join("; ")),
        make,
        model: tags.text(Tag::Model),
        serial_number: tags.text(Tag::BodySerialNumber).or(reconyx.serial_number),
        user_label: reconyx.user_label,
        temperature_celsius: temperature_celsius(tags).or(reconyx.temperature_celsius),
        position: tags.gps().find_map(position::of),
        description: tags.text(Tag::ImageDescription),
        comment: tags.comment(),
    }
}

/// That of the first structure that has one: decoders take no other tag for it.
fn orientation(tags: &Tags) -> Orientation {
    tags.structures()
        .find_map(|exif| tags::value(exif, Tag::Orientation)?.get_uint(0))
        .map_or(Orientation::Upright, Orientation::from_exif)
}

fn temperature_celsius(tags: &Tags) -> Option<f64> {
    let value = tags.value(Tag::Temperature)?;
    if let Value::SRational(parts) = value
        && parts.first()?.denom == UNKNOWN_DENOMINATOR
    {
        return None;
    }
    number::at(value, 0).filter(|celsius| is_on_earth(*celsius))
}

/// Whether a temperature in degrees Celsius can be that of the air around a camera.
fn is_on_earth(celsius: f64) -> bool {
    (-90.0..=90.0).contains(&celsius)
}

/// What one structure says.
#[cfg(test)]
fn facts_of(tiff: &[u8]) -> CameraFacts {
    camera_facts(&Tags::of(&[tiff]), Vec::new())
}

#[cfg(test)]
mod tests;
