//! Dates and times in the names of files. They are told where a camera wrote none, and never
//! taken for the time of a picture: a name may be that of the day when it was copied.

use jiff::civil::{Date, DateTime, Time};

/// Years that a digital picture can be of.
const YEARS: std::ops::Range<i16> = 1980..2100;

/// The first date in a file's name, with the time behind it, if there is one: `2023-05-01` or
/// `2023-05-01 12:30:00`. Reads `20230501`, `2023-05-01`, `2023_05_01` and the like.
#[must_use]
pub fn in_name(name: &str) -> Option<String> {
    let bytes = name.as_bytes();
    (0..bytes.len()).find_map(|at| {
        let is_inside = at > 0 && bytes.get(at - 1).is_some_and(u8::is_ascii_digit);
        let (date, behind) = date(bytes.get(at..)?).filter(|_| !is_inside)?;
        match time(behind) {
            Some(time) => Some(
                DateTime::from_parts(date, time)
                    .strftime("%F %T")
                    .to_string(),
            ),
            None if behind.first().is_some_and(u8::is_ascii_digit) => None,
            None => Some(date.to_string()),
        }
    })
}

/// A date at the beginning of a text, and what stands behind it.
fn date(text: &[u8]) -> Option<(Date, &[u8])> {
    let (century, text) = two_digits(text)?;
    let (year, text) = two_digits(text)?;
    let (separator, text) = separator(text, b"-_. ");
    let (month, text) = two_digits(text)?;
    let (day, text) = two_digits(same_separator(text, separator)?)?;
    let year = i16::from(century) * 100 + i16::from(year);
    let date = Date::new(year, month, day).ok();
    Some((date.filter(|_| YEARS.contains(&year))?, text))
}

/// A time behind a date.
fn time(text: &[u8]) -> Option<Time> {
    let (_, text) = separator(text, b" _-T@.");
    let (hour, text) = two_digits(text)?;
    let (separator, text) = separator(text, b"-_.:hH");
    let (minute, text) = two_digits(text)?;
    let (second, text) = two_digits(same_separator(text, separator)?)?;
    // More digits in one run are a number, not a time; behind a mark they are milliseconds.
    let is_number = separator.is_some() && text.first().is_some_and(u8::is_ascii_digit);
    Time::new(hour, minute, second, 0)
        .ok()
        .filter(|_| !is_number)
}

fn separator<'t>(text: &'t [u8], separators: &[u8]) -> (Option<u8>, &'t [u8]) {
    match text.split_first() {
        Some((first, rest)) if separators.contains(first) => (Some(*first), rest),
        _ => (None, text),
    }
}

/// What stands behind the same separator; minutes and seconds may be parted by other letters
/// than hours and minutes.
fn same_separator(text: &[u8], separator: Option<u8>) -> Option<&[u8]> {
    match separator {
        None => Some(text),
        Some(b'h' | b'H') => text.split_first().map(|(_, rest)| rest),
        Some(separator) => text.strip_prefix(&[separator]),
    }
}

fn two_digits(text: &[u8]) -> Option<(i8, &[u8])> {
    let ([tens, ones], rest) = text.split_first_chunk()?;
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    let number = (tens - b'0') * 10 + (ones - b'0');
    Some((i8::try_from(number).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_and_times_are_found_in_names() {
        for (name, time) in [
            ("2023-05-01.jpg", "2023-05-01"),
            ("IMG_20230501_123000.jpg", "2023-05-01 12:30:00"),
            ("20230501123000.jpg", "2023-05-01 12:30:00"),
            ("IMG_20230501_123000123.jpg", "2023-05-01 12:30:00"),
            ("cam1 2023-05-01 12.30.00 (2).jpg", "2023-05-01 12:30:00"),
            ("2023_05_01_12_30_00.jpg", "2023-05-01 12:30:00"),
            ("2023-05-01T12-30-00.jpg", "2023-05-01 12:30:00"),
            ("2023-05-01 12h30m00.jpg", "2023-05-01 12:30:00"),
            ("2023-05-01_0007.jpg", "2023-05-01"),
            ("S07__2016.09.05__18-35-10.jpg", "2016-09-05"),
        ] {
            assert_eq!(in_name(name).as_deref(), Some(time), "{name}");
        }
    }

    #[test]
    fn numbers_are_no_dates() {
        for name in [
            "IMG_0001.JPG",
            "RCNX1234.JPG",
            "20231301.jpg",
            "2023-02-30.jpg",
            "123420230501.jpg",
            "202305011.jpg",
            "18001231.jpg",
            "2023-05.jpg",
            "",
        ] {
            assert_eq!(in_name(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_name_is_harmless(name in ".{0,40}", digits in "[0-9_ .-]{0,30}") {
            let _ = (in_name(&name), in_name(&digits));
        }
    }
}
