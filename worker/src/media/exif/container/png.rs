//! The chunks of a PNG file.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::{Found, jpeg::XMP_MARKER, unmarked};

/// What a PNG file begins with.
pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The keyword of the text chunk that holds an XMP packet (XMP part 3, 1.1.5).
const XMP: &[u8] = b"XML:com.adobe.xmp\0";

/// The beginning of the keywords of chunks in which ImageMagick and others keep the segments of a
/// JPEG file, in hexadecimal.
const RAW_PROFILE: &[u8] = b"Raw profile type ";

/// The longest unpacked content of a chunk, in bytes.
const LONGEST_CONTENT_BYTES: u64 = 1 << 20;

/// Finds what stands in the chunks behind the signature: `eXIf`, which may also stand behind the
/// pixels (PNG 3rd edition, 11.3.4.6), the XMP packet, and raw profiles.
pub(super) fn find<'a>(mut rest: &'a [u8], found: &mut Found<'a>) {
    while let Some((length, after)) = rest.split_first_chunk()
        && let Some((kind, data)) = after.split_first_chunk::<4>()
        && let Ok(length) = usize::try_from(u32::from_be_bytes(*length))
    {
        let content = data.get(..length.min(data.len())).unwrap_or_default();
        match kind {
            b"eXIf" => found.add_structure(unmarked(content)),
            b"iTXt" => add_packet(content, found),
            b"tEXt" | b"zTXt" => add_profile(content, kind == b"zTXt", found),
            _ => {}
        }
        // Behind the content stands its checksum.
        let next = length.checked_add(4).and_then(|next| data.get(next..));
        rest = next.unwrap_or_default();
    }
}

/// Takes in the packet of a text chunk: behind the keyword stand two bytes about compression and
/// two texts about the language.
fn add_packet<'a>(content: &'a [u8], found: &mut Found<'a>) {
    let Some([is_packed, _, texts @ ..]) = content.strip_prefix(XMP) else {
        return;
    };
    let Some(packet) = texts.splitn(3, |&byte| byte == 0).nth(2) else {
        return;
    };
    if *is_packed == 0 {
        found.add_packet(packet);
    } else {
        found.add_packet(unpacked(packet));
    }
}

/// Takes in a raw profile: its keyword, a NUL, for `zTXt` the method of compression, and a text of
/// a name, a length and hexadecimal digits.
fn add_profile(content: &[u8], is_packed: bool, found: &mut Found<'_>) {
    let Some(named) = content.strip_prefix(RAW_PROFILE) else {
        return;
    };
    let Some(end) = named.iter().position(|&byte| byte == 0) else {
        return;
    };
    let (name, text) = named.split_at(end);
    let is_metadata = [&b"exif"[..], b"APP1"]
        .iter()
        .any(|kind| name.eq_ignore_ascii_case(kind));
    if !is_metadata {
        return;
    }
    let segment = if is_packed {
        segment_of(&unpacked(text.get(2..).unwrap_or_default()))
    } else {
        segment_of(text.get(1..).unwrap_or_default())
    };
    let Some(segment) = segment else {
        return;
    };
    match segment.strip_prefix(XMP_MARKER) {
        Some(packet) => found.add_packet(packet.to_vec()),
        None => found.add_structure(unmarked(&segment).to_vec()),
    }
}

/// The bytes of a profile's text; `None` when it is none.
fn segment_of(text: &[u8]) -> Option<Vec<u8>> {
    let mut lines = text.trim_ascii_start().splitn(3, |&byte| byte == b'\n');
    let digits = lines.nth(2)?;
    let digits: Vec<u8> = digits
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let even = digits.get(..digits.len() - digits.len() % 2)?;
    data_encoding::HEXLOWER_PERMISSIVE.decode(even).ok()
}

/// Unpacks zlib data as far as it goes.
fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    // What was unpacked before an error stays.
    let _ = ZlibDecoder::new(packed)
        .take(LONGEST_CONTENT_BYTES)
        .read_to_end(&mut content);
    content
}
