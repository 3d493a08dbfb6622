//! What the records of a job, or of a part of it, add up to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Category, FailureCode, MediaOutcome, MediaRecord, SkipReason, Threshold};

/// Files in = processed + failed + skipped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All files (archive entries) that went in.
    pub files: u64,
    /// Images the model looked at, duplicates included.
    pub processed: u64,
    /// Images that could not be read.
    pub failed: u64,
    /// Files that are not images.
    pub skipped: u64,
    /// Processed images without a detection at the threshold.
    pub blank: u64,
    /// Processed images that are exact copies of an earlier one.
    pub duplicates: u64,
    /// Processed images whose file was truncated.
    pub truncated: u64,
    /// Processed images with at least one detection of a category at the threshold.
    pub images_with: BTreeMap<Category, u64>,
    /// Detections of a category at the threshold.
    pub detections: BTreeMap<Category, u64>,
    /// Failed files by reason.
    pub failures: BTreeMap<FailureCode, u64>,
    /// Skipped files by reason.
    pub skips: BTreeMap<SkipReason, u64>,
}

impl Counts {
    /// Counts one more file.
    pub fn add(&mut self, record: &MediaRecord, threshold: Threshold) {
        self.files += 1;
        match &record.outcome {
            MediaOutcome::Failed(failure) => {
                self.failed += 1;
                *self.failures.entry(failure.code).or_default() += 1;
            }
            MediaOutcome::Skipped(reason) => {
                self.skipped += 1;
                *self.skips.entry(*reason).or_default() += 1;
            }
            MediaOutcome::Processed(media) => {
                self.processed += 1;
                self.duplicates += u64::from(media.duplicate_of.is_some());
                self.truncated += u64::from(media.decoded_share.is_some());
                self.blank += u64::from(media.category_at(threshold).is_none());
                for category in Category::ALL {
                    let found = media.count_at(category, threshold) as u64;
                    *self.detections.entry(category).or_default() += found;
                    *self.images_with.entry(category).or_default() += u64::from(found > 0);
                }
            }
        }
    }

    /// Adds what another part of the job adds up to.
    pub fn merge(&mut self, other: &Self) {
        self.files += other.files;
        self.processed += other.processed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.blank += other.blank;
        self.duplicates += other.duplicates;
        self.truncated += other.truncated;
        merge_map(&mut self.images_with, &other.images_with);
        merge_map(&mut self.detections, &other.detections);
        merge_map(&mut self.failures, &other.failures);
        merge_map(&mut self.skips, &other.skips);
    }

    /// Images that have their record, readable or not.
    #[must_use]
    pub const fn images(&self) -> u64 {
        self.processed + self.failed
    }
}

fn merge_map<K: Copy + Ord>(into: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
    for (key, count) in from {
        *into.entry(*key).or_default() += count;
    }
}
