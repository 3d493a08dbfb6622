//! How much a text looks like file names that people give.
//!
//! The same bytes are `カメラ` in Shift-JIS and `âJâüâë` in code page 437, and both are letters.
//! What tells them apart is how letters stand together: accented letters stand alone among
//! plain ones, Japanese characters stand among themselves.

/// How Western a text looks that was read as code page 437: points for accented letters inside
/// words, minus points for what words do not contain.
pub(super) fn western(text: &str) -> i64 {
    runs(text).iter().map(|run| run.western()).sum()
}

/// How Japanese a text looks that was read as Shift-JIS.
pub(super) fn japanese(text: &str) -> i64 {
    runs(text).iter().map(|run| run.japanese()).sum()
}

/// Characters outside ASCII that stand together, and their ASCII neighbours.
struct Run {
    before: Option<char>,
    characters: Vec<char>,
    after: Option<char>,
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut before = None;
    let mut is_in_run = false;
    for character in text.chars() {
        match runs.last_mut().filter(|_| is_in_run) {
            Some(run) if character.is_ascii() => run.after = Some(character),
            Some(run) => run.characters.push(character),
            None if character.is_ascii() => {}
            None => runs.push(Run {
                before,
                characters: vec![character],
                after: None,
            }),
        }
        is_in_run = !character.is_ascii();
        before = Some(character);
    }
    runs
}

impl Run {
    fn western(&self) -> i64 {
        let letters_beside = [self.before, self.after].into_iter().flatten();
        let is_in_word = letters_beside.clone().any(|c| c.is_ascii_alphabetic());
        let is_upper_in_lower = self.characters.iter().any(|c| c.is_lowercase())
            && self.after.is_some_and(|c| c.is_ascii_uppercase());
        let weight = |&c: &char| match c {
            '°' | 'º' | 'ª' | '²' | '½' | '·' | '±' | 'µ' | '£' | '¿' | '¡' | '«' | '»' => {
                0
            }
            _ if !is_latin_letter(c) => -2,
            _ if is_upper_in_lower || self.characters.len() > 2 => -2,
            _ => i64::from(is_in_word),
        };
        self.characters.iter().map(weight).sum()
    }

    fn japanese(&self) -> i64 {
        let touches = |is: fn(&char) -> bool| {
            [self.before, self.after]
                .into_iter()
                .flatten()
                .filter(is)
                .count()
        };
        let is_inside_word =
            touches(char::is_ascii_lowercase) > 0 || touches(char::is_ascii_alphabetic) == 2;
        let has_kana = self.characters.iter().any(|&c| is_kana(c));
        let is_single = self.characters.len() == 1;
        // `cam北` is `camûk` in code page 437, and people write such names, too.
        let is_suffix = is_single && self.after.is_none_or(|c| !c.is_ascii_alphabetic());
        let weight = |&c: &char| match c {
            _ if is_kana(c) => 2,
            '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff5e}' | '①'..='⑳'
                if is_suffix && is_inside_word =>
            {
                0
            }
            _ if is_inside_word && !has_kana && is_single => -1,
            '\u{4e00}'..='\u{9fff}' => 2,
            '\u{3000}'..='\u{303f}' => 1,
            // Full-width letters and half-width katakana come in words, not alone.
            '\u{ff01}'..='\u{ff5e}' if !is_inside_word && !is_single => 2,
            '\u{ff66}'..='\u{ff9f}' if !is_inside_word && !is_single => 1,
            _ => -1,
        };
        self.characters.iter().map(weight).sum()
    }
}

fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}')
}

fn is_latin_letter(c: char) -> bool {
    matches!(c, 'À'..='ÿ' | 'ƒ') && c.is_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accented_words_look_western_and_their_shift_jis_readings_not_japanese() {
        assert!(western("Köln") > 0);
        assert!(western("Ärger für") > 0);
        assert!(japanese("K馬n") < 0);
        assert!(japanese("r駱騁") > 0);
    }

    #[test]
    fn japanese_words_look_japanese_and_their_dos_readings_not_western() {
        assert!(japanese("カメラ1") > 0);
        assert!(japanese("里山") > 0);
        assert!(western("âJâüâë") < 0);
        assert!(western("╢╥╫") < 0);
    }
}
