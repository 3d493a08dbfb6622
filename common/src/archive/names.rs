//! Reading the names of entries whatever character set they were written in.
//!
//! A name is, in this order: what an Info-ZIP Unicode path field says (APPNOTE 4.6.9), if the
//! field belongs to the name; UTF-8, if it is valid UTF-8, with or without the flag that says
//! so; else text in the character set of the archive. That set is judged from all such names of
//! the archive together, because one name is often too short to tell and one program wrote them
//! all.

mod plausibility;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, SHIFT_JIS};
use rawzip::{ZipFileHeaderRecord, extra_fields::ExtraFieldId};

use super::cp437;

/// The character set of the names of an archive that are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameEncoding {
    /// Code page 437, the format's own.
    Cp437,
    /// Another one that Windows or DOS programs use.
    Other(&'static Encoding),
}

impl NameEncoding {
    /// The name of an entry as text, as it was meant.
    pub(super) fn name_of(self, record: &ZipFileHeaderRecord<'_>) -> String {
        let path = record.file_path();
        let raw = path.as_bytes();
        if let Some(name) = unicode_path(record, raw) {
            return name;
        }
        std::str::from_utf8(raw).map_or_else(|_| self.decode(raw), str::to_owned)
    }

    fn decode(self, raw: &[u8]) -> String {
        match self {
            Self::Cp437 => cp437::decode(raw),
            Self::Other(encoding) => encoding.decode_without_bom_handling(raw).0.into_owned(),
        }
    }
}

/// The Unicode path field of an entry: version 1, CRC-32 of the name it was made for, UTF-8.
fn unicode_path(record: &ZipFileHeaderRecord<'_>, raw: &[u8]) -> Option<String> {
    let mut fields = record.extra_fields();
    let (_, field) = fields.find(|(id, _)| *id == ExtraFieldId::INFO_ZIP_UNICODE_PATH)?;
    let [1, c0, c1, c2, c3, name @ ..] = field else {
        return None;
    };
    let is_for_this_name = u32::from_le_bytes([*c0, *c1, *c2, *c3]) == crc32fast::hash(raw);
    let name = std::str::from_utf8(name)
        .ok()
        .filter(|name| is_for_this_name && !name.is_empty());
    name.map(str::to_owned)
}

/// Collects what the names of an archive tell about their character set.
pub(super) struct NameSurvey {
    detector: EncodingDetector,
    last_part: Vec<u8>,
    is_shift_jis: bool,
    japanese: i64,
    western: i64,
    has_legacy_names: bool,
}

impl NameSurvey {
    pub(super) fn new() -> Self {
        Self {
            detector: EncodingDetector::new(Iso2022JpDetection::Deny),
            last_part: Vec::new(),
            is_shift_jis: true,
            japanese: 0,
            western: 0,
            has_legacy_names: false,
        }
    }

    pub(super) fn add(&mut self, record: &ZipFileHeaderRecord<'_>) {
        let path = record.file_path();
        let raw = path.as_bytes();
        if std::str::from_utf8(raw).is_err() && unicode_path(record, raw).is_none() {
            self.add_legacy(raw);
        }
    }

    /// Judges the parts of a name one by one: `/` is no part of a character in any of the sets.
    fn add_legacy(&mut self, raw: &[u8]) {
        self.has_legacy_names = true;
        for part in raw
            .split(|&byte| byte == b'/')
            .filter(|part| !part.is_ascii())
        {
            // The files of a folder repeat its name; it counts once.
            if part == self.last_part {
                continue;
            }
            self.last_part.clear();
            self.last_part.extend_from_slice(part);
            self.detector.feed(part, false);
            self.detector.feed(b"\n", false);
            self.western += plausibility::western(&cp437::decode(part));
            match SHIFT_JIS.decode_without_bom_handling_and_without_replacement(part) {
                Some(text) => self.japanese += plausibility::japanese(&text),
                None => self.is_shift_jis = false,
            }
        }
    }

    /// The character set that fits the names best.
    pub(super) fn finish(mut self) -> NameEncoding {
        if !self.has_legacy_names {
            return NameEncoding::Cp437;
        }
        if self.is_shift_jis && self.japanese > self.western.max(0) {
            return NameEncoding::Other(SHIFT_JIS);
        }
        // The detector, made for web pages, does not know code page 437.
        if self.western > 0 {
            return NameEncoding::Cp437;
        }
        self.detector.feed(b"", true);
        NameEncoding::Other(self.detector.guess(None, Utf8Detection::Deny))
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, EUC_KR, GBK, IBM866, WINDOWS_1252};

    use super::*;

    /// How an archive with these names in this character set is read.
    fn read_back(encoding: &'static Encoding, names: &[&str]) -> Vec<String> {
        let raw: Vec<Vec<u8>> = names
            .iter()
            .map(|name| encoding.encode(name).0.into_owned())
            .collect();
        read_raw(&raw.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    fn read_raw(names: &[&[u8]]) -> Vec<String> {
        let mut survey = NameSurvey::new();
        for name in names
            .iter()
            .filter(|name| std::str::from_utf8(name).is_err())
        {
            survey.add_legacy(name);
        }
        let encoding = survey.finish();
        names.iter().map(|name| encoding.decode(name)).collect()
    }

    fn to_cp437(name: &str) -> Vec<u8> {
        let byte_of = |c: char| (0..=255).find(|&byte| cp437::decode(&[byte]) == c.to_string());
        name.chars().map(|c| byte_of(c).unwrap()).collect()
    }

    #[test]
    fn japanese_names_are_read_even_from_one_short_folder_name() {
        for names in [
            &["カメラ1/IMG_0001.JPG"][..],
            &["里山/IMG_0001.JPG", "里山/IMG_0002.JPG"],
            &["山/IMG_0001.JPG", "川/IMG_0001.JPG"],
            &["2024年5月/表/ツキノワグマ.jpg"],
            &["にほんじか.jpg"],
            &["ｶﾒﾗ2/IMG_0001.JPG"],
            &["ＣＡＭ０１/IMG_0001.JPG"],
            &["地点A_北側cam/IMG_0001.JPG"],
        ] {
            assert_eq!(read_back(SHIFT_JIS, names), names);
        }
    }

    #[test]
    fn western_dos_names_are_read_as_code_page_437() {
        for names in [
            &["Köln/IMG_0001.JPG"][..],
            &["für/Ärger.jpg"],
            &["été.jpg", "forêt/élégante.jpg"],
            &["España/cámara 1/ñandú.jpg"],
            &["pääsiäinen.jpg", "Jäärä/kettu.jpg"],
            &["Ås/Malmö.JPG"],
            &["Straße 25°/IMG_0001.JPG"],
            &["PROBEFLÄCHE/BÄR.JPG"],
            &["Grünfläche Süd/IMG_0001.JPG"],
        ] {
            let raw: Vec<Vec<u8>> = names.iter().map(|name| to_cp437(name)).collect();
            let raw: Vec<&[u8]> = raw.iter().map(Vec::as_slice).collect();
            assert_eq!(read_raw(&raw), names);
        }
    }

    #[test]
    fn other_character_sets_are_recognised_where_the_names_are_long_enough() {
        let russian = &["Камера 1/Бурый медведь.jpg", "Камера 2/лиса.jpg"];
        assert_eq!(read_back(IBM866, russian), russian);
        let chinese = &["相机陷阱/大熊猫.jpg", "相机陷阱/金丝猴.jpg"];
        assert_eq!(read_back(GBK, chinese), chinese);
        let taiwanese = &["自動相機/臺灣黑熊.jpg", "自動相機/山羌.jpg"];
        assert_eq!(read_back(BIG5, taiwanese), taiwanese);
        let korean = &["무인카메라/반달가슴곰.jpg", "무인카메라/고라니.jpg"];
        assert_eq!(read_back(EUC_KR, korean), korean);
        let german = &["Köln/Bär.jpg", "Fläche/größer.jpg"];
        assert_eq!(read_back(WINDOWS_1252, german), german);
    }

    #[test]
    fn one_clear_name_decides_for_the_unclear_ones() {
        let names = &["駅/IMG_0001.JPG", "ツキノワグマのカメラ/IMG_0001.JPG"];
        assert_eq!(read_back(SHIFT_JIS, names), names);
    }
}
