//! Telling zips by their first bytes.

/// With an entry, as an archive without entries, and as the first part of a split one (APPNOTE
/// 4.3.7, 4.3.16, 8.5.3).
const SIGNATURES: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];

/// Whether a file begins as a zip. One that does not can be a zip all the same, with other data in
/// front, or the last part of a split one.
#[must_use]
pub fn begins_as_zip(head: &[u8]) -> bool {
    SIGNATURES
        .iter()
        .any(|signature| head.starts_with(signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zips_are_known_by_an_entry_their_end_or_the_mark_of_a_split_one() {
        for zip in [
            &b"PK\x03\x04\x14\0"[..],
            b"PK\x05\x06\0\0",
            b"PK\x07\x08PK\x03\x04",
        ] {
            assert!(begins_as_zip(zip), "{zip:x?}");
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
}
