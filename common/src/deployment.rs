//! One camera at one place for one period.
//!
//! A deployment is known by its folder in the upload; what else is known of it stands in its
//! pictures.

mod camera;
mod camera_folder;
mod deployments;

use std::collections::{BTreeMap, BTreeSet};

pub use camera::Camera;
pub use camera_folder::camera_folder;
pub use deployments::Deployments;

use crate::{
    media::MediaRecord,
    position::{Position, PositionCell},
    time_span::TimeSpan,
};

/// Cameras and places of one deployment that are kept: a folder into which everything was copied
/// must not fill the memory.
const MOST_KEPT: usize = 1000;

/// What is known of a deployment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deployment {
    /// Its camera folder; blank for files at the top. See [`camera_folder()`].
    pub folder: String,
    /// Its images, those that could not be read too.
    pub images: u64,
    /// Those of them without a time.
    pub without_time: u64,
    /// When the first and the last of them were taken, on the camera's clock.
    pub span: Option<TimeSpan>,
    /// The cameras that took them, 1000 at most: one, unless somebody put another one there or the
    /// folder holds several deployments.
    pub cameras: BTreeSet<Camera>,
    places: BTreeMap<PositionCell, Position>,
}

impl Deployment {
    /// A deployment without images.
    #[must_use]
    pub fn in_folder(folder: String) -> Self {
        Self {
            folder,
            ..Self::default()
        }
    }

    /// Takes one more of its images in.
    pub fn add(&mut self, record: &MediaRecord) {
        self.images += 1;
        match &record.camera.captured {
            Some(time) => TimeSpan::extend(&mut self.span, time.local),
            None => self.without_time += 1,
        }
        if self.cameras.len() < MOST_KEPT {
            self.cameras.extend(Camera::of(&record.camera));
        }
        if let Some(position) = record.camera.position
            && self.places.len() < MOST_KEPT
        {
            self.places.entry(position.cell()).or_insert(position);
        }
    }

    /// Where the camera stood, from south to north: of each place the first position, 1000 at most.
    pub fn positions(&self) -> impl Iterator<Item = Position> {
        self.places.values().copied()
    }
}

#[cfg(test)]
mod tests;
