//! Where a camera stood, as the GPS tags have it.

use ::exif::{Exif, Tag, Value};
use common::media::Position;

/// The position of the GPS tags. `None` without both coordinates and both of their hemispheres:
/// a latitude of unknown sign is no latitude.
pub(super) fn of(exif: &Exif) -> Option<Position> {
    let latitude =
        degrees(exif, Tag::GPSLatitude)? * hemisphere(exif, Tag::GPSLatitudeRef, 'N', 'S')?;
    let longitude =
        degrees(exif, Tag::GPSLongitude)? * hemisphere(exif, Tag::GPSLongitudeRef, 'E', 'W')?;
    Position::new(latitude, longitude, altitude_m(exif))
}

/// Degrees, minutes and seconds as one number. Minutes and seconds may be missing: some cameras
/// write fractions of degrees or of minutes, and 0/0 for the rest.
fn degrees(exif: &Exif, tag: Tag) -> Option<f64> {
    let value = super::value(exif, tag)?;
    let part = |index| super::number::at(value, index);
    Some(part(0)? + part(1).unwrap_or(0.0) / 60.0 + part(2).unwrap_or(0.0) / 3600.0)
}

fn hemisphere(exif: &Exif, tag: Tag, positive: char, negative: char) -> Option<f64> {
    let letter = super::text::of(exif, tag)?
        .chars()
        .next()?
        .to_ascii_uppercase();
    if letter == positive {
        Some(1.0)
    } else if letter == negative {
        Some(-1.0)
    } else {
        None
    }
}

/// Metres above sea level. The reference is 0 above and 1 below the sea level, and since EXIF
/// 3.0 2 above and 3 below it with the level named; the default is 0.
fn altitude_m(exif: &Exif) -> Option<f64> {
    let metres = super::number::at(super::value(exif, Tag::GPSAltitude)?, 0)?;
    let is_below = match super::value(exif, Tag::GPSAltitudeRef) {
        // Some programs write the digit as text.
        Some(Value::Ascii(parts)) => parts
            .first()
            .is_some_and(|part| matches!(part.first(), Some(b'1' | b'3'))),
        Some(value) => matches!(value.get_uint(0), Some(1 | 3)),
        None => false,
    };
    Some(if is_below { -metres } else { metres })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::exif::{
        parse,
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
        of(&parse(&builder.build()).unwrap())
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
}
