//! How likely capitals and small letters of a word stand together so.

use super::languages::Cost;

/// A word in small letters, or with a capital in front.
const USUAL: Cost = 2;
/// A word in capitals.
const CAPITALS: Cost = 6;
/// Anything else, and each place in it where a capital follows a small letter.
const ODD: Cost = 6;
const NEW_WORD: Cost = 6;
/// Several capitals, and then small letters.
const CAPITALS_END: Cost = 8;
/// The same, where one of the two is no ASCII letter: a sign of another character set.
const NEW_ACCENTED_WORD: Cost = 14;

/// How unlikely the capitals of a word are. Scripts without capitals cost nothing.
pub(super) fn cost_of(word: &str) -> Cost {
    let letters: Vec<char> = word.chars().filter(|c| is_cased(*c)).collect();
    let Some((first, rest)) = letters.split_first() else {
        return 0;
    };
    if rest.iter().all(|c| c.is_lowercase()) {
        return USUAL;
    }
    if first.is_uppercase() && rest.iter().all(|c| c.is_uppercase() || *c == 'ß') {
        return CAPITALS;
    }
    let pairs = letters.iter().zip(rest);
    let breaks = pairs.map(
        |(before, after)| match (before.is_lowercase(), after.is_uppercase()) {
            (true, true) if before.is_ascii() && after.is_ascii() => NEW_WORD,
            (true, true) => NEW_ACCENTED_WORD,
            _ => 0,
        },
    );
    let is_cut = letters.windows(3).any(|three| {
        matches!(three, [a, b, c] if a.is_uppercase() && b.is_uppercase() && c.is_lowercase())
    });
    ODD + breaks.sum::<Cost>() + if is_cut { CAPITALS_END } else { 0 }
}

fn is_cased(letter: char) -> bool {
    letter.is_uppercase() || letter.is_lowercase()
}

/// A word in small letters, each letter by itself: `İ` is one.
pub(super) fn lower(word: &str) -> String {
    let lower = |letter: char| match letter {
        'İ' => 'i',
        _ => letter.to_lowercase().next().unwrap_or(letter),
    };
    word.chars().map(lower).collect()
}
