//! What the results page knows about a job: one small row per file, so that a hundred thousand
//! fit into memory and are filtered, sorted and counted in milliseconds.
//!
//! The worker writes it when a job ends, beside the whole [records](crate::media) that the rows
//! point into.

mod builder;
mod gallery_file;
mod row;

use serde::{Deserialize, Serialize};

pub use builder::GalleryBuilder;
pub use gallery_file::GalleryError;
pub use row::{RecordPlace, Row, RowState, Sighting};

use crate::Threshold;

/// The rows of a job, in the order of its records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gallery {
    /// The lowest confidence that rows keep, in thousandths: thresholds below it cannot be looked
    /// at.
    floor: u16,
    /// The threshold of the job, in thousandths.
    threshold: u16,
    /// The camera folders that rows point to, in the order in which they first came.
    pub cameras: Vec<String>,
    /// One row per file.
    pub rows: Vec<Row>,
}

impl Gallery {
    /// The lowest confidence that a results page can show, unless the job's own threshold is
    /// lower: below it boxes are mostly noise, and there are very many of them.
    pub const FLOOR: Threshold = Threshold::from_thousandths(50);

    /// A gallery without rows for a job with this threshold.
    #[must_use]
    pub fn new(threshold: Threshold) -> Self {
        Self {
            floor: Self::FLOOR.min(threshold).thousandths(),
            threshold: threshold.thousandths(),
            cameras: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// The lowest threshold at which rows are complete.
    #[must_use]
    pub fn floor(&self) -> Threshold {
        Threshold::from_thousandths(self.floor)
    }

    /// The threshold of the job.
    #[must_use]
    pub fn threshold(&self) -> Threshold {
        Threshold::from_thousandths(self.threshold)
    }

    /// The folder of a row's camera; blank for files at the top.
    #[must_use]
    pub fn camera(&self, row: &Row) -> &str {
        self.cameras
            .get(row.camera as usize)
            .map_or("", String::as_str)
    }
}
