//! Reading the names of entries whatever character set they were written in.
//!
//! A name is, in this order: what an Info-ZIP Unicode path field says (APPNOTE 4.6.9), if the
//! field belongs to the name; UTF-8, if it is valid UTF-8, with or without the flag that says
//! so; else text in the character set of the archive. That set is the one that somebody chose, or
//! it is judged from all such names of the archive together, because one name is often too short
//! to tell and one program wrote them all.
//!
//! Only where some folders clearly hold Japanese names in Shift-JIS and others Western ones in
//! a code page of DOS, as when the zips of two people were put together, each of these folders
//! has its own set. Other mixtures, and folders whose names could be either, are read in the set
//! of most.

mod candidates;
mod judgement;
mod languages;
mod letter_case;
mod reading;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use rawzip::{ZipFileHeaderRecord, extra_fields::ExtraFieldId};

use super::{LegacyNames, NameEncoding};
use crate::path::MediaPath;
use candidates::Host;
use judgement::Verdict;

/// Parts of names that are judged: of one group, and in all. More of them say nothing new.
const MOST_PARTS_OF_GROUP: usize = 60;
const MOST_PARTS: usize = 1_500;
/// Longer parts, in bytes, were not given by people.
const LONGEST_PART: usize = 255;

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
    /// That of most; `None` where there are no such names.
    usual: Option<NameEncoding>,
    /// Those of the groups (see [`group_of`]) that clearly have their own.
    of_groups: HashMap<Box<[u8]>, NameEncoding>,
    /// Whether somebody chose the usual one.
    is_chosen: bool,
    /// Whether the choice holds for names too that would be valid UTF-8.
    is_for_all: bool,
    /// The first such name.
    sample: Box<[u8]>,
}

impl NameEncodings {
    /// The name of an entry as text, as it was meant.
    pub(super) fn name_of(&self, record: &ZipFileHeaderRecord<'_>) -> String {
        let path = record.file_path();
        let raw = path.as_bytes();
        if let Some(name) = unicode_path(record, raw) {
            return name;
        }
        let is_utf8 = record.flags().is_utf8() || !self.is_for_all;
        match std::str::from_utf8(raw) {
            Ok(name) if is_utf8 => name.to_owned(),
            _ => self.decode(raw),
        }
    }

    /// What is to be said about the character set, where it mattered.
    pub(super) fn legacy_names(&self) -> Option<LegacyNames> {
        let encoding = self.usual?;
        let sample = MediaPath::from_display_name(&self.decode(&self.sample));
        Some(LegacyNames::new(encoding, self.is_chosen, &sample))
    }

    fn decode(&self, raw: &[u8]) -> String {
        let own = self.of_groups.get(group_of(raw));
        match own.copied().or(self.usual) {
            Some(encoding) => encoding.decode(raw),
            None => String::from_utf8_lossy(raw).into_owned(),
        }
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
    choice: Option<NameEncoding>,
    sample: Option<Box<[u8]>>,
    host: Host,
    /// Different parts of names, and the number of the group of each.
    parts: Vec<(Box<[u8]>, usize)>,
    seen: HashSet<Box<[u8]>>,
    /// The number of each group and how many parts it has.
    groups: HashMap<Box<[u8]>, (usize, usize)>,
}

impl NameSurvey {
    /// Begins; with a choice, nothing is judged.
    pub(super) fn new(choice: Option<NameEncoding>) -> Self {
        Self {
            choice,
            sample: None,
            host: Host::Dos,
            parts: Vec::new(),
            seen: HashSet::new(),
            groups: HashMap::new(),
        }
    }

    pub(super) fn add(&mut self, record: &ZipFileHeaderRecord<'_>) {
        let path = record.file_path();
        let raw = path.as_bytes();
        if raw.is_ascii() {
            return;
        }
        let host = Host::of(record.version_made_by().as_u16().to_be_bytes()[0]);
        // Windows does not write UTF-8 without saying so; where it looks like that, it is by chance.
        let is_by_chance = self.choice.is_some() && host == Host::Dos && !record.flags().is_utf8();
        let is_legacy = is_by_chance || std::str::from_utf8(raw).is_err();
        if is_legacy && unicode_path(record, raw).is_none() {
            self.add_legacy(raw, host);
        }
    }

    /// Takes the parts of a name one by one: `/` is no part of a character in any of the sets.
    fn add_legacy(&mut self, raw: &[u8], host: Host) {
        if self.sample.is_none() {
            self.sample = Some(raw.into());
            self.host = host;
        }
        let group = group_of(raw);
        if self.choice.is_some() || self.parts.len() >= MOST_PARTS {
            return;
        }
        let number = self.groups.len();
        let (number, count) = *self.groups.entry(group.into()).or_insert((number, 0));
        if count >= MOST_PARTS_OF_GROUP {
            return;
        }
        let before = self.parts.len();
        for part in raw.split(|&byte| byte == b'/') {
            let is_telling = !part.is_ascii() && part.len() <= LONGEST_PART;
            // Files of a folder differ in their numbers alone.
            let plain: Box<[u8]> = part
                .iter()
                .copied()
                .filter(|b| !b.is_ascii_digit())
                .collect();
            if is_telling && self.seen.insert(plain) {
                self.parts.push((part.into(), number));
            }
        }
        if let Some((_, count)) = self.groups.get_mut(group) {
            *count += self.parts.len() - before;
        }
    }

    /// The character sets that fit the names best.
    pub(super) fn finish(self) -> NameEncodings {
        let is_for_all = self.choice.is_some() && self.sample.is_some();
        let mut encodings = NameEncodings {
            usual: self.choice.filter(|_| is_for_all),
            of_groups: HashMap::new(),
            is_chosen: is_for_all,
            is_for_all,
            sample: self.sample.unwrap_or_default(),
        };
        if self.choice.is_none() && !encodings.sample.is_empty() {
            let Verdict { usual, of_groups } = judgement::judge(&self.parts, self.host);
            let own = |(group, (number, _))| Some((group, *of_groups.get(&number)?));
            encodings.usual = Some(usual);
            encodings.of_groups = self.groups.into_iter().filter_map(own).collect();
        }
        encodings
    }
}
