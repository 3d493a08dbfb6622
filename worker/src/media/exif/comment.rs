//! The comment of a picture: text behind eight bytes that name its charset (EXIF 2.32, 4.6.5
//! `UserComment`).

use ::exif::Value;
use encoding_rs::{EUC_JP, SHIFT_JIS, UTF_16BE, UTF_16LE};

use super::{charset::Charset, text};

/// Bytes that name the charset.
const NAME_BYTES: usize = 8;

/// The longest comment that is read, in bytes. Some cameras fill pages of it with their own data.
const LONGEST_BYTES: usize = 8192;

/// What the first bytes of a comment say that the rest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Ascii,
    Unicode,
    Jis,
    /// Eight zeros: whatever it may be.
    Undefined,
}

/// The text of a comment; `None` when it is missing, blank, or no text.
pub(super) fn of(value: &Value, charset: Charset, little_endian: bool) -> Option<String> {
    let bytes = bytes_of(value)?;
    let (named, content) = parted(&bytes);
    let text = match named {
        Some(Named::Unicode) => text::printable(&unicode(content, charset, little_endian))?,
        Some(Named::Jis) => text::printable(&japanese(content, charset))?,
        Some(Named::Ascii) => text::decode(content, charset)?,
        Some(Named::Undefined) | None if holds_controls(content) => return None,
        Some(Named::Undefined) | None => text::decode(content, charset)?,
    };
    is_text(&text).then_some(text)
}

/// The bytes of a comment that does not say its charset, or says `ASCII`, which many write in
/// front of anything.
pub(super) fn raw_text(value: &Value) -> Option<Vec<u8>> {
    let bytes = bytes_of(value)?;
    let (named, content) = parted(&bytes);
    let text = content.split(|&byte| byte == 0).next()?;
    (!matches!(named, Some(Named::Unicode | Named::Jis))).then(|| text.to_vec())
}

fn bytes_of(value: &Value) -> Option<Vec<u8>> {
    let mut bytes = match value {
        // The reader has parted the name from the text at its NULs.
        Value::Ascii(parts) => parts.join(&0),
        other => text::bytes_of(other)?.to_vec(),
    };
    bytes.truncate(LONGEST_BYTES);
    Some(bytes)
}

fn parted(bytes: &[u8]) -> (Option<Named>, &[u8]) {
    let Some((name, content)) = bytes.split_at_checked(NAME_BYTES) else {
        return (None, bytes);
    };
    let name = name.trim_ascii_end();
    let end = name
        .iter()
        .rposition(|&byte| byte != 0)
        .map_or(0, |last| last + 1);
    let named = match name.get(..end).map(<[u8]>::to_ascii_uppercase).as_deref() {
        Some(b"ASCII") => Named::Ascii,
        Some(b"UNICODE") => Named::Unicode,
        Some(b"JIS") => Named::Jis,
        Some(b"") => Named::Undefined,
        _ => return (None, bytes),
    };
    (Some(named), content)
}

/// UTF-16 in the byte order of its mark, or in the one that gives text: programs use their own as
/// often as that of the structure. Some write single bytes.
fn unicode(content: &[u8], charset: Charset, little_endian: bool) -> String {
    let is_single_bytes = content
        .iter()
        .all(|byte| matches!(byte, 0x20..0x7f | b'\t' | b'\r' | b'\n'));
    if is_single_bytes {
        return charset.decode(content);
    }
    let (content, little_endian) = match content {
        [0xff, 0xfe, rest @ ..] => (rest, true),
        [0xfe, 0xff, rest @ ..] => (rest, false),
        _ => (content, is_little_endian(content).unwrap_or(little_endian)),
    };
    let encoding = if little_endian { UTF_16LE } else { UTF_16BE };
    let (text, _) = encoding.decode_without_bom_handling(content);
    text.split('\0').next().unwrap_or_default().to_owned()
}

/// The byte order of UTF-16 text, if it can be told: the upper bytes of a text are of few blocks
/// of characters, the lower ones of many.
fn is_little_endian(content: &[u8]) -> Option<bool> {
    let (pairs, _) = content.as_chunks::<2>();
    let kinds = |which: usize| {
        let mut seen = [false; 256];
        for pair in pairs.iter().filter(|pair| **pair != [0, 0]) {
            if let Some(slot) = pair
                .get(which)
                .and_then(|byte| seen.get_mut(usize::from(*byte)))
            {
                *slot = true;
            }
        }
        seen.iter().filter(|seen| **seen).count()
    };
    let zeros = |which: usize| {
        pairs
            .iter()
            .filter(|pair| **pair != [0, 0] && pair.get(which) == Some(&0))
            .count()
    };
    let by_zeros = zeros(1).cmp(&zeros(0));
    match by_zeros.then(kinds(0).cmp(&kinds(1))) {
        std::cmp::Ordering::Greater => Some(true),
        std::cmp::Ordering::Less => Some(false),
        std::cmp::Ordering::Equal => None,
    }
}

/// JIS is meant to be ISO-2022-JP; programs write the charsets of their systems.
fn japanese(content: &[u8], charset: Charset) -> String {
    let content = content.split(|&byte| byte == 0).next().unwrap_or_default();
    let decode = |encoding: &'static encoding_rs::Encoding| {
        let (text, is_damaged) = encoding.decode_without_bom_handling(content);
        (!is_damaged).then(|| text.into_owned())
    };
    let is_other = content.is_ascii() || std::str::from_utf8(content).is_ok();
    if is_other {
        return charset.decode(content);
    }
    decode(SHIFT_JIS)
        .or_else(|| decode(EUC_JP))
        .unwrap_or_else(|| charset.decode(content))
}

/// Whether bytes up to their first NUL are not those of a text.
fn holds_controls(content: &[u8]) -> bool {
    const ESCAPE: u8 = 0x1b;
    let mut text = content.iter().take_while(|byte| **byte != 0);
    text.any(|byte| byte.is_ascii_control() && !matches!(*byte, b'\t' | b'\r' | b'\n' | ESCAPE))
}

/// Whether a comment reads like one: not so the data of cameras, which read as anything.
fn is_text(text: &str) -> bool {
    let all = text.chars().count();
    let odd = text
        .chars()
        .filter(|c| *c == '\u{fffd}' || matches!(c, '\u{80}'..'\u{a0}' | '\u{e000}'..='\u{f8ff}'));
    odd.count() * 8 <= all
}

#[cfg(test)]
mod tests {
    use encoding_rs::{GBK, WINDOWS_1251};

    use super::*;

    fn read(name: &[u8], content: &[u8]) -> Option<String> {
        let value = Value::Undefined([name, content].concat(), 0);
        let charset = Charset::of(raw_text(&value).into_iter());
        of(&value, charset, true)
    }

    fn utf16(text: &str, little_endian: bool) -> Vec<u8> {
        let units = text.encode_utf16();
        let order = |unit: u16| {
            if little_endian {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        };
        units.flat_map(order).collect()
    }

    #[test]
    fn ascii_is_read_whatever_it_is_in_truth() {
        assert_eq!(
            read(b"ASCII\0\0\0", b"by the brook\0\0").as_deref(),
            Some("by the brook")
        );
        assert_eq!(
            read(b"ASCII   ", b"by the brook").as_deref(),
            Some("by the brook")
        );
        assert_eq!(
            read(b"ascii\0\0\0", "Bäche".as_bytes()).as_deref(),
            Some("Bäche")
        );
        let chinese = GBK.encode("森林保护区三号相机").0;
        assert_eq!(
            read(b"ASCII\0\0\0", &chinese).as_deref(),
            Some("森林保护区三号相机")
        );
    }

    #[test]
    fn unicode_is_read_in_both_byte_orders() {
        for text in [
            "by the brook",
            "Bäche 7",
            "森林保护区三号相机",
            "Тропа у ручья",
            "狐",
        ] {
            for little_endian in [true, false] {
                let mark = utf16("\u{feff}", little_endian);
                let content = utf16(text, little_endian);
                let marked = [mark, content.clone()].concat();
                assert_eq!(read(b"UNICODE\0", &marked).as_deref(), Some(text));
                let value = Value::Undefined([&b"UNICODE\0"[..], &content].concat(), 0);
                let own = of(&value, Charset::default(), little_endian);
                assert_eq!(own.as_deref(), Some(text), "{little_endian}");
            }
        }
        for text in ["by the brook", "Bäche 7", "Тропа у ручья, 森林"] {
            assert_eq!(
                read(b"UNICODE\0", &utf16(text, false)).as_deref(),
                Some(text)
            );
        }
        let padded = utf16("fox\0\0\0", true);
        assert_eq!(read(b"UNICODE\0", &padded).as_deref(), Some("fox"));
        assert_eq!(
            read(b"UNICODE\0", b"fox on the path").as_deref(),
            Some("fox on the path")
        );
    }

    #[test]
    fn jis_is_read_in_the_charsets_of_japan() {
        for encoding in [encoding_rs::ISO_2022_JP, SHIFT_JIS, EUC_JP] {
            let content = encoding.encode("自動撮影カメラ").0;
            assert_eq!(
                read(b"JIS\0\0\0\0\0", &content).as_deref(),
                Some("自動撮影カメラ")
            );
        }
    }

    #[test]
    fn a_charset_that_is_not_named_is_judged() {
        let russian = WINDOWS_1251.encode("Тропа у ручья").0;
        assert_eq!(read(&[0; 8], &russian).as_deref(), Some("Тропа у ручья"));
        assert_eq!(read(b"", &russian).as_deref(), Some("Тропа у ручья"));
        assert_eq!(read(b"", b"fox").as_deref(), Some("fox"));
        assert_eq!(read(b"by the brook", b"").as_deref(), Some("by the brook"));
    }

    #[test]
    fn a_comment_of_the_type_of_text_is_read() {
        let value = Value::Ascii(vec![
            b"ASCII".to_vec(),
            Vec::new(),
            Vec::new(),
            b"fox".to_vec(),
        ]);
        assert_eq!(of(&value, Charset::default(), true).as_deref(), Some("fox"));
        let value = Value::Ascii(vec![b"a fox on the path".to_vec()]);
        assert_eq!(
            of(&value, Charset::default(), true).as_deref(),
            Some("a fox on the path")
        );
    }

    #[test]
    fn blanks_and_data_are_no_comment() {
        assert_eq!(read(b"ASCII\0\0\0", b"        "), None);
        assert_eq!(read(b"UNICODE\0", &[0; 40]), None);
        assert_eq!(read(&[0; 8], &[0; 200]), None);
        assert_eq!(read(b"", b""), None);
        assert_eq!(read(b"UNICODE\0", b"\xd8\xd8\xd9\xd9\xda\xda"), None);
        assert_eq!(read(b"", b"\x01\x9d\x81\x8d\x02\x90\x81\x9d\x8f"), None);
    }
}
