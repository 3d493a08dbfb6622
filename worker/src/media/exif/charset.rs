//! The charset of text that is neither ASCII nor UTF-8.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, WINDOWS_1252};

use super::text::without_erased;

/// The charset in which a camera writes its texts. One camera has one, so that its longer texts
/// tell how to read its shorter ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Charset(&'static Encoding);

impl Default for Charset {
    /// That of Western Europe.
    fn default() -> Self {
        Self(WINDOWS_1252)
    }
}

impl Charset {
    /// Judges the charset by all texts of a file that are not UTF-8.
    pub(super) fn of<T: AsRef<[u8]>>(texts: impl Iterator<Item = T>) -> Self {
        let texts: Vec<T> = texts.collect();
        let texts = texts.iter().map(|text| without_erased(text.as_ref()));
        let texts: Vec<&[u8]> = texts.filter(|text| !is_utf8(text)).collect();
        if texts.is_empty() {
            return Self::default();
        }
        let guess = guess(&texts);
        if !guess.is_single_byte() {
            return Self(guess);
        }
        // The end of a field may have cut a character of several bytes.
        let uncut: Vec<&[u8]> = texts.iter().map(|text| without_last_letter(text)).collect();
        let other = self::guess(&uncut);
        Self(if other.is_single_byte() { guess } else { other })
    }

    /// The text of bytes: UTF-8 if they can be that, else this charset, else that of Western
    /// Europe, which gives every byte a letter. A character that the end cuts off is dropped.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        if bytes.windows(2).any(|pair| pair == b"\x1b$") {
            return ISO_2022_JP
                .decode_without_bom_handling(bytes)
                .0
                .into_owned();
        }
        if is_utf8(bytes) {
            return String::from_utf8_lossy(bytes)
                .trim_end_matches('\u{fffd}')
                .to_owned();
        }
        let decode = |encoding: &'static Encoding| {
            let (text, _) = encoding.decode_without_bom_handling(bytes);
            let text = text.trim_end_matches('\u{fffd}').to_owned();
            (!text.contains('\u{fffd}')).then_some(text)
        };
        let latin1 = || bytes.iter().map(|&byte| char::from(byte)).collect();
        decode(self.0)
            .or_else(|| decode(WINDOWS_1252))
            .unwrap_or_else(latin1)
    }
}

fn guess(texts: &[&[u8]]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    for text in texts {
        detector.feed(text, false);
        detector.feed(b"\n", false);
    }
    detector.feed(b"", true);
    detector.guess(None, Utf8Detection::Deny)
}

/// A text without its last byte, if that is beyond ASCII.
fn without_last_letter(text: &[u8]) -> &[u8] {
    match text.split_last() {
        Some((last, rest)) if !last.is_ascii() => rest,
        _ => text,
    }
}

/// Whether bytes are UTF-8, but for a last character that is cut off.
fn is_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => {
            error.error_len().is_none()
                && error.valid_up_to() > 0
                && !bytes
                    .get(..error.valid_up_to())
                    .is_none_or(<[u8]>::is_ascii)
        }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{
        BIG5, EUC_JP, EUC_KR, GB18030, GBK, KOI8_R, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251,
        WINDOWS_1253,
    };

    use super::*;

    fn assert_read_back(text: &str, encoding: &'static Encoding) {
        let (bytes, _, is_lossy) = encoding.encode(text);
        assert!(!is_lossy, "{text}");
        let charset = Charset::of(std::iter::once(&bytes));
        assert_eq!(charset.decode(&bytes), text, "{}", encoding.name());
    }

    #[test]
    fn text_is_read_in_the_charset_that_it_was_written_in() {
        for (text, encoding) in [
            ("Pürschweg 7, by the brook", WINDOWS_1252),
            ("Pürschweg", WINDOWS_1252),
            ("Caméra près de la rivière", WINDOWS_1252),
            ("Câmera 3: onça-pintada", WINDOWS_1252),
            ("Тропа у ручья", WINDOWS_1251),
            ("Камера", WINDOWS_1251),
            ("моя", WINDOWS_1251),
            ("Фотоловушка 3, Сихотэ-Алинь", WINDOWS_1251),
            ("Лесная тропа", KOI8_R),
            ("森林保护区三号相机", GBK),
            ("保护区", GBK),
            ("相机", GBK),
            ("大熊猫国家公园", GB18030),
            ("森のカメラ", SHIFT_JIS),
            ("自動撮影カメラ", SHIFT_JIS),
            ("ニホンジカ", SHIFT_JIS),
            ("知床の森", SHIFT_JIS),
            ("知床の森", EUC_JP),
            ("지리산 국립공원", EUC_KR),
            ("阿里山國家公園", BIG5),
            ("Białowieża, ścieżka łosia", WINDOWS_1250),
            ("Δάσος της Δαδιάς", WINDOWS_1253),
        ] {
            assert_read_back(text, encoding);
        }
    }

    #[test]
    fn longer_texts_tell_how_to_read_shorter_ones() {
        let long = GBK.encode("森林保护区三号相机，红外触发").0;
        let short = GBK.encode("北").0;
        let charset = Charset::of([&long, &short].into_iter());
        assert_eq!(charset.decode(&short), "北");
    }

    #[test]
    fn utf8_and_text_that_names_its_charset_are_what_they_are() {
        for text in ["Pürschweg", "森林", "plain"] {
            assert_eq!(Charset(WINDOWS_1251).decode(text.as_bytes()), text);
        }
        let japanese = b"\x1b$B?9\x1b(B";
        assert_eq!(Charset::default().decode(japanese), "森");
    }

    #[test]
    fn a_character_that_is_cut_off_is_dropped() {
        let utf8 = "森林".as_bytes();
        assert_eq!(Charset::default().decode(&utf8[..5]), "森");
        let gbk = GBK.encode("森林保护区三号相机").0;
        let cut = &gbk[..gbk.len() - 1];
        let charset = Charset::of(std::iter::once(cut));
        assert_eq!(charset.decode(cut), "森林保护区三号相");
    }

    #[test]
    fn bytes_of_no_charset_are_still_text() {
        assert_eq!(Charset::default().decode(b"P\xfcr\x81"), "P\u{fc}r\u{81}");
    }
}
