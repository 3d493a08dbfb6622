//! How the work of a job is cut into shards.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Counts, ModelId, Threshold, archive::ArchiveNames};

/// `plan.json`: everything that two workers must agree on to do parts of the same job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanFile {
    /// The model, now decided.
    pub model: ModelId,
    /// SHA-256 of its file in hexadecimal. A worker with another file cannot help with this job.
    pub model_sha256: String,
    /// The threshold, now decided.
    pub threshold: Threshold,
    /// Files of the upload, of any kind.
    pub files: u64,
    /// Files that are images, or may turn out to be.
    pub images: u64,
    /// BLAKE3 over the listing of the upload: a worker that lists it differently must not help.
    pub fingerprint: String,
    /// In which character sets names in zips were read that are not Unicode.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<ArchiveNames>,
    /// The shards in the order of the listing; together they are the whole of it.
    pub shards: Vec<ShardSpan>,
}

/// A run of consecutive files in the listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardSpan {
    /// Number of the first file, from 0.
    pub first: u64,
    /// Number of the file after the last.
    pub end: u64,
}

/// What a finished shard adds up to. Written after its records and copies, it is also the sign
/// that they are whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShardFacts {
    /// Its counts. Copies of a file in an earlier shard are not known as such yet.
    pub counts: Counts,
    /// When its worker began.
    pub started: Timestamp,
    /// When it was finished.
    pub finished: Timestamp,
    /// The device that its model ran on.
    pub device: String,
    /// Version of ONNX Runtime.
    pub onnxruntime_version: String,
    /// Threads that worked on it.
    pub threads: usize,
    /// Seconds of all threads by stage.
    pub stage_seconds: BTreeMap<String, f64>,
    /// Processor seconds of the process meanwhile.
    pub cpu_seconds: f64,
    /// Peak memory of the process in bytes.
    pub peak_memory_bytes: u64,
}

impl PlanFile {
    /// Cuts a listing into shards of about `images_per_shard` images each: `is_image` says it of
    /// every file in turn. Files that are no images cost nothing and go with their neighbours.
    #[must_use]
    pub fn cut(is_image: impl Iterator<Item = bool>, images_per_shard: u64) -> Vec<ShardSpan> {
        let mut shards = Vec::new();
        let (mut first, mut end, mut images) = (0, 0, 0);
        for is_image in is_image {
            if is_image && images == images_per_shard.max(1) {
                shards.push(ShardSpan { first, end });
                (first, images) = (end, 0);
            }
            images += u64::from(is_image);
            end += 1;
        }
        if end > first {
            shards.push(ShardSpan { first, end });
        }
        shards
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn shards_are_the_whole_listing_and_none_has_too_many_images(
            kinds in prop::collection::vec(any::<bool>(), 0..200),
            size in 1_u64..20,
        ) {
            let shards = PlanFile::cut(kinds.iter().copied(), size);
            let mut next = 0;
            for shard in &shards {
                prop_assert_eq!(shard.first, next);
                prop_assert!(shard.end > shard.first);
                let files = &kinds[shard.first as usize..shard.end as usize];
                let images = files.iter().filter(|is_image| **is_image).count() as u64;
                prop_assert!(images <= size);
                next = shard.end;
            }
            prop_assert_eq!(next, kinds.len() as u64);
            let images = kinds.iter().filter(|is_image| **is_image).count() as u64;
            prop_assert!(shards.len() as u64 <= images.div_ceil(size).max(1));
        }
    }
}
