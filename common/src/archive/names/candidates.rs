//! The character sets that names may be in, and which languages are written in each.
//!
//! Windows has two for each language: a page of DOS ("OEM"), in which its own program and most
//! others write names of zips, and a page of its own ("ANSI"), which some programs take instead.

use std::sync::LazyLock;

use super::{
    languages::{Characters, Cost, Language},
    reading::{East, Script, Tongue},
};
use crate::archive::NameEncoding;

/// The system that an archive was made on, as its entries say (APPNOTE 4.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// DOS and Windows.
    Dos,
    /// Unix.
    Unix,
    /// macOS.
    Mac,
}

/// Where a character set is in use.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// The page of DOS that Windows takes for the language.
    Dos,
    /// Another page of DOS.
    OtherDos,
    /// A page of DOS that Windows takes for no language any more.
    OldDos,
    /// The page of Windows.
    Windows,
    /// On Unix.
    Unix,
    /// On old versions of macOS.
    Mac,
}

/// A character set that names may be in.
pub(super) struct Candidate {
    pub(super) encoding: NameEncoding,
    usage: Use,
    /// With what it costs that it is this language.
    pub(super) tongues: Vec<(Tongue, Cost)>,
}

impl Host {
    /// Of the upper byte of "version made by".
    pub(super) fn of(made_by: u8) -> Self {
        match made_by {
            3 => Self::Unix,
            19 | 7 => Self::Mac,
            _ => Self::Dos,
        }
    }
}

impl Candidate {
    /// How unlikely the character set is on a system, whatever the names are.
    pub(super) fn cost_on(&self, host: Host) -> Cost {
        let is_on_dos = host == Host::Dos;
        match self.usage {
            // Programs of Unix and macOS keep what archives from Windows have.
            Use::Dos => 0,
            Use::OtherDos => 6,
            Use::OldDos => 16,
            Use::Windows if is_on_dos => 10,
            Use::Windows => 4,
            Use::Unix if is_on_dos => 20,
            Use::Unix => 8,
            Use::Mac if host == Host::Mac => 6,
            Use::Mac => 20,
        }
    }

    /// Whether it is for languages of Western Europe.
    pub(super) fn is_western(&self) -> bool {
        self.encoding.languages() == "Western European languages"
    }
}

/// All that are tried: page 864 is not, which nobody has used since Windows is. Of those that read
/// alike, the first counts.
pub(super) fn all() -> &'static [Candidate] {
    static ALL: LazyLock<Vec<Candidate>> =
        LazyLock::new(|| LISTED.iter().filter_map(make).collect());
    &ALL
}

const WESTERN: &str = "fr de es it pt nl sv nb da fi en is ca gl eu ga sq";
const CENTRAL: &str = "pl cs sk hu ro hr sl sq de";
const CYRILLIC: &str = "ru uk be bg sr mk kk mn";

const LISTED: &[(u16, Use, &str)] = &[
    (850, Use::Dos, WESTERN),
    (437, Use::OtherDos, WESTERN),
    (858, Use::OldDos, WESTERN),
    (860, Use::OldDos, "pt"),
    (861, Use::OldDos, "is"),
    (863, Use::OldDos, "fr"),
    (865, Use::OldDos, "nb da"),
    (1252, Use::Windows, WESTERN),
    (28605, Use::Unix, WESTERN),
    (10000, Use::Mac, WESTERN),
    (852, Use::Dos, CENTRAL),
    (1250, Use::Windows, CENTRAL),
    (28592, Use::Unix, CENTRAL),
    (775, Use::Dos, "et lv lt"),
    (1257, Use::Windows, "et lv lt"),
    (857, Use::Dos, "tr az"),
    (1254, Use::Windows, "tr az"),
    (737, Use::Dos, "el"),
    (1253, Use::Windows, "el"),
    (869, Use::OldDos, "el"),
    (866, Use::Dos, CYRILLIC),
    (1251, Use::Windows, CYRILLIC),
    (855, Use::OtherDos, CYRILLIC),
    (20866, Use::Unix, "ru"),
    (21866, Use::Unix, "uk ru"),
    (10007, Use::Mac, CYRILLIC),
    (862, Use::Dos, "he"),
    (1255, Use::Windows, "he"),
    (720, Use::Dos, "ar fa ur"),
    (1256, Use::Windows, "ar fa ur"),
    (874, Use::Dos, "th"),
    (1258, Use::Dos, "vi"),
    (936, Use::Dos, "zh"),
    (932, Use::Dos, "ja"),
    (949, Use::Dos, "ko"),
    (950, Use::Dos, "zh-Hant"),
    (20932, Use::Unix, "ja"),
];

fn make((page, usage, languages): &(u16, Use, &'static str)) -> Option<Candidate> {
    let tongues = languages.split(' ').filter_map(tongue);
    Some(Candidate {
        encoding: NameEncoding::of_page(*page)?,
        usage: *usage,
        tongues: tongues.collect(),
    })
}

fn tongue(code: &'static str) -> Option<(Tongue, Cost)> {
    let east = match code {
        "zh" => Some(East::Simplified),
        "zh-Hant" => Some(East::Traditional),
        "ja" => Some(East::Japanese),
        "ko" => Some(East::Korean),
        _ => None,
    };
    let tongue = match east {
        Some(east) => Tongue::Characters(Characters::of(code)?, east),
        None => Tongue::Letters(Language::of(code)?, script(code)),
    };
    Some((tongue, rarity(code)))
}

fn script(code: &str) -> Script {
    match code {
        "el" => Script::Greek,
        "he" => Script::Hebrew,
        "ar" | "fa" | "ur" => Script::Arabic,
        "th" => Script::Thai,
        _ if CYRILLIC.split(' ').any(|cyrillic| cyrillic == code) => Script::Cyrillic,
        _ => Script::Latin,
    }
}

/// How much less often archives are in a language than in the most common ones.
fn rarity(code: &str) -> Cost {
    match code {
        "is" | "gl" | "eu" | "ga" | "sq" | "az" | "mk" | "kk" | "ur" | "be" => 10,
        "ca" | "mn" | "sr" | "et" | "lv" | "lt" | "sl" | "vi" | "fa" | "ko" | "zh-Hant" => 5,
        _ => 0,
    }
}
