//! Whether the sun was up when a picture was taken.

use jiff::{civil::DateTime, tz::Offset};
use solar_positioning::{Location, SolarPositions, time::JulianDate};

use crate::{gallery::Row, media::Position};

/// How far the sun's centre is below the horizon when its upper edge rises or sets, degrees:
/// 34' of refraction and 16' of its own radius, as almanacs count.
const EDGE_DEGREES: f64 = -0.833;
/// Terrestrial time minus universal time, seconds: what it is in the first half of this century,
/// give or take a few. A minute moves the sun by a quarter of a degree.
const DELTA_T_SECONDS: f64 = 70.0;

/// The light in which a picture was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// The sun was up.
    Day,
    /// The sun was down, twilight included.
    Night,
    /// The camera wrote no place, or no offset from UTC.
    Unknown,
}

impl Light {
    /// Every light.
    pub const ALL: [Self; 3] = [Self::Day, Self::Night, Self::Unknown];

    /// Its name in legends and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Night => "night",
            Self::Unknown => "not known",
        }
    }

    /// The light of a file's picture, by where the camera stood and by its clock's offset from
    /// UTC. Nothing is guessed where it wrote only one of them.
    #[must_use]
    pub fn of(row: &Row) -> Self {
        let known = row.captured.zip(row.offset_minutes).zip(row.position);
        let sun = known.and_then(|((local, offset), at)| sun_degrees(local, offset, at));
        match sun {
            Some(degrees) if degrees > EDGE_DEGREES => Self::Day,
            Some(_) => Self::Night,
            None => Self::Unknown,
        }
    }
}

/// Height of the sun's centre in degrees, without refraction.
fn sun_degrees(local: DateTime, offset_minutes: i16, at: Position) -> Option<f64> {
    let offset = Offset::from_seconds(i32::from(offset_minutes) * 60).ok()?;
    let utc = Offset::UTC.to_datetime(offset.to_timestamp(local).ok()?);
    let time = JulianDate::from_utc(
        i32::from(utc.year()),
        u32::from(utc.month().unsigned_abs()),
        u32::from(utc.day().unsigned_abs()),
        u32::from(utc.hour().unsigned_abs()),
        u32::from(utc.minute().unsigned_abs()),
        f64::from(utc.second()),
        DELTA_T_SECONDS,
    );
    let place = Location {
        latitude: at.latitude(),
        longitude: at.longitude(),
    };
    let sun = SolarPositions::new().at_from_julian(time.ok()?, place, 0.0, None);
    Some(sun.ok()?.elevation_angle())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sun_at(local: &str, offset_minutes: i16, latitude: f64, longitude: f64) -> f64 {
        let at = Position::new(latitude, longitude, None).unwrap();
        sun_degrees(local.parse().unwrap(), offset_minutes, at).unwrap()
    }

    /// Sunrise and sunset of Greenwich on 20 March 2024 are at 06:03 and 18:14 UTC in the Nautical
    /// Almanac Office's tables; on that day the sun stands 38.5 degrees high at noon.
    #[test]
    fn the_sun_stands_where_the_almanac_says() {
        for (time, degrees) in [("06:03", -0.83), ("18:14", -0.83), ("12:07", 38.5)] {
            let sun = sun_at(&format!("2024-03-20T{time}:00"), 0, 51.4779, 0.0015);
            assert!((sun - degrees).abs() < 0.3, "{time}: {sun}");
        }
    }

    #[test]
    fn the_offset_of_the_clock_counts() {
        let here = sun_at("2024-06-21T13:00:00", 120, 48.2, 16.37);
        let utc = sun_at("2024-06-21T11:00:00", 0, 48.2, 16.37);
        assert!((here - utc).abs() < 1e-9 && here > 60.0);
        assert!(sun_at("2024-06-21T13:00:00", -600, 48.2, 16.37) < 0.0);
    }
}
