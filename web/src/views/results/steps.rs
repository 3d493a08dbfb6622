//! Counts at each step of the threshold's slider, which the page's script shows while it moves.

use common::Threshold;
use serde::Serialize;

use crate::results::{ResultsSnapshot, query::Show, threshold_counts::ThresholdCounts};

/// From one step of the slider to the next, thousandths.
const STEP: u16 = 10;

/// Counts at each step.
#[derive(Serialize)]
pub(crate) struct Steps {
    /// The threshold of the first step in thousandths.
    first: u16,
    step: u16,
    /// By the name of what is shown.
    counts: std::collections::BTreeMap<&'static str, Vec<u64>>,
}

impl Steps {
    pub(crate) fn of(snapshot: &ResultsSnapshot, counts: &ThresholdCounts) -> Self {
        let first = first_step(snapshot.album.floor());
        let steps = || {
            (first..=1000)
                .step_by(STEP.into())
                .map(Threshold::from_thousandths)
        };
        let counts = Show::ALL.map(|show| {
            let counts = steps().map(|threshold| counts.at(show, threshold));
            (show.name(), counts.collect())
        });
        Self {
            first,
            step: STEP,
            counts: counts.into_iter().collect(),
        }
    }

    /// As it stands in the page.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The lowest step, thousandths: the first at which everything is known.
pub(crate) fn first_step(floor: Threshold) -> u16 {
    floor.thousandths().next_multiple_of(STEP)
}
