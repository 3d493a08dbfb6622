//! Numbers, sizes, times as people read them.

use jiff::{Timestamp, tz::TimeZone};

/// A number with commas: 12,345.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number and what it counts: 1 file, 2 files.
pub(crate) fn count_of(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A size: 950 bytes, 1.2 GB (units of 1000, as file managers show them).
#[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
pub(crate) fn bytes(bytes: u64) -> String {
    if bytes < 1000 {
        return count_of(bytes, "byte", "bytes");
    }
    let mut value = bytes as f64;
    let mut unit = "";
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] {
        value /= 1000.0;
        unit = next;
        // 999.6 kB would be shown as 1000 kB.
        if value < 999.5 {
            break;
        }
    }
    if value < 9.95 {
        format!("{value:.1} {unit}")
    } else {
        format!("{value:.0} {unit}")
    }
}

/// A span: 40 seconds, 5 minutes, 2 hours 10 minutes, 3 days.
pub(crate) fn duration(seconds: u64) -> String {
    let of = |number, unit: &str| count_of(number, unit, &format!("{unit}s"));
    let minutes = seconds.div_ceil(60);
    let hours = minutes / 60;
    match seconds {
        0..60 => of(seconds.max(1), "second"),
        60..600 => match seconds % 60 / 10 * 10 {
            0 => of(seconds / 60, "minute"),
            rest => format!("{} {rest} seconds", of(seconds / 60, "minute")),
        },
        600..5400 => of(minutes, "minute"),
        5400..172_800 => match minutes % 60 / 10 * 10 {
            0 => of(hours, "hour"),
            rest => format!("{} {rest} minutes", of(hours, "hour")),
        },
        _ => of(hours.div_ceil(24), "day"),
    }
}

/// A moment: 5 December 2026, 14:05 UTC.
pub(crate) fn moment(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC);
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [1, 999, 1000, 999_499, 999_999, 68_719_476_736].map(bytes),
            ["1 byte", "999 bytes", "1.0 kB", "999 kB", "1.0 MB", "69 GB"]
        );
        assert_eq!(
            [0, 59, 60, 95, 600, 5000, 5400, 90_000, 400_000].map(duration),
            [
                "1 second",
                "59 seconds",
                "1 minute",
                "1 minute 30 seconds",
                "10 minutes",
                "84 minutes",
                "1 hour 30 minutes",
                "25 hours",
                "5 days"
            ]
        );
        let at: Timestamp = "2026-12-05T14:05:59Z".parse().unwrap();
        assert_eq!(moment(at), "5 December 2026, 14:05 UTC");
    }

    proptest! {
        #[test]
        fn without_its_commas_a_number_is_itself(number: u64) {
            prop_assert_eq!(count(number).replace(',', ""), number.to_string());
        }

        #[test]
        fn no_size_has_four_digits(number: u64) {
            let text = bytes(number);
            let digits = text.chars().filter(char::is_ascii_digit).count();
            prop_assert!(digits <= 3 && !text.starts_with("0.0"), "{text}");
        }
    }
}
