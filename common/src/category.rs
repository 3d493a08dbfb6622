//! The three things a camera-trap detector tells apart.

use serde::{Deserialize, Serialize};

/// What a detection shows. A picture without detections is *blank*, which is not a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// A wild or domestic animal.
    Animal,
    /// A human being.
    Person,
    /// A vehicle of any kind.
    Vehicle,
}

impl Category {
    /// Every category, in the order of the MegaDetector ids.
    pub const ALL: [Self; 3] = [Self::Animal, Self::Person, Self::Vehicle];

    /// The one that stands for an image with detections of these: animal before person before
    /// vehicle. `None` without any: the image is blank.
    #[must_use]
    pub fn leading(categories: impl IntoIterator<Item = Self>) -> Option<Self> {
        categories.into_iter().min()
    }

    /// The id in MegaDetector JSON: "1", "2" or "3".
    #[must_use]
    pub const fn megadetector_id(self) -> &'static str {
        match self {
            Self::Animal => "1",
            Self::Person => "2",
            Self::Vehicle => "3",
        }
    }

    /// The name in MegaDetector JSON, in tables and on drawn boxes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Animal => "animal",
            Self::Person => "person",
            Self::Vehicle => "vehicle",
        }
    }

    /// The plural used in counts and option values.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Animal => "animals",
            Self::Person => "people",
            Self::Vehicle => "vehicles",
        }
    }
}

impl std::fmt::Display for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
