//! Where a camera stood, as the GPS tags have it.

use ::exif::{Context, Exif, Tag, Value};
use common::media::Position;

use super::{charset::Charset, number, tags, text};

/// The directory of GPS tags, as the reader has it.
#[derive(Clone, Copy)]
pub(super) struct GpsDirectory<'e> {
    /// The structure that it is in.
    pub exif: &'e Exif,
    /// That of GPS, or that of the first directory, if the structure was read from there on.
    pub context: Context,
}

impl GpsDirectory<'_> {
    fn value(&self, tag: Tag) -> Option<&Value> {
        tags::value(self.exif, Tag(self.context, tag.number()))
    }
}

/// The position of the GPS tags. `None` without both coordinates and both of their hemispheres:
/// a latitude of unknown sign is no latitude.
pub(super) fn of(gps: GpsDirectory<'_>) -> Option<Position> {
    let latitude = coordinate(gps, Tag::GPSLatitude, Tag::GPSLatitudeRef, ['N', 'S'])?;
    let longitude = coordinate(gps, Tag::GPSLongitude, Tag::GPSLongitudeRef, ['E', 'W'])?;
    Position::new(latitude, longitude, altitude_m(gps))
}

/// A coordinate in degrees. How large it is tells the number, and on which side it is the letter:
/// programs that write a sign write it beside the letter. `None` where the two contradict.
fn coordinate(
    gps: GpsDirectory<'_>,
    tag: Tag,
    reference: Tag,
    [positive, negative]: [char; 2],
) -> Option<f64> {
    let (size, is_signed) = degrees(gps, tag)?;
    match hemisphere(gps, reference)? {
        letter if letter == positive && !is_signed => Some(size),
        letter if letter == negative => Some(-size),
        _ => None,
    }
}

/// Degrees, minutes and seconds as one number without a sign, and whether there was one. Minutes
/// and seconds may be missing: some cameras write fractions of degrees or of minutes, and 0/0 for
/// the rest. A part that is no number at all makes the whole none.
fn degrees(gps: GpsDirectory<'_>, tag: Tag) -> Option<(f64, bool)> {
    let value = gps.value(tag)?;
    let [degrees, minutes, seconds] = [
        number::at(value, 0)?,
        minor_part(value, 1)?,
        minor_part(value, 2)?,
    ];
    let size = degrees.abs() + minutes.abs() / 60.0 + seconds.abs() / 3600.0;
    Some((size, degrees < 0.0 || minutes < 0.0 || seconds < 0.0))
}

/// Minutes or seconds, which are 0 where there are none; `None` for a division by zero.
fn minor_part(value: &Value, index: usize) -> Option<f64> {
    let is_broken = match value {
        Value::Rational(parts) => parts
            .get(index)
            .is_some_and(|part| part.denom == 0 && part.num != 0),
        Value::SRational(parts) => parts
            .get(index)
            .is_some_and(|part| part.denom == 0 && part.num != 0),
        _ => false,
    };
    (!is_broken).then(|| number::at(value, index).unwrap_or(0.0))
}

/// The first letter of a reference, as a capital.
fn hemisphere(gps: GpsDirectory<'_>, tag: Tag) -> Option<char> {
    let text = text::of(gps.value(tag)?, Charset::default())?;
    text.chars()
        .next()
        .map(|letter| letter.to_ascii_uppercase())
}

/// Metres above sea level. The reference is 0 above and 1 below the sea level, and since EXIF
/// 3.0 2 above and 3 below it with the level named; the default is 0. A sign beside a reference
/// below says the same once more.
fn altitude_m(gps: GpsDirectory<'_>) -> Option<f64> {
    let metres = number::at(gps.value(Tag::GPSAltitude)?, 0)?;
    let is_below = match gps.value(Tag::GPSAltitudeRef) {
        // Some programs write the digit as text.
        Some(Value::Ascii(parts)) => parts
            .first()
            .is_some_and(|part| matches!(part.first(), Some(b'1' | b'3'))),
        Some(value) => matches!(value.get_uint(0), Some(1 | 3)),
        None => false,
    };
    Some(if is_below { -metres.abs() } else { metres })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::exif::{
        tags::parse,
        tiff_builder::{Data, TiffBuilder},
    };

    const LAT_REF: u16 = 1;
    const LAT: u16 = 2;
    const LON_REF: u16 = 3;
    const LON: u16 = 4;
    const ALT_REF: u16 = 5;
    const ALT: u16 = 6;

    fn position(tags: &[(u16, Data)]) -> Option<Position> {
        let mut builder = TiffBuilder::new(false);
        for (tag, data) in tags {
            builder = builder.gps(*tag, data.clone());
        }
        of(GpsDirectory {
            exif: &parse(&builder.build()).unwrap(),
            context: Context::Gps,
        })
    }

    fn dms(degrees: u32, minutes: u32, hundredths: u32) -> Data {
        Data::Rational(vec![(degrees, 1), (minutes, 1), (hundredths, 100)])
    }

    #[test]
    fn hemispheres_give_the_signs() {
        let south_west = position(&[
            (LAT_REF, Data::Ascii(b"S")),
            (LAT, dms(2, 30, 1800)),
            (LON_REF, Data::Ascii(b"w")),
            (LON, dms(54, 15, 0)),
        ])
        .unwrap();
        assert!((south_west.latitude() + 2.505).abs() < 1e-9);
        assert!((south_west.longitude() + 54.25).abs() < 1e-9);
        assert_eq!(south_west.altitude_m(), None);
    }

    #[test]
    fn altitudes_below_the_sea_are_negative() {
        let altitude = |reference: Option<Data>| {
            let mut tags = vec![
                (LAT_REF, Data::Ascii(b"N")),
                (LAT, dms(31, 0, 0)),
                (LON_REF, Data::Ascii(b"E")),
                (LON, dms(35, 0, 0)),
                (ALT, Data::Rational(vec![(4305, 10)])),
            ];
            tags.extend(reference.map(|reference| (ALT_REF, reference)));
            position(&tags).unwrap().altitude_m()
        };
        assert_eq!(altitude(Some(Data::Byte(vec![0]))), Some(430.5));
        assert_eq!(altitude(Some(Data::Byte(vec![1]))), Some(-430.5));
        assert_eq!(altitude(Some(Data::Ascii(b"1"))), Some(-430.5));
        assert_eq!(altitude(None), Some(430.5));
    }

    #[test]
    fn fractions_of_degrees_and_undefined_seconds_are_read() {
        let decimal = position(&[
            (LAT_REF, Data::Ascii(b"N")),
            (LAT, Data::Rational(vec![(485, 10)])),
            (LON_REF, Data::Ascii(b"E")),
            (LON, Data::Rational(vec![(8, 1), (305, 10), (0, 0)])),
        ])
        .unwrap();
        assert!((decimal.latitude() - 48.5).abs() < 1e-9);
        assert!((decimal.longitude() - (8.0 + 30.5 / 60.0)).abs() < 1e-9);
    }

    #[test]
    fn fillers_and_halves_of_positions_are_none() {
        let north = (LAT_REF, Data::Ascii(b"N"));
        let east = (LON_REF, Data::Ascii(b"E"));
        let zero = Data::Rational(vec![(0, 1); 3]);
        let none = Data::Rational(vec![(0, 0); 3]);
        let both = |lat: &Data, lon: &Data| {
            position(&[
                north.clone(),
                (LAT, lat.clone()),
                east.clone(),
                (LON, lon.clone()),
            ])
        };
        assert!(both(&dms(48, 0, 0), &dms(8, 0, 0)).is_some());
        assert_eq!(both(&zero, &zero), None);
        assert_eq!(both(&none, &none), None);
        assert_eq!(both(&dms(91, 0, 0), &dms(8, 0, 0)), None);
        assert_eq!(
            position(&[(LAT, dms(48, 0, 0)), east.clone(), (LON, dms(8, 0, 0))]),
            None
        );
        assert_eq!(position(&[north, (LAT, dms(48, 0, 0)), east]), None);
    }

    #[test]
    fn the_letter_says_the_side_and_the_number_how_far() {
        let south = |degrees: [(i32, i32); 3], letter| {
            position(&[
                (LAT_REF, Data::Ascii(letter)),
                (LAT, Data::SRational(degrees.to_vec())),
                (LON_REF, Data::Ascii(b"E")),
                (LON, dms(151, 12, 0)),
            ])
            .map(|position| position.latitude())
        };
        for degrees in [
            [(-33, 1), (51, 1), (30, 1)],
            [(-33, 1), (-51, 1), (-30, 1)],
            [(33, 1), (51, 1), (30, 1)],
            [(33, -1), (51, 1), (30, 1)],
        ] {
            let latitude = south(degrees, b"S").unwrap();
            assert!((latitude + 33.858_333).abs() < 1e-6, "{latitude}");
        }
        assert_eq!(south([(-33, 1), (51, 1), (30, 1)], b"N"), None);
        assert!(south([(33, 1), (51, 1), (30, 1)], b"N").is_some());
        assert_eq!(south([(33, 1), (51, 1), (30, 1)], b"E"), None);
    }

    #[test]
    fn both_sides_of_a_signed_longitude_are_those_of_the_letter() {
        let longitude = |degrees, letter| {
            position(&[
                (LAT_REF, Data::Ascii(b"N")),
                (LAT, dms(48, 0, 0)),
                (LON_REF, Data::Ascii(letter)),
                (LON, Data::SRational(vec![(degrees, 1)])),
            ])
            .map(|position| position.longitude())
        };
        assert_eq!(longitude(-70, b"W"), Some(-70.0));
        assert_eq!(longitude(70, b"W"), Some(-70.0));
        assert_eq!(longitude(-70, b"E"), None);
    }

    #[test]
    fn coordinates_of_other_types_are_read() {
        let read = |lat: Data, lat_ref: Data| {
            position(&[
                (LAT_REF, lat_ref),
                (LAT, lat),
                (LON_REF, Data::Ascii(b"East")),
                (LON, dms(8, 0, 0)),
            ])
            .map(|position| position.latitude())
        };
        let north = || Data::Ascii(b"N");
        assert_eq!(read(Data::Short(vec![48, 30, 0]), north()), Some(48.5));
        assert_eq!(read(Data::Long(vec![48]), north()), Some(48.5 - 0.5));
        assert_eq!(read(Data::Ascii(b"48.5"), north()), Some(48.5));
        assert_eq!(
            read(Data::Ascii(b"48, 30, 0"), Data::Byte(b"s".to_vec())),
            Some(-48.5)
        );
        assert_eq!(read(dms(48, 90, 0), north()), Some(49.5));
        assert_eq!(read(Data::Ascii(b"north of here"), north()), None);
        assert_eq!(
            read(Data::Rational(vec![(48, 1), (5, 0), (0, 1)]), north()),
            None
        );
        for unknown in [&b"\0"[..], b" ", b"X"] {
            assert_eq!(read(dms(48, 0, 0), Data::Byte(unknown.to_vec())), None);
        }
    }
}
