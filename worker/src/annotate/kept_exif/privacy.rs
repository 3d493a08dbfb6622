//! Which tags may show what an annotated copy hides.

use super::{
    KeptExif,
    structure::{Directory, Entry, TiffStructure},
};
use crate::media::place_in_text;

/// The longest value without a known meaning that stays in strict mode, in bytes: too short
/// for a picture.
const LONGEST_OPAQUE_BYTES: usize = 64;

/// The longest comment that stays in strict mode, in bytes: some cameras write other things
/// than text there.
const LONGEST_COMMENT_BYTES: usize = 1024;

/// Tags that point at pictures, with the tags that hold the lengths: strips, tiles, and a
/// thumbnail in JPEG.
pub(super) const PICTURE_POINTERS: [(u16, u16); 3] =
    [(0x0111, 0x0117), (0x0144, 0x0145), (0x0201, 0x0202)];

/// Directories of more pictures.
const SUB_IFDS: u16 = 0x014a;

/// XMP, IPTC, Photoshop's resources, the maker note and DNG's private data: formats of their
/// own, which may hold previews and positions.
const CONTAINERS: [u16; 5] = [0x02bc, 0x83bb, 0x8649, 0x927c, 0xc634];

/// User comment and the five texts of the Windows shell: text in the types of opaque data.
const TEXTS: [u16; 6] = [0x9286, 0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f];

const TYPE_BYTE: u16 = 1;
const TYPE_ASCII: u16 = 2;
const TYPE_SBYTE: u16 = 6;
const TYPE_UNDEFINED: u16 = 7;
const TYPE_UTF8: u16 = 129;

/// GeoTIFF's scale, tie points, matrix and keys, which place a picture on the Earth.
const GEO_TAGS: [u16; 6] = [0x830e, 0x8482, 0x85d8, 0x87af, 0x87b0, 0x87b1];

/// Dates in digits alone look like the metres of a grid.
const DATES: [u16; 3] = [0x0132, 0x9003, 0x9004];

/// The entries of a directory, by their places, whose text may hold a position, or whose numbers
/// do. GPS tags have a directory of their own.
pub(super) fn telling_places(structure: &TiffStructure, directory: &Directory) -> Vec<usize> {
    let tells = |entry: &&Entry| {
        let is_text = matches!(
            entry.kind,
            TYPE_ASCII | TYPE_BYTE | TYPE_SBYTE | TYPE_UNDEFINED | TYPE_UTF8
        );
        let may_tell = is_text
            && !DATES.contains(&entry.tag)
            && place_in_text::may_be_in(structure.value(entry));
        may_tell || GEO_TAGS.contains(&entry.tag)
    };
    let telling = directory.entries.iter().filter(tells);
    telling.map(|entry| entry.at).collect()
}

/// Whether an entry may stay in a copy.
pub(super) fn may_stay(entry: &Entry, options: KeptExif) -> bool {
    let points_at_picture = entry.tag == SUB_IFDS
        || PICTURE_POINTERS
            .iter()
            .any(|(offsets, lengths)| entry.tag == *offsets || entry.tag == *lengths);
    let is_forbidden = options.is_strict() && is_opaque(entry);
    !points_at_picture && !is_forbidden
}

/// Whether an entry's value cannot be known to be harmless: it is a format of its own, or long
/// bytes without a meaning, or it does not lie inside the structure.
fn is_opaque(entry: &Entry) -> bool {
    let Some(value) = &entry.value else {
        return true;
    };
    let is_untyped = matches!(entry.kind, TYPE_BYTE | TYPE_SBYTE | TYPE_UNDEFINED);
    let longest = if TEXTS.contains(&entry.tag) {
        LONGEST_COMMENT_BYTES
    } else {
        LONGEST_OPAQUE_BYTES
    };
    CONTAINERS.contains(&entry.tag) || (is_untyped && value.len() > longest)
}
