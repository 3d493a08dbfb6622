use proptest::prelude::*;

use super::*;

/// The beginning of one file of each format that can be read, and of each way to begin it.
const PICTURES: [(&[u8], PictureFormat); 12] = [
    (b"\xFF\xD8\xFF\xE0", PictureFormat::Jpeg),
    (b"\x89PNG\r\n\x1A\n....", PictureFormat::Png),
    (b"GIF87a\x01\x00", PictureFormat::Gif),
    (b"GIF89a\x01\x00", PictureFormat::Gif),
    (b"RIFF\x10\0\0\0WEBPVP8 ", PictureFormat::WebP),
    (b"MM\0*\0\0\0\x08", PictureFormat::Tiff),
    (b"II*\0\x08\0\0\0", PictureFormat::Tiff),
    (b"MM\0+\0\x08\0\0", PictureFormat::Tiff),
    (b"II+\0\x08\0\0\0", PictureFormat::Tiff),
    (
        b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
        PictureFormat::Bmp,
    ),
    (
        b"BM\x46\0\0\0\x01\0\x02\0\x36\0\0\0\x28\0\0\0",
        PictureFormat::Bmp,
    ),
    (
        b"BM\x46\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0",
        PictureFormat::Bmp,
    ),
];

/// The beginning of files in known formats that cannot be read.
const UNSUPPORTED: [(&[u8], &str); 21] = [
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
    (b"\0\0\0\x1Cftypmif1\0\0\0\0mif1avif", "AVIF"),
    (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "camera RAW (CR3)"),
    (b"II*\0\x10\0\0\0CR\x02\0", "camera RAW"),
    (b"IIU\0\x18\0\0\0", "camera RAW (RW2)"),
    (b"IIRO\x08\0\0\0", "camera RAW (ORF)"),
    (b"IIRS\x08\0\0\0", "camera RAW (ORF)"),
    (b"MMOR\0\0\0\x08", "camera RAW (ORF)"),
    (b"FUJIFILMCCD-RAW 0201", "camera RAW (RAF)"),
    (b"FOVb\0\0\x02\0", "camera RAW (X3F)"),
    (b"\0MRM\0\0\0\0", "camera RAW (MRW)"),
    (b"II\x1A\0\0\0HEAPCCDR", "camera RAW (CRW)"),
    (b"\xFF\x0A\0\0", "JPEG XL"),
    (b"\0\0\0\x0CJXL \r\n\x87\n", "JPEG XL"),
    (b"\0\0\0\x0CjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xFF\x4F\xFF\x51\0\0", "JPEG 2000"),
    (b"8BPS\0\x01", "Photoshop (PSD)"),
    (b"%PDF-1.7", "PDF"),
    (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "video"),
    (b"RIFF\x10\0\0\0AVI LIST", "video"),
    (b"FLV\x01\x05", "video"),
];

/// What is no picture, and nothing else that is known.
const OTHERS: [&[u8]; 7] = [
    b"BMW 320 seen at the gate, two people",
    // The reserved bytes of a BMP alone make none.
    b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0",
    b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x10\0\0\0",
    b"site,camera\n1,2\n",
    b"PK\x03\x04",
    b"RIFF....WAVEfmt ",
    &[0; 64],
];

#[test]
fn every_picture_is_known_by_its_first_bytes() {
    for (bytes, format) in PICTURES {
        let found = FileSignature::of(bytes);
        assert_eq!(found, FileSignature::Picture(format), "{bytes:x?}");
        assert!(is_picture(bytes), "{bytes:x?}");
        let is_sure = format != PictureFormat::Tiff;
        assert_eq!(is_surely_picture(bytes), is_sure, "{bytes:x?}");
    }
}

#[test]
fn known_formats_that_are_not_read_are_named() {
    for (bytes, name) in UNSUPPORTED {
        let found = FileSignature::of(bytes);
        assert_eq!(found, FileSignature::Unsupported(name), "{bytes:x?}");
        assert!(
            !is_picture(bytes) && !is_surely_picture(bytes),
            "{bytes:x?}"
        );
    }
}

#[test]
fn texts_zips_and_sounds_are_no_pictures() {
    assert_eq!(FileSignature::of(b""), FileSignature::NoBytes);
    for bytes in OTHERS {
        assert_eq!(
            FileSignature::of(bytes),
            FileSignature::Unknown,
            "{bytes:x?}"
        );
        assert!(!is_picture(bytes), "{bytes:x?}");
    }
}

#[test]
fn no_picture_is_a_zip_or_a_video() {
    for (bytes, _) in PICTURES {
        assert!(!begins_as_zip(bytes) && !is_video(bytes), "{bytes:x?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_safe(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = FileSignature::of(&bytes);
        let _ = is_picture(&bytes) | is_video(&bytes) | begins_as_zip(&bytes);
    }

    #[test]
    fn what_follows_the_head_changes_nothing(
        kind in 0..PICTURES.len(),
        more in proptest::collection::vec(any::<u8>(), 500),
    ) {
        let mut head = [PICTURES[kind].0, &[0; PICTURE_HEAD_BYTES]].concat();
        head.truncate(PICTURE_HEAD_BYTES);
        let whole = [&head[..], &more].concat();
        prop_assert_eq!(is_picture(&head), is_picture(&whole));
    }
}
