//! The `'` before text in CSV files that spreadsheet programs would run as a formula (OWASP, "CSV
//! Injection").
//!
//! It can be taken off again without loss: of text that begins with one or more `'` and then with
//! one of [`FORMULA_STARTS`], the first `'` is not the text's own.

use std::borrow::Cow;

/// What formulas begin with, and what spreadsheet programs skip before them.
pub const FORMULA_STARTS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];

/// Text with a `'` before it, if it needs one. A number with a sign, such as `-7` or `+3.5`, is no
/// formula and stays as it is.
#[must_use]
pub fn guarded(text: Cow<'_, str>) -> Cow<'_, str> {
    let begins_like_one = text.trim_start_matches('\'').starts_with(FORMULA_STARTS);
    if begins_like_one && !is_signed_number(&text) {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}

/// Whether a text is a sign with digits and at most one decimal mark between them.
fn is_signed_number(text: &str) -> bool {
    let Some(number) = text.strip_prefix(['+', '-']) else {
        return false;
    };
    let (whole, decimals) = match number.split_once(['.', ',']) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (number, None),
    };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && decimals.is_none_or(is_digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn guard(text: &str) -> String {
        guarded(Cow::Borrowed(text)).into_owned()
    }

    #[test]
    fn text_never_begins_like_a_formula() {
        for text in [
            "=1+1",
            "+A1",
            "-A1",
            "-1+1",
            "+1-2",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "+",
            "-",
            "-cam/a.jpg",
            "-1.2.3",
            "-7 ",
            "+.5",
            "-7.",
            "-1e5",
            "--7",
            "+1.000,5",
        ] {
            assert_eq!(guard(text), format!("'{text}"));
        }
        for text in ["a=1", "", "7", "'", "'quoted'", "cam-1", " =1"] {
            assert_eq!(guard(text), text);
        }
    }

    #[test]
    fn numbers_with_a_sign_stay_as_they_are() {
        for text in ["-7", "+3.5", "-33.123", "+41", "-0,5"] {
            assert_eq!(guard(text), text);
        }
    }

    #[test]
    fn text_that_looks_guarded_gets_one_too() {
        assert_eq!(guard("'=1"), "''=1");
        assert_eq!(guard("'-7"), "''-7");
    }

    proptest! {
        #[test]
        fn what_stands_in_a_table_can_be_read_back(text in "['=+@a1.,\t-]{0,6}|.{0,20}") {
            let written = guard(&text);
            let rest = written.trim_start_matches('\'');
            let is_guarded = rest.len() < written.len() && rest.starts_with(FORMULA_STARTS);
            let read = if is_guarded { &written[1..] } else { &written };
            prop_assert_eq!(read, text);
        }
    }
}
