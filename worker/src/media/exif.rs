//! What cameras write into their files.

mod capture_time;
mod container;
mod descriptive;
mod number;
mod position;
mod reconyx;
mod text;
#[cfg(test)]
#[path = "../../tests/support/tiff_builder.rs"]
pub(crate) mod tiff_builder;

use ::exif::{Exif, In, Reader, Tag, Value};
use common::media::{CameraFacts, CaptureTime};

use self::{container::TiffSource, reconyx::ReconyxFacts};
use crate::media::orientation::Orientation;

/// EXIF's mark for "unknown" in the denominator of an ambient temperature (EXIF 2.31, 0x9400).
const UNKNOWN_DENOMINATOR: i32 = -1;

/// What was read from a file's metadata.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MediaMetadata {
    /// What goes into the record.
    pub camera: CameraFacts,
    /// How to make the pixels upright.
    pub orientation: Orientation,
    /// The raw TIFF structure (without the `Exif\0\0` marker), to be kept in annotated copies.
    /// A TIFF file is such a structure itself, pixels and all; here it is a small one rebuilt
    /// from its descriptive tags.
    pub tiff: Option<Vec<u8>>,
}

/// Reads the metadata of an image file of any supported format. Damaged or missing metadata
/// gives what could be read, never an error: a picture without metadata is still a picture.
///
/// Reads EXIF 2.32 tags from JPEG (its first MiB), PNG (`eXIf`), WebP (`EXIF`) and TIFF. Where
/// EXIF has no capture time, serial number or temperature, Reconyx maker notes give them.
///
/// The capture time is `DateTimeOriginal` and nothing else: `DateTimeDigitized` is the moment of
/// the scan for a scanned picture, and `DateTime` changes whenever a program saves the file.
#[must_use]
pub fn read(bytes: &[u8]) -> MediaMetadata {
    let Some(source) = container::find(bytes) else {
        return MediaMetadata::default();
    };
    let tiff = match source {
        TiffSource::Embedded(tiff) | TiffSource::WholeFile(tiff) => tiff,
    };
    let Some(exif) = parse(tiff) else {
        return MediaMetadata::default();
    };
    MediaMetadata {
        camera: camera_facts(&exif),
        orientation: orientation(&exif),
        tiff: match source {
            TiffSource::Embedded(tiff) => Some(tiff.to_vec()),
            TiffSource::WholeFile(_) => descriptive::rebuild(&exif),
        },
    }
}

/// Rebuilds a TIFF structure from its descriptive tags alone, without maker notes, thumbnails
/// and anything long. `None` when nothing is left or readable.
#[must_use]
pub(crate) fn descriptive_tiff(tiff: &[u8]) -> Option<Vec<u8>> {
    descriptive::rebuild(&parse(tiff)?)
}

fn parse(tiff: &[u8]) -> Option<Exif> {
    Reader::new()
        .continue_on_error(true)
        .read_raw(tiff.to_vec())
        .or_else(|error| error.distill_partial_result(|_| ()))
        .ok()
}

fn camera_facts(exif: &Exif) -> CameraFacts {
    let make = text::of(exif, Tag::Make);
    let reconyx = value(exif, Tag::MakerNote)
        .and_then(bytes_of)
        .and_then(|note| ReconyxFacts::read(note, make.as_deref()))
        .unwrap_or_default();
    let from_note = |local| CaptureTime {
        local,
        offset_minutes: None,
    };
    CameraFacts {
        captured: capture_time::of(exif).or_else(|| reconyx.local.map(from_note)),
        make,
        model: text::of(exif, Tag::Model),
        serial_number: text::of(exif, Tag::BodySerialNumber).or(reconyx.serial_number),
        temperature_celsius: temperature_celsius(exif).or(reconyx.temperature_celsius),
        position: position::of(exif),
        description: text::of(exif, Tag::ImageDescription),
    }
}

fn orientation(exif: &Exif) -> Orientation {
    value(exif, Tag::Orientation)
        .and_then(|value| value.get_uint(0))
        .map_or(Orientation::Upright, Orientation::from_exif)
}

fn temperature_celsius(exif: &Exif) -> Option<f64> {
    let value = value(exif, Tag::Temperature)?;
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

fn value(exif: &Exif, tag: Tag) -> Option<&Value> {
    exif.get_field(tag, In::PRIMARY).map(|field| &field.value)
}

fn bytes_of(value: &Value) -> Option<&[u8]> {
    match value {
        Value::Undefined(bytes, _) | Value::Byte(bytes) => Some(bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
