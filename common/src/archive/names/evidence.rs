//! What names tell about the character set that they were written in.

use encoding_rs::SHIFT_JIS;

use super::{NameEncoding, SHIFT_JIS_NAMES, plausibility};
use crate::archive::cp437;

/// Points from which names are surely Japanese: two characters of words.
const SURELY_JAPANESE: i64 = 4;

/// How far some names look like Japanese ones in Shift-JIS, and like Western ones in code page
/// 437.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence {
    /// Whether all of them can be read as Shift-JIS.
    pub(super) is_shift_jis: bool,
    /// See [`plausibility::japanese`].
    pub(super) japanese: i64,
    /// See [`plausibility::western`].
    pub(super) western: i64,
}

impl Default for Evidence {
    fn default() -> Self {
        Self {
            is_shift_jis: true,
            japanese: 0,
            western: 0,
        }
    }
}

impl Evidence {
    /// What one part of a name tells.
    pub(super) fn of(part: &[u8]) -> Self {
        let text = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(part);
        Self {
            is_shift_jis: text.is_some(),
            japanese: text.map_or(0, |text| plausibility::japanese(&text)),
            western: plausibility::western(&cp437::decode(part)),
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.is_shift_jis &= other.is_shift_jis;
        self.japanese += other.japanese;
        self.western += other.western;
    }

    /// The character set, where there is no doubt about it: one of the readings looks like names,
    /// and the other does not.
    pub(super) fn verdict(self) -> Option<NameEncoding> {
        let is_japanese =
            self.is_shift_jis && self.japanese >= SURELY_JAPANESE && self.western <= 0;
        let is_western = self.western > 0 && (!self.is_shift_jis || self.japanese < 0);
        match (is_japanese, is_western) {
            (true, _) => Some(SHIFT_JIS_NAMES),
            (_, true) => Some(NameEncoding::Cp437),
            _ => None,
        }
    }
}
