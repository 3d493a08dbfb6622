//! The character sets that names in archives are written in.

use std::{borrow::Cow, fmt, str::FromStr};

use encoding_rs::Encoding;
use oem_cp::code_table::DECODING_TABLE_CP_MAP;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// A character set of names in archives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub struct NameEncoding(usize);

/// A text that names no character set that is known here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not a character set that is known here; known are {}",
    listed()
)]
pub struct UnknownNameEncoding {
    /// The text.
    pub text: String,
}

/// What is known of a character set.
struct Known {
    id: &'static str,
    /// Number of the code page in Windows.
    page: u16,
    /// The languages that it is for, in plain words.
    languages: &'static str,
    table: Table,
}

enum Table {
    /// Of DOS, by the page's number.
    Dos,
    /// Of the web's Encoding Standard.
    Web(&'static Encoding),
}

/// Those for the same languages stand together, the more common first.
static KNOWN: &[Known] = &[
    web(
        "utf-8",
        65001,
        "All languages (Unicode)",
        encoding_rs::UTF_8,
    ),
    dos("cp850", 850, WESTERN),
    dos("cp437", 437, WESTERN),
    web("windows-1252", 1252, WESTERN, encoding_rs::WINDOWS_1252),
    dos("cp858", 858, WESTERN),
    dos("cp860", 860, WESTERN),
    dos("cp861", 861, WESTERN),
    dos("cp863", 863, WESTERN),
    dos("cp865", 865, WESTERN),
    web("iso-8859-15", 28605, WESTERN, encoding_rs::ISO_8859_15),
    web("macintosh", 10000, WESTERN, encoding_rs::MACINTOSH),
    dos("cp852", 852, CENTRAL),
    web("windows-1250", 1250, CENTRAL, encoding_rs::WINDOWS_1250),
    web("iso-8859-2", 28592, CENTRAL, encoding_rs::ISO_8859_2),
    dos("cp775", 775, "Estonian, Latvian, Lithuanian"),
    web(
        "windows-1257",
        1257,
        "Estonian, Latvian, Lithuanian",
        encoding_rs::WINDOWS_1257,
    ),
    dos("cp857", 857, "Turkish"),
    web("windows-1254", 1254, "Turkish", encoding_rs::WINDOWS_1254),
    dos("cp737", 737, "Greek"),
    web("windows-1253", 1253, "Greek", encoding_rs::WINDOWS_1253),
    dos("cp869", 869, "Greek"),
    dos("cp866", 866, CYRILLIC),
    web("windows-1251", 1251, CYRILLIC, encoding_rs::WINDOWS_1251),
    dos("cp855", 855, CYRILLIC),
    web("koi8-r", 20866, CYRILLIC, encoding_rs::KOI8_R),
    web("koi8-u", 21866, CYRILLIC, encoding_rs::KOI8_U),
    web(
        "x-mac-cyrillic",
        10007,
        CYRILLIC,
        encoding_rs::X_MAC_CYRILLIC,
    ),
    dos("cp862", 862, "Hebrew"),
    web("windows-1255", 1255, "Hebrew", encoding_rs::WINDOWS_1255),
    dos("cp720", 720, "Arabic, Persian, Urdu"),
    web(
        "windows-1256",
        1256,
        "Arabic, Persian, Urdu",
        encoding_rs::WINDOWS_1256,
    ),
    dos("cp864", 864, "Arabic, Persian, Urdu"),
    web("windows-874", 874, "Thai", encoding_rs::WINDOWS_874),
    web(
        "windows-1258",
        1258,
        "Vietnamese",
        encoding_rs::WINDOWS_1258,
    ),
    web("gbk", 936, "Chinese, simplified", encoding_rs::GBK),
    web("big5", 950, "Chinese, traditional", encoding_rs::BIG5),
    web("shift-jis", 932, "Japanese", encoding_rs::SHIFT_JIS),
    web("euc-jp", 20932, "Japanese", encoding_rs::EUC_JP),
    web("euc-kr", 949, "Korean", encoding_rs::EUC_KR),
];

const WESTERN: &str = "Western European languages";
const CENTRAL: &str = "Central European languages";
const CYRILLIC: &str = "Russian and other Cyrillic languages";

const fn dos(id: &'static str, page: u16, languages: &'static str) -> Known {
    Known {
        id,
        page,
        languages,
        table: Table::Dos,
    }
}

const fn web(
    id: &'static str,
    page: u16,
    languages: &'static str,
    encoding: &'static Encoding,
) -> Known {
    Known {
        id,
        page,
        languages,
        table: Table::Web(encoding),
    }
}

fn listed() -> String {
    let ids: Vec<&str> = KNOWN.iter().map(|known| known.id).collect();
    ids.join(", ")
}

impl NameEncoding {
    /// Unicode.
    pub const UTF_8: Self = Self(0);

    /// All of them; those for the same languages stand together.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..KNOWN.len()).map(Self)
    }

    /// The one with this number among the code pages of Windows.
    #[must_use]
    pub fn of_page(page: u16) -> Option<Self> {
        Self::all().find(|known| known.known().page == page)
    }

    /// Its name, such as `cp852`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.known().id
    }

    /// Which languages it is for, in plain words.
    #[must_use]
    pub fn languages(self) -> &'static str {
        self.known().languages
    }

    fn known(self) -> &'static Known {
        // Only numbers of the list are made.
        KNOWN.get(self.0).unwrap_or(&KNOWN[0])
    }

    /// Reads bytes; `None` where one of them has no meaning.
    pub(super) fn decode_strictly(self, bytes: &[u8]) -> Option<String> {
        let known = self.known();
        let text = match known.table {
            Table::Dos => DECODING_TABLE_CP_MAP
                .get(&known.page)?
                .decode_string_checked(bytes)?,
            Table::Web(encoding) => encoding
                .decode_without_bom_handling_and_without_replacement(bytes)?
                .into_owned(),
        };
        Some(known.composed(text))
    }

    /// Reads bytes, with U+FFFD for what has no meaning.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        let known = self.known();
        let text = match known.table {
            Table::Dos => match DECODING_TABLE_CP_MAP.get(&known.page) {
                Some(table) => table.decode_string_lossy(bytes),
                None => String::from_utf8_lossy(bytes).into_owned(),
            },
            Table::Web(encoding) => match encoding.decode_without_bom_handling(bytes).0 {
                Cow::Borrowed(text) => text.to_owned(),
                Cow::Owned(text) => text,
            },
        };
        known.composed(text)
    }
}

impl Known {
    /// The text as systems of today write it: page 1258 has the tones of Vietnamese as characters
    /// of their own, page 864 has each shape of an Arabic letter.
    fn composed(&self, text: String) -> String {
        match self.page {
            1258 => text.nfc().collect(),
            864 => text.nfkc().collect(),
            _ => text,
        }
    }
}

impl FromStr for NameEncoding {
    type Err = UnknownNameEncoding;

    /// Understands what people and programs call it: `cp850`, `850`, `ibm850`, `windows-1251`,
    /// `latin1`, `sjis`, `gb2312`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownNameEncoding {
            text: text.trim().to_owned(),
        };
        let plain: String = text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let of_id = |known: &NameEncoding| known.id().replace(['-', '_'], "") == plain;
        if let Some(found) = Self::all().find(of_id) {
            return Ok(found);
        }
        let number = [
            "cp", "ibm", "oem", "dos", "windows", "win", "ms", "codepage", "page",
        ]
        .iter()
        .find_map(|front| plain.strip_prefix(front))
        .unwrap_or(&plain);
        if let Some(found) = number.parse().ok().and_then(Self::of_page) {
            return Ok(found);
        }
        let encoding = Encoding::for_label(text.trim().as_bytes()).ok_or_else(unknown)?;
        let is_it = |known: &NameEncoding| matches!(known.known().table, Table::Web(web) if web == encoding);
        Self::all().find(is_it).ok_or_else(unknown)
    }
}

impl fmt::Display for NameEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl fmt::Debug for NameEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl TryFrom<String> for NameEncoding {
    type Error = UnknownNameEncoding;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<NameEncoding> for &'static str {
    fn from(encoding: NameEncoding) -> Self {
        encoding.id()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_known_by_all_its_usual_names() {
        for (text, id) in [
            ("cp850", "cp850"),
            ("850", "cp850"),
            ("IBM850", "cp850"),
            ("ibm-852", "cp852"),
            ("windows-1251", "windows-1251"),
            ("CP1251", "windows-1251"),
            ("latin1", "windows-1252"),
            ("shift-jis", "shift-jis"),
            ("Shift_JIS", "shift-jis"),
            ("sjis", "shift-jis"),
            ("932", "shift-jis"),
            ("GBK", "gbk"),
            ("gb2312", "gbk"),
            ("cp936", "gbk"),
            ("Big5", "big5"),
            ("cp949", "euc-kr"),
            ("cp874", "windows-874"),
            (" utf8 ", "utf-8"),
            ("UTF-8", "utf-8"),
        ] {
            assert_eq!(text.parse::<NameEncoding>().unwrap().id(), id, "{text}");
        }
    }

    #[test]
    fn an_unknown_encoding_is_refused_with_the_list() {
        for text in ["", "auto", "klingon", "cp1", "99999999999"] {
            let refused = text.parse::<NameEncoding>().unwrap_err().to_string();
            assert!(refused.contains("cp850, cp437"), "{refused}");
        }
    }

    #[test]
    fn every_encoding_has_its_own_name_and_survives_json() {
        for encoding in NameEncoding::all() {
            assert_eq!(encoding.id().parse(), Ok(encoding));
            let json = serde_json::to_string(&encoding).unwrap();
            assert_eq!(json, format!("\"{encoding}\""));
            assert_eq!(
                serde_json::from_str::<NameEncoding>(&json).unwrap(),
                encoding
            );
            assert_eq!(encoding.decode(b"cam 1/IMG_0001.JPG"), "cam 1/IMG_0001.JPG");
            assert_eq!(NameEncoding::of_page(encoding.known().page), Some(encoding));
        }
        assert_eq!(
            NameEncoding::of_page(850)
                .unwrap()
                .decode(b"K\x94ln 25\xf8"),
            "Köln 25°"
        );
    }
}
