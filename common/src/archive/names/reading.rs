//! How unlikely it is that somebody gave a name that reads so, in a language.

use super::{
    languages::{Characters, Cost, KNOWN_WORD, Language},
    letter_case,
};

/// A character that names do not contain: lines of boxes, mathematics, what is not a character.
const SYMBOL: Cost = 40;
/// A letter of a script that the language is not written in.
const OTHER_SCRIPT: Cost = 32;
/// The first of some Latin letters in a word of another script, and each of them.
const MIXED_WORD: Cost = 16;
const LATIN_IN_OTHER: Cost = 14;
/// A Latin letter beside characters of East Asia.
const LATIN_BESIDE_CHARACTERS: Cost = 10;

/// That there are words in Latin letters beside those of another script.
const BESIDE_LATIN_WORDS: Cost = 14;

/// What a name may be written in.
#[derive(Clone, Copy)]
pub(super) enum Tongue {
    /// Letters, and the script that they belong to.
    Letters(&'static Language, Script),
    /// Characters of East Asia.
    Characters(&'static Characters, East),
}

/// Scripts whose letters are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    Thai,
}

/// Ways to write in East Asia.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum East {
    Simplified,
    Traditional,
    Japanese,
    Korean,
}

impl Script {
    pub(super) fn of(letter: char) -> Option<Self> {
        Some(match letter {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Self::Latin,
            '\u{370}'..='\u{3ff}' => Self::Greek,
            '\u{400}'..='\u{52f}' => Self::Cyrillic,
            '\u{5d0}'..='\u{5ea}' => Self::Hebrew,
            '\u{621}'..='\u{64a}' | '\u{671}'..='\u{6d3}' | '\u{6d5}' => Self::Arabic,
            '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' => Self::Thai,
            _ => return None,
        })
    }
}

impl Tongue {
    /// How unlikely a part of a path is. Only pieces with something else than ASCII count: the
    /// others read the same in every character set.
    pub(super) fn cost_of(self, text: &str) -> Cost {
        let is_between = |c: char| c.is_ascii() && !c.is_ascii_alphabetic();
        let pieces = || text.split(is_between);
        let telling = pieces().filter(|piece| !piece.is_ascii());
        let costs = telling.map(|piece| match self {
            Self::Letters(language, script) => lettered(language, script, piece),
            Self::Characters(characters, east) => eastern(characters, east, piece),
        });
        let is_beside_latin = !self.is_latin() && pieces().any(is_latin_word);
        costs.sum::<Cost>()
            + if is_beside_latin {
                BESIDE_LATIN_WORDS
            } else {
                0
            }
    }

    fn is_latin(self) -> bool {
        matches!(self, Self::Letters(_, Script::Latin))
    }
}

/// Whether a piece is a word rather than something like `CAM` or `IMG`.
fn is_latin_word(piece: &str) -> bool {
    let small = piece.bytes().filter(u8::is_ascii_lowercase).count();
    piece.is_ascii() && small >= 4
}

/// A piece of words and signs.
fn lettered(language: &Language, script: Script, piece: &str) -> Cost {
    let mut cost = 0;
    let mut word = String::new();
    let mut rest = piece.chars().peekable();
    while let Some(character) = rest.next() {
        if is_letter(character) {
            word.push(character);
            continue;
        }
        let is_before_letter = rest.peek().is_some_and(|next| is_letter(*next));
        cost += sign(&word, character, is_before_letter) + letters(language, script, &word);
        word.clear();
    }
    cost + letters(language, script, &word)
}

/// A character that is no letter, behind a word, or behind nothing.
fn sign(word: &str, sign: char, is_before_letter: bool) -> Cost {
    match (sign, is_before_letter) {
        ('’', true) if !word.is_empty() => 18,
        ('°' | 'º' | 'ª' | '²' | '³' | '½', false) if matches!(word, "" | "n" | "N" | "m") => {
            16
        }
        ('№' | '¿' | '¡' | '“' | '„' | '«' | '–', _) if word.is_empty() => 24,
        ('”' | '»' | '’' | '–', false) => 24,
        ('°' | 'º' | 'ª' | '·' | '§' | '€' | '´', false) => 32,
        _ if is_before_letter && !word.is_empty() => SYMBOL + SYMBOL,
        _ => SYMBOL,
    }
}

fn is_letter(character: char) -> bool {
    Script::of(character).is_some() && !matches!(character, '×' | '÷')
}

fn letters(language: &Language, script: Script, word: &str) -> Cost {
    if word.is_empty() {
        return 0;
    }
    let is_foreign = |letter: &char| Script::of(*letter) != Some(script);
    let foreign: Vec<char> = word.chars().filter(is_foreign).collect();
    let each = |letter: &char| {
        if letter.is_ascii() {
            LATIN_IN_OTHER
        } else {
            OTHER_SCRIPT
        }
    };
    let mut cost: Cost = foreign.iter().map(each).sum();
    if !foreign.is_empty() {
        cost += MIXED_WORD;
    }
    let own: String = word.chars().filter(|letter| !is_foreign(letter)).collect();
    cost + letter_case::cost_of(&own) + language.cost_of(&letter_case::lower(&own))
}

/// A piece with characters of East Asia.
fn eastern(characters: &Characters, east: East, word: &str) -> Cost {
    let mut cost = 0;
    let mut before: Option<char> = None;
    let mut rest = word;
    while let Some(character) = rest.chars().next() {
        let known = characters.known_word(rest);
        let length = known.map_or(character.len_utf8(), str::len);
        cost += known.map_or_else(|| of_character(characters, east, character), |_| KNOWN_WORD);
        if let Some(before) = before {
            cost += between(before, character);
        }
        let (taken, behind) = rest.split_at(length);
        before = taken.chars().next_back();
        rest = behind;
    }
    cost
}

fn of_character(characters: &Characters, east: East, character: char) -> Cost {
    let is_japanese = east == East::Japanese;
    match character {
        _ if character.is_ascii() => LATIN_BESIDE_CHARACTERS,
        '\u{3041}'..='\u{30ff}' if is_japanese => 13,
        '\u{ff61}'..='\u{ff9f}' if is_japanese => 19,
        '\u{ff01}'..='\u{ff5e}' => 20,
        '\u{2460}'..='\u{2473}' | '\u{3000}'..='\u{301f}' => 22,
        _ => characters
            .cost_of(character)
            .unwrap_or_else(|| of_rare_character(east, character)),
    }
}

/// Of a character that is not in the list. The national standards have the more common ones first.
fn of_rare_character(east: East, character: char) -> Cost {
    let (encoding, common) = match east {
        East::Simplified => (encoding_rs::GBK, 0xb0..=0xd7),
        East::Traditional => (encoding_rs::BIG5, 0xa4..=0xc6),
        East::Japanese => (encoding_rs::SHIFT_JIS, 0x88..=0x97),
        East::Korean => (encoding_rs::EUC_KR, 0xb0..=0xc8),
    };
    let text = character.to_string();
    let (bytes, _, has_failed) = encoding.encode(&text);
    match *bytes {
        [first, second] if !has_failed && common.contains(&first) => {
            // GBK put further ones between those of the standard.
            if east == East::Simplified && second < 0xa1 {
                36
            } else {
                28
            }
        }
        _ => 36,
    }
}

/// That two characters stand beside each other: words of East Asia are seldom glued to others.
fn between(before: char, after: char) -> Cost {
    match (before.is_ascii(), after.is_ascii()) {
        (false, false) if is_half_width(before) != is_half_width(after) => 12,
        (true, true) | (false, false) => 0,
        (true, false) if before.is_ascii_lowercase() => 14,
        (false, true) if after.is_ascii_lowercase() => 14,
        _ => 6,
    }
}

fn is_half_width(character: char) -> bool {
    matches!(character, '\u{ff61}'..='\u{ff9f}')
}
