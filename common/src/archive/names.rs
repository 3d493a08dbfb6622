//! Reading the names of entries whatever character set they were written in.
//!
//! A name is, in this order: what an Info-ZIP Unicode path field says (APPNOTE 4.6.9), if the
//! field belongs to the name; UTF-8, if it is valid UTF-8, with or without the flag that says
//! so; else text in the character set of the archive. That set is judged from all such names of
//! the archive together, because one name is often too short to tell and one program wrote them
//! all.
//!
//! Only where some folders clearly hold Japanese names in Shift-JIS and others Western ones in
//! code page 437, as when the zips of two people were put together, each of these folders has
//! its own set. Other mixtures, and folders whose names could be either, are read in the set of
//! most.

mod evidence;
mod plausibility;

use std::collections::HashMap;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, SHIFT_JIS};
use rawzip::{ZipFileHeaderRecord, extra_fields::ExtraFieldId};

use super::cp437;
use evidence::Evidence;

/// Groups that are judged on their own; the names of any others are read as most are. An archive
/// of millions of folders must not take the memory for all of them.
const MOST_GROUPS: usize = 10_000;
const SHIFT_JIS_NAMES: NameEncoding = NameEncoding::Other(SHIFT_JIS);

/// The character set of names that are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NameEncoding {
    /// Code page 437, the format's own.
    Cp437,
    /// Another one that Windows or DOS programs use.
    Other(&'static Encoding),
}

impl NameEncoding {
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

/// The character sets of the names of an archive that are not UTF-8.
pub(super) struct NameEncodings {
    /// That of most.
    usual: NameEncoding,
    /// Those of the groups (see [`group_of`]) that clearly have their own.
    of_groups: HashMap<Box<[u8]>, NameEncoding>,
}

impl NameEncodings {
    /// The name of an entry as text, as it was meant.
    pub(super) fn name_of(&self, record: &ZipFileHeaderRecord<'_>) -> String {
        let path = record.file_path();
        let raw = path.as_bytes();
        if let Some(name) = unicode_path(record, raw) {
            return name;
        }
        std::str::from_utf8(raw).map_or_else(|_| self.decode(raw), str::to_owned)
    }

    fn decode(&self, raw: &[u8]) -> String {
        let own = self.of_groups.get(group_of(raw));
        own.unwrap_or(&self.usual).decode(raw)
    }
}

/// Which names were surely written by the same program: those below the same outermost folder
/// that is not plain ASCII, or, where there is none, those in the same folder.
fn group_of(raw: &[u8]) -> &[u8] {
    let folders = raw.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    let mut group: &[u8] = &[];
    for (end, _) in folders {
        group = raw.get(..end).unwrap_or_default();
        if !group.is_ascii() {
            break;
        }
    }
    group
}

/// Collects what the names of an archive tell about their character set.
pub(super) struct NameSurvey {
    detector: EncodingDetector,
    last_part: Vec<u8>,
    has_legacy_names: bool,
    all: Evidence,
    groups: HashMap<Box<[u8]>, Evidence>,
}

impl NameSurvey {
    pub(super) fn new() -> Self {
        Self {
            detector: EncodingDetector::new(Iso2022JpDetection::Deny),
            last_part: Vec::new(),
            has_legacy_names: false,
            all: Evidence::default(),
            groups: HashMap::new(),
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
        let group = group_of(raw);
        if self.groups.len() < MOST_GROUPS && !self.groups.contains_key(group) {
            self.groups.insert(group.into(), Evidence::default());
            // What another group said does not count for this one.
            self.last_part.clear();
        }
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
            let evidence = Evidence::of(part);
            self.all.add(evidence);
            if let Some(of_group) = self.groups.get_mut(group) {
                of_group.add(evidence);
            }
        }
    }

    /// The character sets that fit the names best.
    pub(super) fn finish(self) -> NameEncodings {
        let of_groups: HashMap<_, _> = self
            .groups
            .iter()
            .filter_map(|(group, evidence)| Some((group.clone(), evidence.verdict()?)))
            .collect();
        let count = |encoding| of_groups.values().filter(|own| **own == encoding).count();
        let (japanese, western) = (count(SHIFT_JIS_NAMES), count(NameEncoding::Cp437));
        if japanese == 0 || western == 0 {
            return NameEncodings {
                usual: self.of_all(),
                of_groups: HashMap::new(),
            };
        }
        let usual = if japanese > western {
            SHIFT_JIS_NAMES
        } else {
            NameEncoding::Cp437
        };
        NameEncodings { usual, of_groups }
    }

    /// The character set that fits all names best.
    fn of_all(mut self) -> NameEncoding {
        if !self.has_legacy_names {
            return NameEncoding::Cp437;
        }
        if self.all.is_shift_jis && self.all.japanese > self.all.western.max(0) {
            return SHIFT_JIS_NAMES;
        }
        // The detector, made for web pages, does not know code page 437.
        if self.all.western > 0 {
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
        let encodings = survey.finish();
        names.iter().map(|name| encodings.decode(name)).collect()
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

    /// Checks that names of both kinds in one archive are read as they were meant, in whatever
    /// order they stand.
    fn check_mixed(japanese: &[&str], western: &[&str]) {
        let in_shift_jis = japanese
            .iter()
            .map(|name| SHIFT_JIS.encode(name).0.into_owned());
        let in_cp437 = western.iter().map(|name| to_cp437(name));
        let mut raw: Vec<Vec<u8>> = in_shift_jis.chain(in_cp437).collect();
        let mut names: Vec<&str> = japanese.iter().chain(western).copied().collect();
        for _ in 0..2 {
            let read = read_raw(&raw.iter().map(Vec::as_slice).collect::<Vec<_>>());
            assert_eq!(read, names);
            raw.reverse();
            names.reverse();
        }
    }

    #[test]
    fn each_of_two_cards_zipped_together_keeps_its_own_character_set() {
        check_mixed(&["カメラ1/IMG_0001.JPG"], &["Köln/IMG_0001.JPG"]);
        check_mixed(
            &["里山/北/IMG_0001.JPG", "里山/IMG_0002.JPG"],
            &["Malmö/IMG_0001.JPG", "Süd/Bär.jpg"],
        );
        check_mixed(
            &["backup/ツキノワグマ/駅/1.jpg"],
            &["backup/forêt/été.jpg", "backup/España/1.jpg"],
        );
        check_mixed(&["cam1/にほんじか.jpg"], &["cam2/größer.jpg"]);
    }

    #[test]
    fn a_folder_that_could_be_either_is_read_as_the_others_are() {
        for name in [
            "cam北/1.jpg",
            "cam森1/1.jpg",
            "camＢ/1.jpg",
            "cam①/1.jpg",
            "駅/1.jpg",
        ] {
            let names = &[name, "ツキノワグマのカメラ/1.jpg", "里山/1.jpg"];
            assert_eq!(read_back(SHIFT_JIS, names), names);
        }
        let western = ["Ås/1.jpg", "Grünfläche/1.jpg"];
        let raw = western.map(to_cp437);
        assert_eq!(read_raw(&raw.each_ref().map(Vec::as_slice)), western);
    }
}
