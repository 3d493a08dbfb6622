//! When a picture was taken, as EXIF has it.

use ::exif::{Exif, Tag};
use common::media::CaptureTime;
use jiff::civil::DateTime;

/// The widest offset from UTC in use anywhere, in minutes.
const WIDEST_OFFSET_MINUTES: i16 = 14 * 60;

/// `DateTimeOriginal` with its fraction of a second and its offset from UTC. A date that does
/// not exist (or is all zeros or blanks, as cameras with an unset clock write it) is none; one
/// that is merely wrong, such as a maker's epoch, stays as it was written.
pub(super) fn of(exif: &Exif) -> Option<CaptureTime> {
    let whole_seconds = parse_date_time(&super::text::of(exif, Tag::DateTimeOriginal)?)?;
    let nanosecond = super::text::of(exif, Tag::SubSecTimeOriginal)
        .and_then(|digits| parse_fraction(&digits))
        .unwrap_or(0);
    let offset_minutes =
        super::text::of(exif, Tag::OffsetTimeOriginal).and_then(|text| parse_offset(&text));
    Some(CaptureTime {
        local: whole_seconds
            .with()
            .subsec_nanosecond(nanosecond)
            .build()
            .ok()?,
        offset_minutes,
    })
}

/// Parses `YYYY:MM:DD HH:MM:SS`. Also takes `-`, `/` or `.` between the parts of the date, `T`
/// before the time, and a space for a leading zero, as some cameras write them. Anything behind
/// the seconds makes it unreadable: it may be `PM`.
fn parse_date_time(text: &str) -> Option<DateTime> {
    let bytes: &[u8; 19] = text.as_bytes().try_into().ok()?;
    let [
        y1,
        y2,
        y3,
        y4,
        d1,
        m1,
        m2,
        d2,
        day1,
        day2,
        gap,
        h1,
        h2,
        t1,
        min1,
        min2,
        t2,
        s1,
        s2,
    ] = *bytes;
    let has_separators =
        d1 == d2 && b":-/.".contains(&d1) && b" T".contains(&gap) && t1 == b':' && t2 == b':';
    if !has_separators {
        return None;
    }
    let year = i16::from(two_digits(y1, y2)?) * 100 + i16::from(two_digits(y3, y4)?);
    if year == 0 {
        return None;
    }
    let [month, day] = [two_digits(m1, m2)?, two_digits(day1, day2)?];
    let [hour, minute, second] = [
        two_digits(h1, h2)?,
        two_digits(min1, min2)?,
        two_digits(s1, s2)?,
    ];
    DateTime::new(year, month, day, hour, minute, second, 0).ok()
}

fn two_digits(tens: u8, ones: u8) -> Option<i8> {
    let tens = if tens == b' ' { b'0' } else { tens };
    let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
    is_number.then(|| i8::try_from((tens - b'0') * 10 + (ones - b'0')).ok())?
}

/// The digits behind the decimal point of a second, in nanoseconds.
fn parse_fraction(digits: &str) -> Option<i32> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{digits:0<9}").get(..9)?.parse().ok()
}

/// Parses `+HH:MM`, `-HH:MM` or `Z` into minutes east of UTC.
fn parse_offset(text: &str) -> Option<i16> {
    if text == "Z" {
        return Some(0);
    }
    let &[sign, h1, h2, b':', m1, m2] = text.as_bytes() else {
        return None;
    };
    let (hours, minutes) = (
        i16::from(two_digits(h1, h2)?),
        i16::from(two_digits(m1, m2)?),
    );
    let offset = hours * 60 + minutes;
    if minutes > 59 || offset > WIDEST_OFFSET_MINUTES {
        return None;
    }
    match sign {
        b'+' => Some(offset),
        b'-' => Some(-offset),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;
    use proptest::prelude::*;

    #[test]
    fn dates_are_read_in_all_the_ways_that_cameras_write_them() {
        let evening = Some(datetime(2016, 9, 5, 18, 35, 10, 0));
        assert_eq!(parse_date_time("2016:09:05 18:35:10"), evening);
        assert_eq!(parse_date_time("2016-09-05 18:35:10"), evening);
        assert_eq!(parse_date_time("2016/09/05T18:35:10"), evening);
        assert_eq!(parse_date_time("2016: 9: 5 18:35:10"), evening);
        assert_eq!(
            parse_date_time("2000:01:01 00:00:00"),
            Some(datetime(2000, 1, 1, 0, 0, 0, 0))
        );
    }

    #[test]
    fn dates_that_do_not_exist_are_none() {
        for text in [
            "0000:00:00 00:00:00",
            "    :  :     :  :  ",
            "2016:02:30 00:00:00",
            "2016:13:01 00:00:00",
            "2016:12:01 24:00:00",
            "2016:12:01 12:60:00",
            "2016:12:01 12:00:61",
            "0000:01:01 00:00:00",
            "2016:12:01",
            "2016:12:01 06:35:10 PM",
            "2016:12-01 06:35:10",
            "9999:99:99 99:99:99",
            "",
            "\u{ff}\u{ff}16:12:01 00:00",
            "2016:12:01 -1:00:00",
        ] {
            assert_eq!(parse_date_time(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_fraction_counts_from_the_decimal_point() {
        assert_eq!(parse_fraction("5"), Some(500_000_000));
        assert_eq!(parse_fraction("05"), Some(50_000_000));
        assert_eq!(parse_fraction("123"), Some(123_000_000));
        assert_eq!(parse_fraction("1234567891"), Some(123_456_789));
        assert_eq!(parse_fraction("-5"), None);
        assert_eq!(parse_fraction(""), None);
    }

    #[test]
    fn offsets_are_minutes_east_of_utc() {
        assert_eq!(parse_offset("+05:30"), Some(330));
        assert_eq!(parse_offset("-03:30"), Some(-210));
        assert_eq!(parse_offset("+14:00"), Some(840));
        assert_eq!(parse_offset("Z"), Some(0));
        for text in ["05:30", "+5:30", "+14:01", "+05:60", "   :  ", "", "+99:99"] {
            assert_eq!(parse_offset(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_real_moment_is_read_back(
            (year, month, day) in (1i16..=9999, 1i8..=12, 1i8..=28),
            (hour, minute, second) in (0i8..24, 0i8..60, 0i8..60),
        ) {
            let text = format!("{year:04}:{month:02}:{day:02} {hour:02}:{minute:02}:{second:02}");
            prop_assert_eq!(parse_date_time(&text), Some(datetime(year, month, day, hour, minute, second, 0)));
        }

        #[test]
        fn any_text_is_harmless(text in ".{0,24}") {
            let _ = (parse_date_time(&text), parse_fraction(&text), parse_offset(&text));
        }
    }
}
