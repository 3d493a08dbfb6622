//! What words look like in many languages: which letters follow which, which words people give to
//! folders of camera traps, and which characters of East Asia are common.
//!
//! The tables are made by `languages/make_letters.py`, which says of what.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// Costs are counted in half bits: a word that is half as likely costs two more.
pub(super) type Cost = u32;

/// Of a pair with a letter that the language does not have.
const FOREIGN_LETTER: Cost = 24;
/// Of a word in the vocabulary: it is one of some forty, and a fourth of all words are.
pub(super) const KNOWN_WORD: Cost = 15;

/// A language that is written with letters.
pub(super) struct Language {
    /// In the order of their codes.
    letters: Vec<char>,
    /// From each letter to each; the first row and column are the edge of a word.
    costs: Vec<Cost>,
    vocabulary: HashSet<&'static str>,
}

/// Characters that stand for syllables or words, the most common first.
pub(super) struct Characters {
    costs: HashMap<char, Cost>,
    /// Words of two characters and more; the longer of two that begin alike first.
    vocabulary: Vec<&'static str>,
}

static LETTERS: LazyLock<HashMap<&'static str, Language>> = LazyLock::new(|| {
    let lines = include_str!("languages/letters.txt").lines();
    lines.filter_map(Language::parse).collect()
});

static CHARACTERS: LazyLock<HashMap<&'static str, Characters>> = LazyLock::new(|| {
    let lines = include_str!("languages/characters.txt").lines();
    let parse = |line: &'static str| {
        let (language, characters) = line.split_once('\t')?;
        Some((language, Characters::ranked(language, characters)))
    };
    lines.filter_map(parse).collect()
});

impl Language {
    /// The language with this code.
    pub(super) fn of(code: &str) -> Option<&'static Self> {
        LETTERS.get(code)
    }

    fn parse(line: &'static str) -> Option<(&'static str, Self)> {
        let mut fields = line.split('\t');
        let (code, letters, costs) = (fields.next()?, fields.next()?, fields.next()?);
        let language = Self {
            letters: letters.chars().collect(),
            costs: costs
                .chars()
                .filter_map(|digit| digit.to_digit(36))
                .collect(),
            vocabulary: vocabulary_of(code).collect(),
        };
        Some((code, language))
    }

    /// How unlikely a word in small letters is.
    pub(super) fn cost_of(&self, word: &str) -> Cost {
        if self.vocabulary.contains(word) {
            return KNOWN_WORD;
        }
        let mut before = Some(0);
        let mut cost = 0;
        for letter in word.chars() {
            let index = self.letters.binary_search(&letter).ok();
            let index = index.map(|index| index + 1);
            cost += self.pair(before, index);
            before = index;
        }
        cost + self.pair(before, Some(0))
    }

    /// Of two neighbours in a word; `None` is a letter of other languages.
    fn pair(&self, before: Option<usize>, after: Option<usize>) -> Cost {
        let (Some(before), Some(after)) = (before, after) else {
            return FOREIGN_LETTER / if after.is_some() { 3 } else { 1 };
        };
        let row = self.letters.len() + 1;
        let found = self.costs.get(before * row + after);
        found.copied().unwrap_or(FOREIGN_LETTER)
    }
}

fn vocabulary_of(code: &str) -> impl Iterator<Item = &'static str> {
    let lines = include_str!("languages/vocabulary.txt").lines();
    let listed = lines.filter_map(move |line| line.strip_prefix(code)?.strip_prefix(": "));
    listed.flat_map(str::split_whitespace)
}

impl Characters {
    /// Those of the language with this code.
    pub(super) fn of(code: &str) -> Option<&'static Self> {
        CHARACTERS.get(code)
    }

    fn ranked(language: &str, characters: &str) -> Self {
        let ranked = (0..).zip(characters.chars());
        let words = vocabulary_of(language).filter(|word| word.chars().nth(1).is_some());
        let mut vocabulary: Vec<&str> = words.collect();
        vocabulary.sort_unstable_by(|a, b| b.cmp(a));
        Self {
            costs: ranked
                .map(|(rank, character)| (character, cost_of_rank(rank)))
                .collect(),
            vocabulary,
        }
    }

    /// The longest word of the vocabulary that a text begins with.
    pub(super) fn known_word(&self, text: &str) -> Option<&'static str> {
        let first = text.chars().next()?;
        let begins_after = |word: &&&'static str| **word > text;
        let before = self.vocabulary.iter().skip_while(begins_after);
        let mut alike = before.take_while(|word| word.starts_with(first));
        alike.find(|word| text.starts_with(**word)).copied()
    }

    /// How unlikely a character is, if it is one of the common ones.
    pub(super) fn cost_of(&self, character: char) -> Option<Cost> {
        self.costs.get(&character).copied()
    }
}

/// The law of Zipf and Mandelbrot: the share of a character falls as 1 / (rank + 30), and the
/// shares of some 2500 add up to one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 14 to 27"
)]
fn cost_of_rank(rank: u16) -> Cost {
    (2.0 * (4.4 * (f64::from(rank) + 30.0)).log2()).round() as Cost
}
