//! How many files there would be at each threshold, so that a page can follow a slider without
//! asking again.

use common::{
    Category, Threshold,
    gallery::{Row, RowState},
};

use super::{
    ResultsSnapshot,
    filter::Filter,
    query::{Conditions, Show},
};

/// Thresholds in thousandths, and one that is never reached.
const STEPS: usize = 1002;

/// Counts at every threshold, by what files show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ThresholdCounts {
    /// In the order of [`Show::ALL`].
    counts: [Vec<u64>; Show::ALL.len()],
}

/// Counts that change where a file begins or ceases to be counted.
struct Changes([i64; STEPS]);

impl Changes {
    /// Counts a file from one threshold to another, both included.
    fn add(&mut self, from: u16, to: u16) {
        if from > to {
            return;
        }
        let ends = [(from as usize, 1), (to as usize + 1, -1)];
        for (place, change) in ends {
            if let Some(found) = self.0.get_mut(place) {
                *found += change;
            }
        }
    }

    fn counts(&self) -> Vec<u64> {
        let mut sum = 0;
        let sums = self.0.iter().take(STEPS - 1).map(|change| {
            sum += change;
            sum.unsigned_abs()
        });
        sums.collect()
    }
}

impl ThresholdCounts {
    /// Counts the files that are asked for, whatever they show.
    pub(crate) fn of(snapshot: &ResultsSnapshot, conditions: &Conditions) -> Self {
        let filter = Filter::new(snapshot, conditions);
        let mut changes = Show::ALL.map(|_| Changes([0; STEPS]));
        for (number, row) in (0..).zip(&snapshot.album.gallery.rows) {
            if filter.admits_at_some(number, row)
                && let Some(span) = filter.span(row)
            {
                for (show, changes) in Show::ALL.iter().zip(&mut changes) {
                    count(*show, row, span, changes);
                }
            }
        }
        Self {
            counts: changes.map(|changes| changes.counts()),
        }
    }

    /// How many files show something at a threshold.
    pub(crate) fn at(&self, show: Show, threshold: Threshold) -> u64 {
        let place = Show::ALL.iter().position(|other| *other == show);
        let counts = place.and_then(|place| self.counts.get(place));
        let count = counts.and_then(|counts| counts.get(threshold.thousandths() as usize));
        count.copied().unwrap_or_default()
    }
}

/// Counts a row wherever it shows something within a span of thresholds.
fn count(show: Show, row: &Row, (low, high): (u16, u16), changes: &mut Changes) {
    let is_processed = row.is_processed();
    let surest = |category: Category| {
        let found = row
            .sightings
            .iter()
            .find(|found| found.category == category);
        found.map(|found| found.confidence().thousandths())
    };
    match show {
        Show::Any => changes.add(low, high),
        Show::Failed if matches!(row.state, RowState::Failed(_)) => changes.add(low, high),
        Show::Skipped if matches!(row.state, RowState::Skipped(_)) => changes.add(low, high),
        Show::Blank if is_processed => {
            let surest = row.highest_confidence();
            let first = surest.map_or(0, |surest| surest.thousandths() + 1);
            changes.add(first.max(low), high);
        }
        Show::Category(category) if is_processed => {
            if let Some(surest) = surest(category) {
                changes.add(low, high.min(surest));
            }
        }
        _ => {}
    }
}
