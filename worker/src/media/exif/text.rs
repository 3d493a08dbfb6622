//! Text in metadata: meant to be ASCII, in truth whatever the camera's firmware does.

use ::exif::{Exif, Tag, Value};

/// The text of a tag of the primary image; `None` when it is missing or blank.
pub(super) fn of(exif: &Exif, tag: Tag) -> Option<String> {
    match super::value(exif, tag)? {
        // TIFF allows several strings in one value, parted by NULs; padding makes blank ones.
        Value::Ascii(parts) => parts.iter().find_map(|part| decode(part)),
        other => super::bytes_of(other).and_then(decode),
    }
}

/// Decodes text up to its first NUL: UTF-8, or Latin-1 where it is not UTF-8. Control
/// characters become spaces; spaces around, and the 0xff of erased flash memory behind, are
/// dropped. `None` when nothing is left.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let text = bytes.split(|&byte| byte == 0).next()?;
    let text = match std::str::from_utf8(text) {
        Ok(text) => text.to_owned(),
        Err(_) => text
            .iter()
            .map(|&byte| char::from(byte))
            .collect::<String>()
            .trim_end_matches('\u{ff}')
            .to_owned(),
    };
    let printable = text.replace(char::is_control, " ");
    let trimmed = printable.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn padding_is_not_text() {
        assert_eq!(decode(b"RECONYX\0\0\0").as_deref(), Some("RECONYX"));
        assert_eq!(decode(b"  BUSHNELL   ").as_deref(), Some("BUSHNELL"));
        assert_eq!(decode(b"E8\0left over").as_deref(), Some("E8"));
        assert_eq!(decode(b"                "), None);
        assert_eq!(decode(b"\0\0\0"), None);
        assert_eq!(decode(b"\xff\xff\xff\xff"), None);
        assert_eq!(decode(b"SN12\xff\xff").as_deref(), Some("SN12"));
        assert_eq!(decode(b""), None);
    }

    #[test]
    fn text_beyond_ascii_is_utf8_or_latin1() {
        assert_eq!(decode("Pürschweg".as_bytes()).as_deref(), Some("Pürschweg"));
        assert_eq!(decode(b"P\xfcrschweg").as_deref(), Some("Pürschweg"));
    }

    #[test]
    fn control_characters_become_spaces() {
        assert_eq!(decode(b"a\x01b\r\nc\x1b").as_deref(), Some("a b  c"));
        assert_eq!(decode(b"\x7f\x01"), None);
    }

    proptest! {
        #[test]
        fn decoded_text_is_printable_and_trimmed(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Some(text) = decode(&bytes) {
                prop_assert!(!text.is_empty());
                prop_assert_eq!(text.trim(), &text);
                prop_assert!(!text.contains(char::is_control));
            }
        }
    }
}
