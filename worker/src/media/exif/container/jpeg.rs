//! The segments of a JPEG file before its pixels.

use super::{Found, unmarked, without_marker};

/// How far into a JPEG file the metadata is looked for.
const HEAD_BYTES: usize = 1 << 20;

const APP1: u8 = 0xe1;

/// The marker of a segment with an XMP packet (XMP part 3, 1.1.3).
pub(super) const XMP_MARKER: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// A structure of at least this many bytes may go on in the next segment: one holds 65,533.
const FULL_SEGMENT_BYTES: usize = 65_000;

/// Finds what stands in APP1 segments before the pixels begin.
pub(super) fn find<'a>(bytes: &'a [u8], found: &mut Found<'a>) {
    let head = bytes.get(2..bytes.len().min(HEAD_BYTES));
    let mut rest = head.unwrap_or_default();
    while let Some((marker, after)) = next_marker(rest) {
        rest = match marker {
            // Markers without content; a stuffed zero is left from damaged data.
            0x00 | 0x01 | 0xd0..=0xd8 => after,
            // The end of the file or the start of the pixels.
            0xd9 | 0xda => return,
            _ => {
                let Some((content, next)) = segment(after) else {
                    return;
                };
                if marker == APP1 {
                    add(content, found);
                }
                next
            }
        };
    }
}

/// Takes in the content of an APP1 segment.
fn add<'a>(content: &'a [u8], found: &mut Found<'a>) {
    if let Some(packet) = content.strip_prefix(XMP_MARKER) {
        found.add_packet(packet);
    } else if let Some(tiff) = without_marker(content) {
        let tiff = unmarked(tiff);
        match found.structures.last_mut() {
            Some(begun) if goes_on(begun, tiff) => begun.to_mut().extend_from_slice(tiff),
            _ => found.add_structure(tiff),
        }
    }
}

/// Whether a structure that was too long for its segment goes on in this one.
fn goes_on(begun: &[u8], next: &[u8]) -> bool {
    let is_new = next.starts_with(b"II\x2a\0") || next.starts_with(b"MM\0\x2a");
    begun.len() >= FULL_SEGMENT_BYTES && !is_new
}

/// The next marker, and what stands behind it.
fn next_marker(rest: &[u8]) -> Option<(u8, &[u8])> {
    let prefix = rest.iter().position(|&byte| byte == 0xff)?;
    let rest = rest.get(prefix..)?;
    let fill = rest.iter().take_while(|&&byte| byte == 0xff).count();
    let (&marker, after) = rest.get(fill..)?.split_first()?;
    Some((marker, after))
}

/// Splits what follows a marker into the segment's content and the rest.
fn segment(after: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, _) = after.split_first_chunk()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let content = after.get(2..length.min(after.len()))?;
    Some((content, after.get(length..).unwrap_or_default()))
}
