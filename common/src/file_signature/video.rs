//! Telling videos by their first bytes: cameras and people give them the names of pictures.

use super::media_container;

/// How far apart the packets of an MPEG transport stream are (ISO/IEC 13818-1, 2.4.3), and where
/// the first begins: in the files of camcorders (`.mts`) each has a time of four bytes in front.
const TRANSPORT_STREAMS: [(usize, usize); 2] = [(0, 188), (4, 192)];

/// What every packet of a transport stream begins with.
const SYNC_BYTE: u8 = 0x47;

/// Whether a file begins as a video: AVI, MP4 and MOV, WMV, Matroska and WebM, FLV, MPEG.
/// [`VIDEO_HEAD_BYTES`](super::VIDEO_HEAD_BYTES) are enough.
#[must_use]
pub fn is_video(bytes: &[u8]) -> bool {
    const MAGIC: [&[u8]; 5] = [
        // The header object of ASF.
        b"\x30\x26\xB2\x75\x8E\x66\xCF\x11",
        // EBML.
        b"\x1A\x45\xDF\xA3",
        b"FLV\x01",
        // The pack and the sequence header of MPEG-1 and 2.
        b"\0\0\x01\xBA",
        b"\0\0\x01\xB3",
    ];
    let is_avi = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"AVI ");
    is_avi
        || media_container::format(bytes) == Some("video")
        || MAGIC.iter().any(|magic| bytes.starts_with(magic))
        || is_quicktime(bytes)
        || is_transport_stream(bytes)
}

/// Films of older cameras begin with another atom than `ftyp` (QuickTime File Format, "Atoms").
/// Its size of at most half a gibibyte is no text.
fn is_quicktime(bytes: &[u8]) -> bool {
    let has_size = bytes.first().is_some_and(|byte| *byte < 0x20);
    has_size
        && matches!(
            bytes.get(4..8),
            Some(b"moov" | b"mdat" | b"wide" | b"free" | b"skip" | b"pnot")
        )
}

fn is_transport_stream(bytes: &[u8]) -> bool {
    TRANSPORT_STREAMS.iter().any(|&(first, distance)| {
        (0..3).all(|number| bytes.get(first + number * distance) == Some(&SYNC_BYTE))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn videos_are_known_by_their_first_bytes() {
        let mut stream = vec![0; 512];
        for at in [0, 188, 376] {
            stream[at] = SYNC_BYTE;
        }
        let mut camcorder = vec![0; 512];
        for at in [4, 196, 388] {
            camcorder[at] = SYNC_BYTE;
        }
        for video in [
            &b"RIFF\x10\0\0\0AVI LIST"[..],
            b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
            b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
            b"\0\0\0\x08wide\0\0\0\0mdat",
            b"\0\x12\x34\x56mdat....",
            b"\0\0\0\x6Cmoov....",
            b"\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6",
            b"\x1A\x45\xDF\xA3\x9F",
            b"FLV\x01\x05",
            b"\0\0\x01\xBA\x44",
            &stream,
            &camcorder,
        ] {
            assert!(is_video(video), "{:x?}", video.get(..12));
        }
    }

    #[test]
    fn pictures_and_texts_are_no_videos() {
        for other in [
            &b""[..],
            b"\xFF\xD8\xFF\xE0",
            b"RIFF\x10\0\0\0WEBPVP8 ",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            b"The free wide world",
            b"GGGG",
            &[0; 512],
        ] {
            assert!(!is_video(other), "{other:x?}");
        }
    }
}
