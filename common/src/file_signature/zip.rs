//! Telling zips by their first bytes.

/// What a zip can begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZipSignature {
    /// An entry (APPNOTE 4.3.7).
    Entry,
    /// Its end: it has no entries (APPNOTE 4.3.16).
    End,
    /// The mark of the first part of a split one (APPNOTE 8.5.3).
    Split,
}

impl ZipSignature {
    /// What a file begins with, if it is one of these. One that begins otherwise can be a zip all
    /// the same, with other data in front, or the last part of a split one.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        match head.first_chunk()? {
            b"PK\x03\x04" => Some(Self::Entry),
            b"PK\x05\x06" => Some(Self::End),
            b"PK\x07\x08" => Some(Self::Split),
            _ => None,
        }
    }
}

/// Whether a file begins as a zip, or as the first part of one.
#[must_use]
pub fn begins_as_zip(head: &[u8]) -> bool {
    ZipSignature::of(head).is_some()
}

/// The name of what people most often take for a zip.
#[must_use]
pub fn mistaken_for_zip(head: &[u8]) -> Option<&'static str> {
    const KINDS: &[(&[u8], &str)] = &[
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"\x1f\x8b", "a gzip file"),
        (b"BZh", "a bzip2 file"),
        (b"\xfd7zXZ\0", "an xz file"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"\x89PNG", "a PNG image"),
        (b"%PDF", "a PDF document"),
        (b"<", "a web page or other text"),
    ];
    KINDS
        .iter()
        .find(|(front, _)| head.starts_with(front))
        .map(|&(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zips_are_known_by_an_entry_their_end_or_the_mark_of_a_split_one() {
        for (zip, signature) in [
            (&b"PK\x03\x04\x14\0"[..], ZipSignature::Entry),
            (b"PK\x05\x06\0\0", ZipSignature::End),
            (b"PK\x07\x08PK\x03\x04", ZipSignature::Split),
        ] {
            assert_eq!(ZipSignature::of(zip), Some(signature), "{zip:x?}");
            assert!(begins_as_zip(zip));
        }
        for other in [
            &b""[..],
            b"PK",
            b"PKZIP",
            b"PK\x01\x02",
            b"7z\xBC\xAF\x27\x1C",
        ] {
            assert!(!begins_as_zip(other), "{other:x?}");
        }
    }

    #[test]
    fn what_is_taken_for_a_zip_is_named() {
        assert_eq!(mistaken_for_zip(b"Rar!\x1a\x07\0"), Some("a RAR archive"));
        assert_eq!(mistaken_for_zip(b"\xff\xd8\xff\xe0"), Some("a JPEG image"));
        assert_eq!(mistaken_for_zip(b"PK\x03\x04"), None);
    }
}
