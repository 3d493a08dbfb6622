//! Where a camera stood.

use serde::{Deserialize, Serialize};

/// A place on Earth. `(0, 0)`, which cameras write when they have no fix, is never one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    latitude: f64,
    longitude: f64,
    altitude_m: Option<f64>,
}

impl Position {
    /// Accepts degrees north (−90..=90) and east (−180..=180) and metres above sea level.
    /// `None` outside these ranges and for the fillers (0, 0) and (90, 180) that cameras write
    /// without a fix.
    #[must_use]
    pub fn new(latitude: f64, longitude: f64, altitude_m: Option<f64>) -> Option<Self> {
        let in_range = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        let is_filler = (latitude == 0.0 && longitude == 0.0)
            || (latitude.abs() == 90.0 && longitude.abs() == 180.0);
        (in_range && !is_filler).then_some(Self {
            latitude,
            longitude,
            altitude_m: altitude_m.filter(|metres| metres.is_finite()),
        })
    }

    /// The same place to a hundredth of a degree, about a kilometre, without its height.
    #[must_use]
    pub fn rounded(self) -> Self {
        let to_hundredth = |degrees: f64| (degrees * 100.0).round() / 100.0;
        Self {
            latitude: to_hundredth(self.latitude),
            longitude: to_hundredth(self.longitude),
            altitude_m: None,
        }
    }

    /// The place among those that are told apart: GPS receivers wander.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "at most 180,000")]
    pub fn cell(self) -> PositionCell {
        let rounded = |degrees: f64| (degrees * 1000.0).round() as i32;
        PositionCell {
            latitude: rounded(self.latitude),
            longitude: rounded(self.longitude),
        }
    }

    /// Degrees north, −90..=90.
    #[must_use]
    pub fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east, −180..=180.
    #[must_use]
    pub fn longitude(self) -> f64 {
        self.longitude
    }

    /// Metres above sea level, if the camera wrote them.
    #[must_use]
    pub fn altitude_m(self) -> Option<f64> {
        self.altitude_m
    }
}

/// A place to a thousandth of a degree, about a hundred metres, so that the wandering of a GPS
/// makes one place. From south to north, then from west to east.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PositionCell {
    latitude: i32,
    longitude: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rounded_position_is_within_a_kilometre_and_has_no_height() {
        let rounded = Position::new(-2.505_142, 179.996, Some(12.5))
            .unwrap()
            .rounded();
        assert_eq!((rounded.latitude(), rounded.longitude()), (-2.51, 180.0));
        assert_eq!(rounded.altitude_m(), None);
    }
}
