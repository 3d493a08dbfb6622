//! The camera's metadata in an annotated copy: all that still holds for the copy, and nothing
//! that shows what the copy hides.

mod privacy;
mod structure;

use std::{borrow::Cow, ops::Range};

use self::structure::{Directory, TiffStructure};
use crate::media::exif;

/// The longest TIFF structure that a JPEG segment holds, in bytes: 65,535 less two for the
/// length and six for the marker.
pub const LONGEST_TIFF_BYTES: usize = 65_527;

const IMAGE_WIDTH: u16 = 0x0100;
const IMAGE_LENGTH: u16 = 0x0101;
const ORIENTATION: u16 = 0x0112;
const EXIF_IFD: u16 = 0x8769;
const GPS_IFD: u16 = 0x8825;
const INTEROP_IFD: u16 = 0xa005;
const PIXEL_X_DIMENSION: u16 = 0xa002;
const PIXEL_Y_DIMENSION: u16 = 0xa003;

/// What must change in metadata that goes into an annotated copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptExif {
    /// Remove the GPS position, and texts that may hold one.
    pub strip_gps: bool,
    /// Remove maker notes and everything else that may hold a picture: set when something in
    /// the picture was made unrecognisable.
    pub drop_opaque: bool,
    /// Width of the copy in pixels.
    pub width: u32,
    /// Height of the copy in pixels.
    pub height: u32,
}

impl KeptExif {
    /// Whether nothing may stay that cannot be looked into. A maker note may hold a preview as
    /// well as a position.
    fn is_strict(self) -> bool {
        self.strip_gps || self.drop_opaque
    }
}

/// Makes the TIFF structure for an annotated copy out of that of its original: the orientation
/// becomes 1 and the sizes those of the copy, since its pixels are upright and may be fewer.
///
/// Thumbnails, and other pictures that the directories point at, go, and their bytes become
/// zeros. With `strip_gps`, the GPS directory goes, and every text that may hold a position. XMP
/// packets and other metadata of the file around the structure are never in a copy. With
/// `strip_gps` or `drop_opaque`, maker notes and other opaque values go too, and
/// every byte that no remaining tag refers to becomes zero. All other tags stay as they are and
/// where they are, so that the offsets inside maker notes still hold.
///
/// A structure too long for a JPEG segment ([`LONGEST_TIFF_BYTES`]) is made anew from its
/// descriptive tags. `None` when the structure is damaged or nothing is left of it.
#[must_use]
pub fn for_copy(tiff: &[u8], options: KeptExif) -> Option<Vec<u8>> {
    let source = if tiff.len() > LONGEST_TIFF_BYTES {
        Cow::Owned(exif::descriptive_tiff(tiff)?)
    } else {
        Cow::Borrowed(tiff)
    };
    let mut structure = TiffStructure::parse(source.into_owned())?;
    let pictures = mask(picture_ranges(&structure)?, structure.len());
    drop_entries(&mut structure, options)?;
    describe_copy(&mut structure, options)?;
    structure.clear_next(structure.first()?)?;

    let kept = mask(kept_ranges(&structure)?, structure.len());
    let erased = kept
        .iter()
        .zip(&pictures)
        .map(|(kept, picture)| !kept && (options.is_strict() || *picture));
    let erased: Vec<bool> = erased.collect();
    let tiff = structure.erase(&erased);
    (tiff.len() <= LONGEST_TIFF_BYTES).then_some(tiff)
}

/// Puts a TIFF structure into a JPEG file, in an APP1 segment right behind the start of the
/// image, where EXIF 2.32 (4.5.4) wants it, and before a JFIF segment. A structure longer than
/// [`LONGEST_TIFF_BYTES`], or a file that is no JPEG, leaves the file as it is.
#[must_use]
pub fn insert_into_jpeg(jpeg: Vec<u8>, tiff: &[u8]) -> Vec<u8> {
    let Some(rest) = jpeg.strip_prefix(&[0xff, 0xd8]) else {
        return jpeg;
    };
    let Some(length) = u16::try_from(tiff.len() + 8).ok() else {
        return jpeg;
    };
    [
        &[0xff, 0xd8, 0xff, 0xe1][..],
        &length.to_be_bytes(),
        b"Exif\0\0",
        tiff,
        rest,
    ]
    .concat()
}

/// The directories behind the first one, their values, and every picture that a directory
/// points at.
fn picture_ranges(structure: &TiffStructure) -> Option<Vec<Range<usize>>> {
    let first = structure.directory(structure.first()?)?;
    let mut ranges = pointed_pictures(structure, &first);
    for directory in structure.later_directories(&first) {
        ranges.extend(pointed_pictures(structure, &directory));
        ranges.extend(directory.ranges());
    }
    Some(ranges)
}

fn pointed_pictures(structure: &TiffStructure, directory: &Directory) -> Vec<Range<usize>> {
    let numbers = |tag| {
        directory
            .entry(tag)
            .map(|entry| structure.numbers(entry))
            .unwrap_or_default()
    };
    privacy::PICTURE_POINTERS
        .iter()
        .flat_map(|(offsets, lengths)| numbers(*offsets).into_iter().zip(numbers(*lengths)))
        .map(|(start, length)| start..start.saturating_add(length))
        .collect()
}

/// Takes the entries out that must not or cannot stay: those that `options` forbids, pointers
/// to pictures, and pointers to directories that are not there.
fn drop_entries(structure: &mut TiffStructure, options: KeptExif) -> Option<()> {
    let first = structure.first()?;
    if options.strip_gps {
        drop_telling(structure, first)?;
    }
    if let Some(exif) = structure.child(first, EXIF_IFD) {
        if options.strip_gps {
            drop_telling(structure, exif)?;
        }
        if let Some(interop) = structure.child(exif, INTEROP_IFD) {
            structure.retain(interop, |entry| privacy::may_stay(entry, options))?;
        }
        let is_interop_there = structure.child(exif, INTEROP_IFD).is_some();
        structure.retain(exif, |entry| match entry.tag {
            INTEROP_IFD => is_interop_there,
            // Readers expect it in the first directory only.
            GPS_IFD => false,
            _ => privacy::may_stay(entry, options),
        })?;
    }
    let is_exif_there = structure.child(first, EXIF_IFD).is_some();
    let is_gps_there = structure.child(first, GPS_IFD).is_some();
    structure.retain(first, |entry| match entry.tag {
        EXIF_IFD => is_exif_there,
        GPS_IFD => is_gps_there && !options.strip_gps,
        _ => privacy::may_stay(entry, options),
    })?;
    (!structure.directory(first)?.entries.is_empty()).then_some(())
}

/// Takes the entries out that may tell where the picture was taken.
fn drop_telling(structure: &mut TiffStructure, directory_at: usize) -> Option<()> {
    let directory = structure.directory(directory_at)?;
    let telling = privacy::telling_places(structure, &directory);
    structure.retain(directory_at, |entry| !telling.contains(&entry.at))
}

/// Makes the tags about the picture's shape those of the copy.
fn describe_copy(structure: &mut TiffStructure, options: KeptExif) -> Option<()> {
    let first = structure.first()?;
    structure.set_short(first, ORIENTATION, 1)?;
    structure.set_long(first, IMAGE_WIDTH, options.width)?;
    structure.set_long(first, IMAGE_LENGTH, options.height)?;
    if let Some(exif) = structure.child(first, EXIF_IFD) {
        structure.set_long(exif, PIXEL_X_DIMENSION, options.width)?;
        structure.set_long(exif, PIXEL_Y_DIMENSION, options.height)?;
    }
    Some(())
}

/// What the remaining tags need: header, directories and values.
fn kept_ranges(structure: &TiffStructure) -> Option<Vec<Range<usize>>> {
    let first = structure.first()?;
    let exif = structure.child(first, EXIF_IFD);
    let interop = exif.and_then(|exif| structure.child(exif, INTEROP_IFD));
    let gps = structure.child(first, GPS_IFD);
    let header = 0..structure::HEADER_BYTES;
    let mut ranges = vec![header];
    for at in [Some(first), exif, interop, gps].into_iter().flatten() {
        ranges.extend(structure.directory(at)?.ranges());
    }
    Some(ranges)
}

/// Which of `length` bytes lie in one of the ranges. Visits each byte once, however many
/// ranges a hostile file lays over each other.
fn mask(mut ranges: Vec<Range<usize>>, length: usize) -> Vec<bool> {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut mask = Vec::with_capacity(length);
    for range in ranges {
        mask.resize(mask.len().max(range.start.min(length)), false);
        mask.resize(mask.len().max(range.end.min(length)), true);
    }
    mask.resize(length, false);
    mask
}

#[cfg(test)]
mod tests;
