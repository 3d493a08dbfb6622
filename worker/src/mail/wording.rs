//! Numbers, dates and words as people read them.

use std::fmt::Display;

use indicatif::{DecimalBytes, HumanCount};
use jiff::{SignedDuration, Timestamp};

/// Longest text of ours about an upload; a mail is not a report.
const LONGEST: usize = 500;

/// `1 image`, `12,345 images`.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    let noun = if count == 1 { one } else { many };
    format!("{} {noun}", number(count))
}

/// `12,345`.
pub(super) fn number(count: u64) -> String {
    HumanCount(count).to_string()
}

/// `1.23 GB`.
pub(super) fn size(bytes: u64) -> String {
    DecimalBytes(bytes).to_string()
}

/// `18 March 2026`, in UTC.
pub(super) fn day(time: Timestamp) -> String {
    time.strftime("%-d %B %Y").to_string()
}

/// The day so many days later.
pub(super) fn day_after(time: Timestamp, days: u16) -> Result<String, jiff::Error> {
    let later = time.checked_add(SignedDuration::from_hours(24 * i64::from(days)))?;
    Ok(day(later))
}

/// A text that may name files of the upload, on one line and not too long.
pub(super) fn one_line(text: &impl Display) -> String {
    let text = text.to_string();
    let mut line: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(LONGEST)
        .collect();
    if text.chars().count() > LONGEST {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_image_is_not_one_images() {
        assert_eq!(counted(1, "image", "images"), "1 image");
        assert_eq!(counted(0, "image", "images"), "0 images");
        assert_eq!(counted(12_345, "image", "images"), "12,345 images");
    }

    #[test]
    fn days_are_counted_over_the_end_of_a_month() {
        let time: Timestamp = "2026-02-20T23:59:59Z".parse().unwrap();
        assert_eq!(day_after(time, 14).unwrap(), "6 March 2026");
        assert_eq!(day_after(time, 0).unwrap(), "20 February 2026");
        assert!(day_after(Timestamp::MAX, 1).is_err());
    }

    #[test]
    fn names_of_files_make_no_lines_of_their_own() {
        assert_eq!(one_line(&"a\r\nBcc: b\u{85}c"), "a  Bcc: b c");
        let long = one_line(&"ä".repeat(LONGEST + 1));
        assert_eq!(long.chars().count(), LONGEST + 1);
        assert!(long.ends_with('…'));
    }
}
