//! Which pictures the report shows: of every category the surest of each camera and day, in turns.

use std::collections::{BTreeMap, HashSet};

use common::{Category, Confidence, MediaRecord, Threshold, media::ProcessedMedia};
use data_encoding::BASE64;
use jiff::civil::Date;

use crate::{
    media::{
        decode::{DecodeLimits, DecodeScale, decode, encode_jpeg},
        orientation::Orientation,
    },
    report::copy_source::CopySource,
};

/// Most pictures in a report: with about 40 kB each it can still be mailed.
const MOST: usize = 24;
/// A picture's longer side is at least this many pixels, and less than twice as many.
const LONG_SIDE: u32 = 320;
/// Most candidates of a category, so that a folder for each picture does not fill the memory.
const CANDIDATES: usize = 5_000;

/// The candidates.
pub(super) struct Samples {
    threshold: Threshold,
    /// The surest image of each camera and day, by category.
    surest: BTreeMap<Category, BTreeMap<(String, Option<Date>), Candidate>>,
}

#[derive(Clone)]
struct Candidate {
    record: usize,
    confidence: Confidence,
    copy: String,
    path: String,
    captured: Option<String>,
}

/// One picture of the report.
pub(super) struct Sample {
    /// The JPEG in base64.
    pub(super) jpeg: String,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) category: Category,
    pub(super) confidence: Confidence,
    pub(super) path: String,
    /// When it was taken, as the camera wrote it.
    pub(super) captured: Option<String>,
}

impl Samples {
    pub(super) fn new(threshold: Threshold) -> Self {
        Self {
            threshold,
            surest: BTreeMap::new(),
        }
    }

    /// Remembers an image if it is surer than what its camera had that day, and can be shown.
    pub(super) fn consider(
        &mut self,
        number: usize,
        record: &MediaRecord,
        media: &ProcessedMedia,
        camera: &str,
    ) {
        let Some(copy) = media.annotated.as_ref() else {
            return;
        };
        let Some(first) = media.detections_at(self.threshold).next() else {
            return;
        };
        if media.duplicate_of.is_some() {
            return;
        }
        let captured = record.camera.captured.as_ref();
        let key = (camera.to_owned(), captured.map(|time| time.local.date()));
        let of_category = self.surest.entry(first.category).or_default();
        match of_category.get(&key) {
            Some(known) if known.confidence >= first.confidence => return,
            None if of_category.len() >= CANDIDATES => return,
            _ => {}
        }
        let candidate = Candidate {
            record: number,
            confidence: first.confidence,
            copy: copy.clone(),
            path: record.path.to_string(),
            captured: captured.map(|time| time.local.strftime("%Y-%m-%d %H:%M").to_string()),
        };
        of_category.insert(key, candidate);
    }

    /// The chosen pictures, small. One whose copy cannot be read is left out: nothing of the
    /// package depends on it.
    pub(super) fn load(self, copies: &dyn CopySource) -> Vec<Sample> {
        let chosen = self.chosen().into_iter();
        chosen
            .filter_map(|(category, candidate)| load(category, candidate, copies))
            .collect()
    }

    /// The categories take turns, each with its surest image that is not chosen yet.
    fn chosen(self) -> Vec<(Category, Candidate)> {
        let mut lines: Vec<(Category, Vec<Candidate>)> = Vec::new();
        for (category, candidates) in self.surest {
            let mut line: Vec<Candidate> = candidates.into_values().collect();
            // The surest last, where it is taken from; what comes first in the job wins a draw.
            line.sort_by_key(|it| (it.confidence, std::cmp::Reverse(it.record)));
            lines.push((category, line));
        }
        let (mut chosen, mut taken) = (Vec::new(), HashSet::new());
        while chosen.len() < MOST && lines.iter().any(|(_, line)| !line.is_empty()) {
            for (category, line) in &mut lines {
                if let Some(candidate) = line.pop()
                    && chosen.len() < MOST
                    && taken.insert(candidate.record)
                {
                    chosen.push((*category, candidate));
                }
            }
        }
        chosen
    }
}

fn load(category: Category, candidate: Candidate, copies: &dyn CopySource) -> Option<Sample> {
    let copy = copies.copy(candidate.record, &candidate.copy);
    let copy = copy
        .inspect_err(|error| tracing::warn!(%error, "a picture is missing in report.html"))
        .ok()?;
    let (upright, limits) = (Orientation::default(), DecodeLimits::default());
    let scale = DecodeScale::LongSideAtLeast(LONG_SIDE);
    let small = decode(&copy, upright, scale, limits).ok()?.frame;
    Some(Sample {
        jpeg: BASE64.encode(&encode_jpeg(&small).ok()?),
        width: small.width,
        height: small.height,
        category,
        confidence: candidate.confidence,
        path: candidate.path,
        captured: candidate.captured,
    })
}
