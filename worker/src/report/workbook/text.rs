//! Text as a sheet can hold it.

use std::borrow::Cow;

/// Excel's limit for the text of one cell, in UTF-16 units.
const LONGEST_TEXT: usize = 32_767;

/// Cuts text to what a cell holds, with a `…` at the end of what was cut, and makes every line
/// end a line feed, as cells have them.
pub(super) fn fitting(text: &str) -> Cow<'_, str> {
    let text = if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    };
    // No text has more UTF-16 units than bytes.
    if text.len() <= LONGEST_TEXT || text.encode_utf16().count() <= LONGEST_TEXT {
        return text;
    }
    let mut cut = String::new();
    let mut units = 0;
    for c in text.chars() {
        units += c.len_utf16();
        if units > LONGEST_TEXT - 1 {
            break;
        }
        cut.push(c);
    }
    cut.push('…');
    Cow::Owned(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_the_limit_of_a_cell() {
        let longest = "é".repeat(LONGEST_TEXT);
        assert_eq!(fitting(&longest), longest);
        let cut = fitting(&"🦌".repeat(LONGEST_TEXT)).into_owned();
        assert_eq!(cut.encode_utf16().count(), LONGEST_TEXT);
        assert!(cut.ends_with("🦌…"));
    }

    #[test]
    fn line_ends_are_line_feeds() {
        assert_eq!(fitting("a\r\nb\rc\nd"), "a\nb\nc\nd");
    }
}
