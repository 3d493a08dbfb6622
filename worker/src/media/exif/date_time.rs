//! Dates with times as cameras and programs write them into text.

use std::sync::LazyLock;

use jiff::civil::DateTime;
use regex_lite::{Captures, Regex};

use super::utc_offset;

/// A date and time, read from text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReadDateTime {
    /// Date and time on the camera's clock.
    pub local: DateTime,
    /// Minutes east of UTC, where the text says it.
    pub offset_minutes: Option<i16>,
    /// How an unusual text was read, in words.
    pub note: Option<&'static str>,
}

/// Words for the halves of a day, as phones write them in the language of their user.
const BEFORE_NOON: [&str; 6] = ["am", "a.m.", "a. m.", "上午", "午前", "오전"];
const AFTER_NOON: [&str; 6] = ["pm", "p.m.", "p. m.", "下午", "午後", "오후"];

/// Year first, with separators; a space may stand for a leading zero. The last group is all that
/// stands behind.
static PARTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?<century>\d{2})(?<year>\d{2})(?<d1>[-:/. ]) ?(?<month>\d{1,2})(?<d2>[-:/. ]) ?(?<day>\d{1,2})[ T:,_](?<half>[^\d:+-]{1,6}?)? *(?<hour>\d{1,2})(?<t1>[-:.]) ?(?<minute>\d{1,2})(?:(?<t2>[-:.]) ?(?<second>\d{1,2})(?:[.,](?<fraction>\d+))?)?(?<rest>(?:[^\d].*)?)$",
    )
});

/// ISO 8601's basic form.
static COMPACT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?<century>\d{2})(?<year>\d{2})(?<month>\d{2})(?<day>\d{2})[ T_-]?(?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})?(?:[.,](?<fraction>\d+))?(?<rest>(?:[^\d].*)?)$",
    )
});

#[expect(clippy::expect_used, reason = "a constant, which the tests compile")]
fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is valid")
}

/// Reads a date with a time, year first, with any of the usual separators. Behind the seconds may
/// stand a fraction, an offset from UTC, the half of the day, or one letter that means nothing to
/// us. The hour 24 is hour 0 of the same date: the clocks that write it count from 1 to 24, and
/// change the date at midnight. `None` for what does not exist or can be read in two ways.
pub(super) fn parse(text: &str) -> Option<ReadDateTime> {
    let text = text.trim();
    let parted = PARTED.captures(text).filter(has_even_separators);
    let found = parted.or_else(|| COMPACT.captures(text))?;
    let behind = Behind::read(found.name("rest")?.as_str())?;
    let half = match (half_before(&found)?, behind.half) {
        (Some(_), Some(_)) => return None,
        (one, other) => one.or(other),
    };
    let written = number(&found, "hour")?;
    let is_midnight = written == 24 && half.is_none();
    let hour = match half {
        Some(half) => half.hour(written)?,
        None if is_midnight => 0,
        None => written,
    };
    if behind.may_be_half && written <= 12 {
        return None;
    }
    let second = number(&found, "second");
    let fraction = found.name("fraction");
    let local = DateTime::new(
        i16::from(number(&found, "century")?) * 100 + i16::from(number(&found, "year")?),
        number(&found, "month")?,
        number(&found, "day")?,
        hour,
        number(&found, "minute")?,
        second.unwrap_or(0),
        fraction.map_or(Some(0), |digits| parse_fraction(digits.as_str()))?,
    );
    let note = if is_midnight {
        Some("hour 24 read as hour 0 of the same date")
    } else if second.is_none() {
        Some("without seconds, read as second 0")
    } else {
        behind.note
    };
    Some(ReadDateTime {
        local: local.ok().filter(|moment| moment.year() > 0)?,
        offset_minutes: behind.offset_minutes,
        note,
    })
}

/// The digits behind the decimal point of a second, in nanoseconds.
pub(super) fn parse_fraction(digits: &str) -> Option<i32> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{digits:0<9}").get(..9)?.parse().ok()
}

/// Whether year, month and day are parted by the same, and hour, minute and second too.
fn has_even_separators(found: &Captures<'_>) -> bool {
    let text = |name| found.name(name).map(|part| part.as_str());
    text("d1") == text("d2") && (text("t2").is_none() || text("t1") == text("t2"))
}

fn number(found: &Captures<'_>, name: &str) -> Option<i8> {
    found.name(name)?.as_str().parse().ok()
}

/// The half of the day that stands before the hour, if any; `None` for other words.
fn half_before(found: &Captures<'_>) -> Option<Option<Half>> {
    match found.name("half").map_or("", |word| word.as_str().trim()) {
        "" => Some(None),
        word => Half::named(word).map(Some),
    }
}

/// A half of the day.
#[derive(Clone, Copy)]
enum Half {
    BeforeNoon,
    AfterNoon,
}

impl Half {
    fn named(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        if BEFORE_NOON.contains(&word.as_str()) {
            Some(Self::BeforeNoon)
        } else if AFTER_NOON.contains(&word.as_str()) {
            Some(Self::AfterNoon)
        } else {
            None
        }
    }

    /// The hour from 0 to 23. Some programs write hours beyond 12 and the half too.
    fn hour(self, written: i8) -> Option<i8> {
        match (self, written) {
            (Self::BeforeNoon, 12) => Some(0),
            (Self::BeforeNoon, 0..12) | (Self::AfterNoon, 12..24) => Some(written),
            (Self::AfterNoon, 1..12) => Some(written + 12),
            _ => None,
        }
    }
}

/// What stands behind the seconds.
#[derive(Default)]
struct Behind {
    offset_minutes: Option<i16>,
    half: Option<Half>,
    /// A letter that may stand for a half of the day, if the hour leaves room for it.
    may_be_half: bool,
    note: Option<&'static str>,
}

impl Behind {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let half = Half::named(text);
        let offset_minutes = utc_offset::parse(text);
        let is_known = text.is_empty() || half.is_some() || offset_minutes.is_some();
        let is_letter = text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let may_be_half = !is_known && matches!(text, "A" | "a" | "P" | "p");
        (is_known || is_letter).then_some(Self {
            offset_minutes,
            half,
            may_be_half,
            note: (!is_known).then_some("the letter behind it was not understood"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;
    use proptest::prelude::*;

    fn local(text: &str) -> Option<DateTime> {
        parse(text).map(|read| read.local)
    }

    #[test]
    fn dates_are_read_in_all_the_ways_that_cameras_write_them() {
        let evening = Some(datetime(2016, 9, 5, 18, 35, 10, 0));
        for text in [
            "2016:09:05 18:35:10",
            "2016-09-05 18:35:10",
            "2016/09/05T18:35:10",
            "2016.09.05 18:35:10",
            "2016 09 05 18:35:10",
            "2016: 9: 5 18:35:10",
            "2016:9:5 18:35:10",
            "2016:09:05  18:35:10",
            "2016:09:05:18:35:10",
            "2016-09-05, 18.35.10",
            "2016-09-05_18-35-10",
            " 2016:09:05 18:35:10 ",
            "20160905T183510",
            "20160905 183510",
            "20160905183510",
        ] {
            assert_eq!(local(text), evening, "{text:?}");
            assert_eq!(parse(text).unwrap().note, None, "{text:?}");
        }
        let morning = Some(datetime(2020, 5, 6, 7, 8, 9, 0));
        assert_eq!(local("2020:5:6 7:8:9"), morning);
        assert_eq!(local("2020:05:06  7: 8: 9"), morning);
    }

    #[test]
    fn a_fraction_and_an_offset_behind_the_seconds_are_read() {
        let read = |text| parse(text).map(|read| (read.local, read.offset_minutes));
        let at = |nanosecond| datetime(2020, 5, 6, 7, 8, 9, nanosecond);
        for (text, nanosecond, offset) in [
            ("2020:05:06 07:08:09.250", 250_000_000, None),
            ("2020:05:06 07:08:09,5", 500_000_000, None),
            ("2020:05:06 07:08:09+0000", 0, Some(0)),
            ("2020:05:06 07:08:09Z", 0, Some(0)),
            ("2020-05-06T07:08:09Z", 0, Some(0)),
            ("2020-05-06T07:08:09.250Z", 250_000_000, Some(0)),
            ("2020:05:06 07:08:09 +05:30", 0, Some(330)),
            ("2020:05:06 07:08:09-3:30", 0, Some(-210)),
            ("2020-05-06T07:08:09.1234567891+02", 123_456_789, Some(120)),
            ("20200506T070809.25-0800", 250_000_000, Some(-480)),
            ("2020:05:06 07:08:09 UTC", 0, Some(0)),
        ] {
            assert_eq!(read(text), Some((at(nanosecond), offset)), "{text:?}");
        }
    }

    #[test]
    fn hour_24_is_the_first_of_the_same_date_and_is_told() {
        let read = parse("2019:01:01 24:04:20").unwrap();
        assert_eq!(read.local, datetime(2019, 1, 1, 0, 4, 20, 0));
        assert_eq!(read.note, Some("hour 24 read as hour 0 of the same date"));
        assert_eq!(local("2019:01:01 25:04:20"), None);
        assert_eq!(local("2019:01:01 24:60:20"), None);
    }

    #[test]
    fn a_time_without_seconds_is_that_minute_and_is_told() {
        let read = parse("2020:05:06 07:08").unwrap();
        assert_eq!(read.local, datetime(2020, 5, 6, 7, 8, 0, 0));
        assert_eq!(read.note, Some("without seconds, read as second 0"));
        assert_eq!(local("2020-05-06T07:08+02:00"), Some(read.local));
    }

    #[test]
    fn halves_of_the_day_are_read_before_and_behind_the_time() {
        let at = |hour| Some(datetime(2016, 12, 1, hour, 35, 10, 0));
        assert_eq!(local("2016:12:01 06:35:10 PM"), at(18));
        assert_eq!(local("2016:12:01 06:35:10 a.m."), at(6));
        assert_eq!(local("2016:12:01 12:35:10AM"), at(0));
        assert_eq!(local("2016:12:01 12:35:10 pm"), at(12));
        assert_eq!(local("2016:12:01 18:35:10 PM"), at(18));
        assert_eq!(local("2016:12:01 下午6:35:10"), at(18));
        assert_eq!(local("2016:12:01 午前 06:35:10"), at(6));
        for text in [
            "2016:12:01 18:35:10 AM",
            "2016:12:01 00:35:10 PM",
            "2016:12:01 24:35:10 PM",
            "2016:12:01 下午06:35:10 PM",
            "2016:12:01 06:35:10 pop.",
        ] {
            assert_eq!(local(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_letter_behind_is_told_unless_it_may_change_the_time() {
        let read = parse("2020:05:06 07:08:09W").unwrap();
        assert_eq!(read.local, datetime(2020, 5, 6, 7, 8, 9, 0));
        assert_eq!(read.offset_minutes, None);
        assert_eq!(read.note, Some("the letter behind it was not understood"));
        assert_eq!(local("2020:05:06 07:08:09P"), None);
        assert_eq!(
            local("2020:05:06 19:08:09P").map(|time| time.hour()),
            Some(19)
        );
    }

    #[test]
    fn what_does_not_exist_or_is_not_clear_is_none() {
        for text in [
            "0000:00:00 00:00:00",
            "    :  :     :  :  ",
            "2016:02:30 00:00:00",
            "2016:13:01 00:00:00",
            "2016:12:01 12:60:00",
            "2016:12:01 12:00:61",
            "0000:01:01 00:00:00",
            "2016:12:01",
            "20161201",
            "2016:12:01 05",
            "2016:12:01-06:00",
            "2016:12-01 06:35:10",
            "2016:12:01 06:35-10",
            "2016:12:01 06:35:10:250",
            "01/12/2016 06:35:10",
            "16:12:01 06:35:10",
            "9999:99:99 99:99:99",
            "",
            "\u{ff}\u{ff}16:12:01 00:00",
            "2016:12:01 -1:00:00",
            "2016:12:01 06:35:101",
            "2016:12:01 06:35:10+99:00",
        ] {
            assert_eq!(local(text), None, "{text:?}");
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

    proptest! {
        #[test]
        fn every_real_moment_is_read_back(
            (year, month, day) in (1i16..=9999, 1i8..=12, 1i8..=28),
            (hour, minute, second) in (0i8..24, 0i8..60, 0i8..60),
        ) {
            let text = format!("{year:04}:{month:02}:{day:02} {hour:02}:{minute:02}:{second:02}");
            prop_assert_eq!(local(&text), Some(datetime(year, month, day, hour, minute, second, 0)));
        }

        #[test]
        fn any_text_is_harmless(text in ".{0,40}", behind in ".{0,12}") {
            let _ = (parse(&text), parse(&format!("2020:05:06 07:08:09{behind}")), parse_fraction(&text));
        }
    }
}
