//! When a picture was taken, as EXIF has it.

use ::exif::Tag;
use common::media::CaptureTime;
use jiff::civil::DateTime;

use super::{date_time, tags::Tags, utc_offset};

/// What the tags say about the time at which a picture was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// The time, if there is one.
    pub captured: Option<CaptureTime>,
    /// What was unusual about it, or why it was not taken.
    pub note: Option<String>,
}

/// `DateTimeOriginal` with its fraction of a second and its offset from UTC: those that it says
/// itself, or else those of their own tags. A date that does not exist (or is all zeros or blanks,
/// as cameras with an unset clock write it) is none; one that is merely wrong, such as a maker's
/// epoch, stays as it was written.
pub(super) fn of(tags: &Tags) -> Reading {
    let written: Vec<String> = tags.texts(Tag::DateTimeOriginal).collect();
    let read = written
        .iter()
        .find_map(|text| Some((text, date_time::parse(text)?)));
    let Some((text, read)) = read else {
        return Reading {
            captured: None,
            note: written.first().map(|text| refusal(text)),
        };
    };
    let own_offset = || utc_offset::parse(&tags.text(Tag::OffsetTimeOriginal)?);
    let captured = CaptureTime {
        local: with_fraction(read.local, tags),
        offset_minutes: read.offset_minutes.or_else(own_offset),
    };
    Reading {
        captured: Some(captured),
        note: read.note.map(|note| format!("{}: {note}", named(text))),
    }
}

/// The time with the fraction of its own tag, unless it has one.
fn with_fraction(local: DateTime, tags: &Tags) -> DateTime {
    if local.subsec_nanosecond() != 0 {
        return local;
    }
    let digits = tags.text_or_number(Tag::SubSecTimeOriginal);
    let fraction = digits.and_then(|digits| date_time::parse_fraction(&digits));
    let whole = local.with().subsec_nanosecond(fraction.unwrap_or(0));
    whole.build().unwrap_or(local)
}

/// Why a text was not taken for a time.
fn refusal(text: &str) -> String {
    if holds_digits(text) {
        format!("{}: not understood", named(text))
    } else {
        "DateTimeOriginal: not set".to_owned()
    }
}

fn named(text: &str) -> String {
    format!("DateTimeOriginal {}", shortened(text))
}

/// Whether a text says anything: not so the zeros and blanks of an unset clock.
pub(super) fn holds_digits(text: &str) -> bool {
    text.contains(|c: char| c.is_numeric() && c != '0')
}

/// A text as it was written, but for what no date needs.
pub(super) fn shortened(text: &str) -> &str {
    const LONGEST_CHARS: usize = 40;
    let end = text.char_indices().nth(LONGEST_CHARS);
    end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;
    use crate::media::exif::tiff_builder::{Data, TiffBuilder};

    fn reading(builder: TiffBuilder) -> Reading {
        of(&Tags::of(&[builder.build()]))
    }

    fn original(text: &'static [u8]) -> TiffBuilder {
        TiffBuilder::new(true).exif(0x9003, Data::Ascii(text))
    }

    fn captured(builder: TiffBuilder) -> Option<(DateTime, Option<i16>)> {
        let captured = reading(builder).captured;
        captured.map(|time| (time.local, time.offset_minutes))
    }

    fn at(nanosecond: i32) -> DateTime {
        datetime(2020, 5, 6, 7, 8, 9, nanosecond)
    }

    #[test]
    fn the_tags_of_fraction_and_offset_fill_in_what_the_time_does_not_say() {
        let tags = |text| {
            original(text)
                .exif(0x9291, Data::Ascii(b"25 "))
                .exif(0x9011, Data::Ascii(b"+5:30"))
        };
        assert_eq!(
            captured(tags(b"2020:05:06 07:08:09")),
            Some((at(250_000_000), Some(330)))
        );
        assert_eq!(
            captured(tags(b"2020:05:06 07:08:09.5Z")),
            Some((at(500_000_000), Some(0)))
        );
        let number = original(b"2020:05:06 07:08:09").exif(0x9291, Data::Short(vec![75]));
        assert_eq!(captured(number), Some((at(750_000_000), None)));
    }

    #[test]
    fn a_time_in_the_first_directory_is_one_too() {
        let misplaced = TiffBuilder::new(false)
            .ifd0(0x9003, Data::Ascii(b"2020:05:06 07:08:09"))
            .ifd0(0x9011, Data::Ascii(b"+0530"));
        assert_eq!(captured(misplaced), Some((at(0), Some(330))));
        let unset =
            original(b"0000:00:00 00:00:00").ifd0(0x9003, Data::Ascii(b"2020:05:06 07:08:09"));
        assert_eq!(captured(unset), Some((at(0), None)));
    }

    #[test]
    fn what_is_unusual_is_told() {
        let note = |text| reading(original(text)).note;
        assert_eq!(note(b"2020:05:06 07:08:09"), None);
        assert_eq!(
            note(b"2019:01:01 24:04:20").as_deref(),
            Some("DateTimeOriginal 2019:01:01 24:04:20: hour 24 read as hour 0 of the same date")
        );
        assert_eq!(
            note(b"2020:13:06 07:08:09").as_deref(),
            Some("DateTimeOriginal 2020:13:06 07:08:09: not understood")
        );
        for unset in [&b"0000:00:00 00:00:00"[..], b"    :  :     :  :  "] {
            assert_eq!(note(unset).as_deref(), Some("DateTimeOriginal: not set"));
        }
        assert_eq!(note(b"                   "), None);
        assert_eq!(reading(TiffBuilder::new(true)), Reading::default());
    }

    #[test]
    fn a_long_text_is_told_in_part() {
        let note = reading(original(&[b'9'; 300])).note.unwrap();
        assert!(note.len() < 100, "{note}");
    }
}
