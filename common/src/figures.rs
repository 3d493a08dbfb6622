//! What the pictures of a job say together: when, how often and where something was seen.
//!
//! The results page and the package's `report.html` draw these numbers; both get them here. Hours
//! and days are those of the camera's own clock.

mod light;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use light::Light;

use crate::{
    Category, Label, Threshold,
    correction::MediaCorrection,
    gallery::{Row, RowState},
    position::PositionCell,
};

/// Hours of a day.
pub const HOURS: usize = 24;
/// Most cameras that are told apart, so that a folder for each picture does not fill the memory.
const MOST_CAMERAS: usize = 10_000;
/// Where the images of all further cameras are counted.
const FURTHER: &str = "(further cameras)";
/// Kinds of light, in the order of [`Light::ALL`].
const LIGHTS: usize = Light::ALL.len();

/// The numbers of a job, or of the part of it that was chosen, at a threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    threshold: Threshold,
    /// Images that the model looked at.
    pub processed: u64,
    /// Those of them without a time.
    pub without_time: u64,
    /// Images with each category by hour and light.
    activity: BTreeMap<Category, [[u64; LIGHTS]; HOURS]>,
    /// What was seen on each day that has an image.
    pub days: BTreeMap<Date, DayFigures>,
    /// Each camera folder.
    pub cameras: BTreeMap<String, CameraFigures>,
    /// Where cameras stood, by folder and place.
    places: BTreeMap<(String, PositionCell), PlaceFigures>,
}

/// One day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayFigures {
    /// Images that the model looked at.
    pub images: u64,
    with: [u64; Category::ALL.len()],
}

/// One camera folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CameraFigures {
    /// Images that the model looked at, by their one label in the order of [`Label::ALL`].
    labels: [u64; Label::ALL.len()],
    /// Images that could not be read.
    pub failed: u64,
    /// Images of each day that has any.
    pub days: BTreeMap<Date, u64>,
}

/// One place of a camera.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceFigures {
    /// The camera's folder.
    pub camera: String,
    /// Degrees north of its first image.
    pub latitude: f64,
    /// Degrees east of its first image.
    pub longitude: f64,
    /// Images that the model looked at.
    pub images: u64,
    /// Those with an animal.
    pub animals: u64,
}

impl Figures {
    /// No images, to be counted at a threshold.
    #[must_use]
    pub fn new(threshold: Threshold) -> Self {
        Self {
            threshold,
            processed: 0,
            without_time: 0,
            activity: BTreeMap::new(),
            days: BTreeMap::new(),
            cameras: BTreeMap::new(),
            places: BTreeMap::new(),
        }
    }

    /// The threshold at which it is counted.
    #[must_use]
    pub fn threshold(&self) -> Threshold {
        self.threshold
    }

    /// Counts one more file of a camera; with what people said about it, if that is to count.
    pub fn add(&mut self, camera: &str, row: &Row, said: Option<&MediaCorrection>) {
        let is_further = self.cameras.len() >= MOST_CAMERAS && !self.cameras.contains_key(camera);
        let camera = if is_further { FURTHER } else { camera };
        match row.state {
            RowState::Skipped(_) => return,
            RowState::Failed(_) => {
                self.camera(camera).failed += 1;
                return;
            }
            RowState::Processed { .. } => self.processed += 1,
        }
        let seen = Seen::on(row, said, self.threshold);
        let figures = self.camera(camera);
        for (label, images) in Label::ALL.iter().zip(&mut figures.labels) {
            *images += u64::from(*label == seen.label);
        }
        if let Some(captured) = row.captured {
            *figures.days.entry(captured.date()).or_default() += 1;
            let day = self.days.entry(captured.date()).or_default();
            day.add(&seen);
            self.add_activity(row, usize::from(captured.hour().unsigned_abs()), &seen);
        } else {
            self.without_time += 1;
        }
        self.add_place(camera, row, &seen);
    }

    /// Images with a category in an hour, 0..24, and light.
    #[must_use]
    pub fn activity(&self, category: Category, hour: usize, light: Light) -> u64 {
        let hours = self.activity.get(&category);
        let lights = hours.and_then(|hours| hours.get(hour));
        let number = lights.and_then(|lights| lights.get(light as usize));
        number.copied().unwrap_or_default()
    }

    /// Where cameras stood, by camera.
    pub fn places(&self) -> impl Iterator<Item = &PlaceFigures> {
        self.places.values()
    }

    fn camera(&mut self, folder: &str) -> &mut CameraFigures {
        self.cameras.entry(folder.to_owned()).or_default()
    }

    fn add_activity(&mut self, row: &Row, hour: usize, seen: &Seen) {
        if seen.categories == [false; Category::ALL.len()] {
            return;
        }
        let light = Light::of(row);
        for category in seen.categories() {
            let hours = self.activity.entry(category).or_default();
            if let Some(number) = hours.get_mut(hour).and_then(|h| h.get_mut(light as usize)) {
                *number += 1;
            }
        }
    }

    fn add_place(&mut self, camera: &str, row: &Row, seen: &Seen) {
        let Some(position) = row.position else {
            return;
        };
        let key = (camera.to_owned(), position.cell());
        let place = self.places.entry(key).or_insert_with(|| PlaceFigures {
            camera: camera.to_owned(),
            latitude: position.latitude(),
            longitude: position.longitude(),
            images: 0,
            animals: 0,
        });
        place.images += 1;
        place.animals += u64::from(seen.categories().any(|it| it == Category::Animal));
    }
}

impl DayFigures {
    fn add(&mut self, seen: &Seen) {
        self.images += 1;
        for (number, is_seen) in self.with.iter_mut().zip(seen.categories) {
            *number += u64::from(is_seen);
        }
    }

    /// Images with a category.
    #[must_use]
    pub fn with(&self, category: Category) -> u64 {
        let mut pairs = Category::ALL.iter().zip(self.with);
        pairs
            .find(|(known, _)| **known == category)
            .map_or(0, |(_, number)| number)
    }
}

impl CameraFigures {
    /// Images with this one label.
    #[must_use]
    pub fn labelled(&self, label: Label) -> u64 {
        let mut pairs = Label::ALL.iter().zip(self.labels);
        pairs
            .find(|(known, _)| **known == label)
            .map_or(0, |(_, number)| number)
    }

    /// All its images, those that could not be read too.
    #[must_use]
    pub fn images(&self) -> u64 {
        self.labels.iter().sum::<u64>() + self.failed
    }
}

/// What is seen on one image.
struct Seen {
    categories: [bool; Category::ALL.len()],
    label: Label,
}

impl Seen {
    /// A person who says what an image shows says it about the whole image.
    fn on(row: &Row, said: Option<&MediaCorrection>, threshold: Threshold) -> Self {
        let has = |category: Category| match said {
            None => {
                let counted = row.sightings_at(threshold);
                counted.iter().any(|found| found.category == category)
            }
            Some(said) => match said.label {
                Some(label) => label == Some(category).into(),
                None => said
                    .right_sightings(row, threshold)
                    .any(|found| found.category == category),
            },
        };
        let categories = Category::ALL.map(has);
        let shown = Category::ALL.into_iter().zip(categories).filter(|it| it.1);
        Self {
            categories,
            label: Category::leading(shown.map(|(category, _)| category)).into(),
        }
    }

    fn categories(&self) -> impl Iterator<Item = Category> {
        let pairs = Category::ALL.into_iter().zip(self.categories);
        pairs.filter_map(|(category, is_seen)| is_seen.then_some(category))
    }
}

#[cfg(test)]
pub(crate) mod test_records;
#[cfg(test)]
mod tests;
