//! Text in metadata: meant to be ASCII, in truth whatever the camera's firmware does.

use ::exif::Value;

use super::charset::Charset;

/// The text of a value; `None` when it is blank or no text.
pub(super) fn of(value: &Value, charset: Charset) -> Option<String> {
    match value {
        // TIFF allows several strings in one value, parted by NULs; padding makes blank ones.
        Value::Ascii(parts) => parts.iter().find_map(|part| decode(part, charset)),
        other => decode(bytes_of(other)?, charset),
    }
}

/// The bytes of a value of bytes.
pub(super) fn bytes_of(value: &Value) -> Option<&[u8]> {
    match value {
        Value::Undefined(bytes, _) | Value::Byte(bytes) => Some(bytes),
        _ => None,
    }
}

/// Decodes text up to its first NUL: UTF-8, or the charset of the file where it is not UTF-8.
/// `None` when nothing is left of it but blanks.
pub(super) fn decode(bytes: &[u8], charset: Charset) -> Option<String> {
    let text = bytes.split(|&byte| byte == 0).next()?;
    printable(&charset.decode(without_erased(text)))
}

/// Text with spaces for control characters, and none around. `None` when nothing is left.
pub(super) fn printable(text: &str) -> Option<String> {
    let printable = text.replace(char::is_control, " ");
    let trimmed = printable.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// Drops the 0xff of erased flash memory behind a text. A single one behind other bytes beyond
/// ASCII is a letter: the last of the Cyrillic alphabet in windows-1251.
pub(super) fn without_erased(text: &[u8]) -> &[u8] {
    let length = text
        .iter()
        .rposition(|&byte| byte != 0xff)
        .map_or(0, |last| last + 1);
    let kept = text.get(..length).unwrap_or(text);
    if kept.is_ascii() || text.len() - length > 1 {
        kept
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn western(bytes: &[u8]) -> Option<String> {
        decode(bytes, Charset::default())
    }

    #[test]
    fn padding_is_not_text() {
        assert_eq!(western(b"RECONYX\0\0\0").as_deref(), Some("RECONYX"));
        assert_eq!(western(b"  BUSHNELL   ").as_deref(), Some("BUSHNELL"));
        assert_eq!(western(b"E8\0left over").as_deref(), Some("E8"));
        assert_eq!(western(b"                "), None);
        assert_eq!(western(b"\0\0\0"), None);
        assert_eq!(western(b"\xff\xff\xff\xff"), None);
        assert_eq!(western(b"SN12\xff\xff").as_deref(), Some("SN12"));
        assert_eq!(western(b"SN12\xff").as_deref(), Some("SN12"));
        assert_eq!(
            western(b"P\xfcrschweg\xff\xff").as_deref(),
            Some("Pürschweg")
        );
        assert_eq!(western(b""), None);
    }

    #[test]
    fn control_characters_become_spaces() {
        assert_eq!(western(b"a\x01b\r\nc\x1b").as_deref(), Some("a b  c"));
        assert_eq!(western(b"\x7f\x01"), None);
    }

    proptest! {
        #[test]
        fn decoded_text_is_printable_and_trimmed(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let charset = Charset::of(std::iter::once(&bytes));
            if let Some(text) = decode(&bytes, charset) {
                prop_assert!(!text.is_empty());
                prop_assert_eq!(text.trim(), &text);
                prop_assert!(!text.contains(char::is_control));
            }
        }
    }
}
