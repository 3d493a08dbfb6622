//! Where the cameras stood: a map of nothing but the places themselves, degrees and a scale, so
//! that it works where there is no network and tells nobody where it is looked at.

use super::{
    Plot, Table,
    camera_days::{name_of, shortened},
    drawing::{Anchor, Drawing, WIDTH},
};
use crate::figures::{Figures, PlaceFigures};

const HEIGHT: f64 = 400.0;
const MARGIN: f64 = 50.0;
/// Metres in a degree of latitude, on a sphere of the Earth's mean radius.
const METRES_PER_DEGREE: f64 = 111_195.0;
/// The least that a map shows from side to side, degrees: about 200 m.
const LEAST_DEGREES: f64 = 0.002;
/// Most names on the map; beyond, they would cover each other.
const NAMES: usize = 25;

pub(super) fn plot(figures: &Figures) -> Option<Plot> {
    let mut places: Vec<&PlaceFigures> = figures.places().collect();
    let projection = Projection::around(&places)?;
    // Small ones last, so that large ones do not hide them.
    places.sort_by_key(|place| std::cmp::Reverse(place.images));
    let mut drawing = Drawing::of_height(HEIGHT);
    projection.draw_degrees(&mut drawing);
    projection.draw_scale(&mut drawing);
    let most = places.iter().map(|place| place.images).max()?;
    for (number, place) in places.iter().enumerate() {
        draw_place(&mut drawing, &projection, place, most, number < NAMES);
    }
    let header = vec!["camera", "latitude", "longitude", "images", "with animals"];
    Some(Plot {
        id: "map",
        title: "Where the cameras stood",
        caption: "Positions as the cameras wrote them, north is up. The larger a dot, the more images; filled: animals were seen there.".to_owned(),
        drawing,
        table: Table {
            header,
            rows: figures.places().map(row).collect(),
        },
    })
}

/// Degrees to the drawing: equal lengths east and north at the middle of the map.
struct Projection {
    middle: (f64, f64),
    /// Units of the drawing in a degree of latitude.
    scale: f64,
    /// Length of a degree of longitude, as a share of one of latitude.
    shrink: f64,
}

impl Projection {
    fn around(places: &[&PlaceFigures]) -> Option<Self> {
        let (south, north) = ends(places.iter().map(|place| place.latitude))?;
        let (west, east) = ends(places.iter().map(|place| place.longitude))?;
        let middle = (f64::midpoint(south, north), f64::midpoint(west, east));
        // At the poles a degree of longitude has no length.
        let shrink = middle.0.to_radians().cos().max(0.01);
        let across = ((east - west) * shrink).max(LEAST_DEGREES);
        let upwards = (north - south).max(LEAST_DEGREES);
        let scale = ((WIDTH - 2.0 * MARGIN) / across).min((HEIGHT - 2.0 * MARGIN) / upwards);
        Some(Self {
            middle,
            scale,
            shrink,
        })
    }

    fn x(&self, longitude: f64) -> f64 {
        WIDTH / 2.0 + (longitude - self.middle.1) * self.shrink * self.scale
    }

    fn y(&self, latitude: f64) -> f64 {
        HEIGHT / 2.0 - (latitude - self.middle.0) * self.scale
    }

    fn draw_degrees(&self, drawing: &mut Drawing) {
        let step = round_down(HEIGHT / self.scale / 2.5);
        for latitude in steps(self.middle.0, HEIGHT / 2.0 / self.scale, step) {
            let y = self.y(latitude);
            drawing.line((0.0, y), (WIDTH, y), "grid");
            drawing.text(
                (4.0, y - 4.0),
                Anchor::Start,
                degrees(latitude, step, ["N", "S"]),
            );
        }
        let step = round_down(WIDTH / self.scale / self.shrink / 3.5);
        let half = WIDTH / 2.0 / self.scale / self.shrink;
        for longitude in steps(self.middle.1, half, step) {
            let x = self.x(longitude);
            drawing.line((x, 0.0), (x, HEIGHT), "grid");
            let text = degrees(longitude, step, ["E", "W"]);
            drawing.text((x + 4.0, 14.0), Anchor::Start, text);
        }
    }

    fn draw_scale(&self, drawing: &mut Drawing) {
        let metres = round_down(140.0 / self.scale * METRES_PER_DEGREE);
        let length = metres / METRES_PER_DEGREE * self.scale;
        let (right, y) = (WIDTH - 16.0, HEIGHT - 14.0);
        drawing.line((right - length, y), (right, y), "axis");
        let text = if metres >= 1000.0 {
            format!("{} km", metres / 1000.0)
        } else {
            format!("{metres} m")
        };
        drawing.text((right, y - 6.0), Anchor::End, text);
    }
}

fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |ends, value| match ends {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    })
}

/// Multiples of `step` within `half` of the middle.
fn steps(middle: f64, half: f64, step: f64) -> impl Iterator<Item = f64> {
    let first = ((middle - half) / step).ceil();
    (0..20)
        .map(move |number| (first + f64::from(number)) * step)
        .take_while(move |value| *value <= middle + half)
}

/// The largest number of the kind 1, 2, 5 with zeros that is not larger.
fn round_down(value: f64) -> f64 {
    let unit = 10_f64.powf(value.log10().floor());
    let step = [5.0, 2.0, 1.0]
        .into_iter()
        .find(|step| step * unit <= value);
    step.unwrap_or(1.0) * unit
}

fn degrees(value: f64, step: f64, [plus, minus]: [&str; 2]) -> String {
    let decimals = if step < 0.001 {
        4
    } else if step < 0.1 {
        3
    } else {
        1
    };
    let side = if value < 0.0 { minus } else { plus };
    format!("{:.decimals$}° {side}", value.abs())
}

#[expect(clippy::cast_precision_loss, reason = "for drawing")]
fn draw_place(
    drawing: &mut Drawing,
    projection: &Projection,
    place: &PlaceFigures,
    most: u64,
    is_named: bool,
) {
    let at = (projection.x(place.longitude), projection.y(place.latitude));
    let radius = 5.0 + 13.0 * (place.images as f64 / most.max(1) as f64).sqrt();
    let class = if place.animals > 0 {
        "place animal"
    } else {
        "place"
    };
    let title = format!(
        "{}: {} images, {} with animals",
        name_of(&place.camera),
        place.images,
        place.animals
    );
    drawing.dot(at, radius, class, title);
    if is_named {
        let name = shortened(&place.camera);
        drawing.text_as(
            (at.0, at.1 - radius - 4.0),
            Anchor::Middle,
            "label place-name",
            name,
        );
    }
}

fn row(place: &PlaceFigures) -> Vec<String> {
    vec![
        name_of(&place.camera).to_owned(),
        format!("{:.6}", place.latitude),
        format!("{:.6}", place.longitude),
        place.images.to_string(),
        place.animals.to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_have_round_lengths() {
        for (value, round) in [(7.0, 5.0), (0.3, 0.2), (1000.0, 1000.0), (0.0199, 0.01)] {
            assert!((round_down(value) / round - 1.0).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn a_single_place_is_in_the_middle() {
        let place = PlaceFigures {
            camera: String::new(),
            latitude: -48.2,
            longitude: 16.37,
            images: 1,
            animals: 0,
        };
        let map = Projection::around(&[&place]).unwrap();
        assert_eq!((map.x(16.37), map.y(-48.2)), (WIDTH / 2.0, HEIGHT / 2.0));
        assert!(map.y(-48.3) > map.y(-48.2), "north is up");
        assert!(Projection::around(&[]).is_none());
    }

    #[test]
    fn degrees_are_written_with_their_side() {
        assert_eq!(degrees(-0.25, 0.05, ["E", "W"]), "0.250° W");
        assert_eq!(degrees(48.0, 1.0, ["N", "S"]), "48.0° N");
    }
}
