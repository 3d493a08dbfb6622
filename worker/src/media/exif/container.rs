//! Where image files keep their TIFF structures and XMP packets.

mod jpeg;
mod png;

use std::borrow::Cow;

/// The metadata of an image file. All of it is given as it stands in the file; what the end of
/// the file cuts off is given as far as it goes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found<'a> {
    /// TIFF structures (TIFF 6.0, section 2), in their order.
    pub structures: Vec<Cow<'a, [u8]>>,
    /// Whether the only structure is the file itself, pixels and all.
    pub is_whole_file: bool,
    /// XMP packets, in their order.
    pub packets: Vec<Cow<'a, [u8]>>,
}

/// The most structures, and the most packets, that are taken in: real files have two.
const MOST: usize = 16;

impl<'a> Found<'a> {
    fn add_structure(&mut self, tiff: impl Into<Cow<'a, [u8]>>) {
        if self.structures.len() < MOST {
            self.structures.push(tiff.into());
        }
    }

    fn add_packet(&mut self, packet: impl Into<Cow<'a, [u8]>>) {
        if self.packets.len() < MOST {
            self.packets.push(packet.into());
        }
    }
}

/// Finds the metadata of an image file, told apart by content. Reads no pixels.
pub(super) fn find(bytes: &[u8]) -> Found<'_> {
    let mut found = Found::default();
    if bytes.starts_with(&[0xff, 0xd8]) {
        jpeg::find(bytes, &mut found);
    } else if let Some(chunks) = bytes.strip_prefix(png::SIGNATURE) {
        png::find(chunks, &mut found);
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        in_webp(bytes.get(12..).unwrap_or_default(), &mut found);
    } else if bytes.starts_with(b"II\x2a\0") || bytes.starts_with(b"MM\0\x2a") {
        found.is_whole_file = true;
        found.add_structure(bytes);
    }
    found
}

/// The `EXIF` and `XMP ` chunks.
fn in_webp<'a>(mut rest: &'a [u8], found: &mut Found<'a>) {
    while let Some((kind, after)) = rest.split_first_chunk::<4>()
        && let Some((length, data)) = after.split_first_chunk()
        && let Ok(length) = usize::try_from(u32::from_le_bytes(*length))
    {
        let content = data.get(..length.min(data.len())).unwrap_or_default();
        match kind {
            b"EXIF" => found.add_structure(unmarked(content)),
            b"XMP " => found.add_packet(content),
            _ => {}
        }
        let next = length
            .checked_add(length % 2)
            .and_then(|next| data.get(next..));
        rest = next.unwrap_or_default();
    }
}

/// A structure without the marker of a JPEG segment, which many programs put in front of it in
/// other formats too, and some twice.
fn unmarked(mut content: &[u8]) -> &[u8] {
    while let Some(tiff) = without_marker(content) {
        content = tiff;
    }
    content
}

/// Takes the `Exif\0\0` marker off, and up to four bytes before it that do not belong there.
/// Its last byte is padding, and some cameras write 0xff.
fn without_marker(content: &[u8]) -> Option<&[u8]> {
    const MARKER: &[u8] = b"Exif\0";
    const MOST_BYTES_BEFORE: usize = 4;
    let mut starts = content.windows(MARKER.len()).take(MOST_BYTES_BEFORE + 1);
    let at = starts.position(|start| start.eq_ignore_ascii_case(MARKER))?;
    content.get(at + MARKER.len() + 1..)
}

#[cfg(test)]
mod tests;
