//! Where image files keep their TIFF structure.

/// How far into a JPEG file the metadata is looked for.
const JPEG_HEAD_BYTES: usize = 1 << 20;

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const APP1: u8 = 0xe1;

/// A TIFF structure (TIFF 6.0, section 2) and what holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TiffSource<'a> {
    /// A part of another format.
    Embedded(&'a [u8]),
    /// A TIFF file: the structure holds the pixels too.
    WholeFile(&'a [u8]),
}

/// Finds the TIFF structure of an image file, told apart by content. Reads no pixels. A
/// structure that is cut off by the end of the file is given as far as it goes.
pub(super) fn find(bytes: &[u8]) -> Option<TiffSource<'_>> {
    if bytes.starts_with(&[0xff, 0xd8]) {
        return in_jpeg(bytes).map(TiffSource::Embedded);
    }
    if let Some(chunks) = bytes.strip_prefix(PNG_SIGNATURE) {
        return in_png(chunks).map(TiffSource::Embedded);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return in_webp(bytes.get(12..)?).map(TiffSource::Embedded);
    }
    let is_tiff = bytes.starts_with(b"II\x2a\0") || bytes.starts_with(b"MM\0\x2a");
    is_tiff.then_some(TiffSource::WholeFile(bytes))
}

/// The first APP1 segment with EXIF in it, before the pixels begin.
fn in_jpeg(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.get(2..bytes.len().min(JPEG_HEAD_BYTES))?;
    loop {
        let prefix = rest.iter().position(|&byte| byte == 0xff)?;
        rest = rest.get(prefix..)?;
        let fill = rest.iter().take_while(|&&byte| byte == 0xff).count();
        let (&marker, after) = rest.get(fill..)?.split_first()?;
        rest = match marker {
            // Markers without content; a stuffed zero is left from damaged data.
            0x00 | 0x01 | 0xd0..=0xd8 => after,
            // The end of the file or the start of the pixels.
            0xd9 | 0xda => return None,
            _ => {
                let (content, next) = jpeg_segment(after)?;
                if let Some(tiff) = without_marker(content).filter(|_| marker == APP1) {
                    return Some(tiff);
                }
                next
            }
        };
    }
}

/// Splits what follows a JPEG marker into the segment's content and the rest.
fn jpeg_segment(after: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, _) = after.split_first_chunk()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let content = after.get(2..length.min(after.len()))?;
    Some((content, after.get(length..).unwrap_or_default()))
}

/// The `eXIf` chunk, which may also stand behind the pixels (PNG 3rd edition, 11.3.4.6).
fn in_png(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let (length, after) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (kind, data) = after.split_first_chunk::<4>()?;
        if kind == b"eXIf" {
            let tiff = data.get(..length.min(data.len()))?;
            return Some(without_marker(tiff).unwrap_or(tiff));
        }
        rest = data.get(length.checked_add(4)?..)?;
    }
}

/// The `EXIF` chunk. Many programs put the marker of a JPEG segment in front of it.
fn in_webp(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let (kind, after) = rest.split_first_chunk::<4>()?;
        let (length, data) = after.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        if kind == b"EXIF" {
            let tiff = data.get(..length.min(data.len()))?;
            return Some(without_marker(tiff).unwrap_or(tiff));
        }
        rest = data.get(length.checked_add(length % 2)?..)?;
    }
}

/// Takes the `Exif\0\0` marker off. Its last byte is padding, and some cameras write 0xff.
fn without_marker(content: &[u8]) -> Option<&[u8]> {
    content.strip_prefix(b"Exif\0")?.get(1..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn embedded(bytes: &[u8]) -> Option<&[u8]> {
        match find(bytes)? {
            TiffSource::Embedded(tiff) => Some(tiff),
            TiffSource::WholeFile(_) => panic!("not a TIFF file"),
        }
    }

    #[test]
    fn a_jpeg_keeps_it_in_app1_behind_other_segments_and_fill_bytes() {
        let file =
            b"\xff\xd8\xff\xe0\0\x04JF\xff\xff\xff\xe1\0\x06http\xff\xe1\0\x0aExif\0\0II\xff\xda";
        assert_eq!(embedded(file), Some(&b"II"[..]));
        let odd_padding = b"\xff\xd8\xff\xe1\0\x0aExif\0\xffMM\xff\xda";
        assert_eq!(embedded(odd_padding), Some(&b"MM"[..]));
    }

    #[test]
    fn a_jpeg_is_not_searched_behind_the_start_of_its_pixels() {
        assert_eq!(
            find(b"\xff\xd8\xff\xda\0\x02\x11\xff\xe1\0\x0aExif\0\0II"),
            None
        );
        assert_eq!(find(b"\xff\xd8\xff\xd9\xff\xe1\0\x0aExif\0\0II"), None);
    }

    #[test]
    fn a_jpeg_is_searched_in_its_first_mebibyte_only() {
        let comments = |count: usize| {
            let mut file = vec![0xff, 0xd8];
            for _ in 0..count {
                file.extend_from_slice(&[0xff, 0xfe, 0xff, 0xff]);
                file.resize(file.len() + 0xfffd, b' ');
            }
            file.extend_from_slice(b"\xff\xe1\0\x0aExif\0\0II");
            file
        };
        assert_eq!(embedded(&comments(15)), Some(&b"II"[..]));
        assert_eq!(find(&comments(17)), None);
    }

    #[test]
    fn a_structure_cut_off_by_the_end_of_the_file_is_given_as_far_as_it_goes() {
        assert_eq!(
            embedded(b"\xff\xd8\xff\xe1\x10\0Exif\0\0II*"),
            Some(&b"II*"[..])
        );
        assert_eq!(
            embedded(b"\x89PNG\r\n\x1a\n\0\0\x10\0eXIfMM\0"),
            Some(&b"MM\0"[..])
        );
        assert_eq!(
            embedded(b"RIFF\xff\0\0\0WEBPEXIF\x50\0\0\0MM\0"),
            Some(&b"MM\0"[..])
        );
    }

    #[test]
    fn a_png_keeps_it_in_its_exif_chunk() {
        let file = b"\x89PNG\r\n\x1a\n\0\0\0\x01IDATxCRC_\0\0\0\x02eXIfMMCRC_";
        assert_eq!(embedded(file), Some(&b"MM"[..]));
    }

    #[test]
    fn a_webp_keeps_it_in_its_exif_chunk_with_or_without_a_marker() {
        let plain = b"RIFF\x20\0\0\0WEBPVP8 \x01\0\0\0x\0EXIF\x02\0\0\0MM";
        assert_eq!(embedded(plain), Some(&b"MM"[..]));
        let marked = b"RIFF\x20\0\0\0WEBPEXIF\x08\0\0\0Exif\0\0II";
        assert_eq!(embedded(marked), Some(&b"II"[..]));
    }

    #[test]
    fn a_tiff_file_is_one_as_a_whole() {
        assert_eq!(
            find(b"II*\0rest"),
            Some(TiffSource::WholeFile(b"II*\0rest"))
        );
        assert_eq!(
            find(b"MM\0*rest"),
            Some(TiffSource::WholeFile(b"MM\0*rest"))
        );
        assert_eq!(find(b"GIF89a"), None);
        assert_eq!(find(b""), None);
    }

    proptest! {
        #[test]
        fn damaged_containers_never_panic(
            signature in prop::sample::select(vec![
                &b"\xff\xd8\xff\xe1"[..], b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"II*\0", b"",
            ]),
            rest in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let file = [signature, &rest].concat();
            let _ = find(&file);
        }
    }
}
