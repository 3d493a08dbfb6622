//! Reconyx maker notes: capture time, serial number, temperature, and the label that the camera's
//! user gave it.
//!
//! Some HyperFire cameras write nothing else about a picture, and none writes its temperature
//! anywhere else. All notes are little-endian, whatever the file around them is.

mod layout;

use jiff::civil::DateTime;

use self::layout::{Layout, SerialLayout, TimeLayout};
use super::{charset::Charset, is_on_earth, text};

/// How far the two scales of a temperature may be apart after rounding, in degrees Celsius.
const ROUNDING_CELSIUS: f64 = 1.5;

/// The longest serial number.
const SERIAL_CHARS: usize = 15;

/// The facts of a Reconyx maker note.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ReconyxFacts {
    /// Date and time on the camera's clock.
    pub local: Option<DateTime>,
    /// The camera's serial number.
    pub serial_number: Option<String>,
    /// Ambient temperature in degrees Celsius.
    pub temperature_celsius: Option<f64>,
    /// What the user called the camera or its place.
    pub user_label: Option<String>,
}

impl ReconyxFacts {
    /// Reads a maker note; `None` when it is not one of Reconyx. What is cut off or impossible
    /// in it stays `None`. The label is text in the charset of the file.
    pub(super) fn read(note: &[u8], make: Option<&str>, charset: Charset) -> Option<Self> {
        let layout = layout::of(note, make)?;
        Some(Self {
            local: local(note, &layout.time),
            serial_number: serial_number(note, &layout.serial),
            temperature_celsius: temperature_celsius(note, &layout),
            user_label: user_label(note, layout.label, charset),
        })
    }
}

fn local(note: &[u8], layout: &TimeLayout) -> Option<DateTime> {
    match *layout {
        TimeLayout::MonthFirst(at) => {
            let [second, minute, hour, month, day, year] = six_words(note, at)?;
            date_time([year, month, day], [hour, minute, second])
        }
        TimeLayout::Bytes(at) => {
            let &[second, minute, hour, day, month] = note.get(at..)?.first_chunk::<5>()?;
            let year = u16_at(note, at.checked_add(5)?)?;
            date_time(
                [year, month.into(), day.into()],
                [hour.into(), minute.into(), second.into()],
            )
        }
        TimeLayout::ByWeekday { at, weekday_at } => {
            let [second, minute, hour, first, last, year] = six_words(note, at)?;
            let weekday = u16_at(note, weekday_at)?;
            let readings = [[year, last, first], [year, first, last]];
            let fits = |date| {
                date_time(date, [hour, minute, second]).filter(|moment| is_on(*moment, weekday))
            };
            match readings.map(fits) {
                [Some(one), Some(other)] => (one == other).then_some(one),
                [one, other] => one.or(other),
            }
        }
    }
}

fn is_on(moment: DateTime, weekday: u16) -> bool {
    u16::try_from(moment.weekday().to_sunday_zero_offset()) == Ok(weekday)
}

fn date_time([year, month, day]: [u16; 3], [hour, minute, second]: [u16; 3]) -> Option<DateTime> {
    if !(1..=9999).contains(&year) {
        return None;
    }
    let small = |number: u16| i8::try_from(number).ok();
    let year = i16::try_from(year).ok()?;
    DateTime::new(
        year,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        0,
    )
    .ok()
}

/// The temperature, if both of its scales say the same: notes without a measurement hold zeros
/// in both.
fn temperature_celsius(note: &[u8], layout: &Layout) -> Option<f64> {
    let celsius = f64::from(u16_at(note, layout.celsius)?.cast_signed());
    let fahrenheit = f64::from(u16_at(note, layout.fahrenheit)?.cast_signed());
    let difference = celsius - (fahrenheit - 32.0) / 1.8;
    (difference.abs() <= ROUNDING_CELSIUS && is_on_earth(celsius)).then_some(celsius)
}

fn serial_number(note: &[u8], layout: &SerialLayout) -> Option<String> {
    let bytes: Vec<u8> = match *layout {
        SerialLayout::Ascii(at) => note.get(at..)?.iter().copied().take(SERIAL_CHARS).collect(),
        SerialLayout::Utf16(at) => {
            let units = note.get(at..)?.as_chunks::<2>().0.iter().take(SERIAL_CHARS);
            units
                .map(|unit| u8::try_from(u16::from_le_bytes(*unit)))
                .collect::<Result<_, _>>()
                .ok()?
        }
    };
    text::decode(&bytes, Charset::default()).filter(|serial| serial.is_ascii())
}

/// The label, whose end the end of the note may cut off.
fn user_label(note: &[u8], (at, longest): (usize, usize), charset: Charset) -> Option<String> {
    let bytes = note.get(at..)?;
    text::decode(bytes.get(..longest).unwrap_or(bytes), charset)
}

/// Six numbers of two bytes. Some HyperFires write these alone in the other byte order, which the
/// first, a second, tells.
fn six_words(note: &[u8], at: usize) -> Option<[u16; 6]> {
    let words = note.get(at..)?.as_chunks::<2>().0.first_chunk::<6>()?;
    let is_swapped = matches!(words, [[0, second], ..] if *second != 0);
    Some(words.map(|word| {
        if is_swapped {
            u16::from_be_bytes(word)
        } else {
            u16::from_le_bytes(word)
        }
    }))
}

fn u16_at(note: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*note.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests;
