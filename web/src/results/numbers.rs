//! The figures of what is asked for.

use common::figures::Figures;

use super::{Query, ResultsSnapshot, filter::Filter};

/// Counts the files that are asked for, whatever they show.
pub(crate) fn figures(snapshot: &ResultsSnapshot, query: &Query) -> Figures {
    let threshold = snapshot.threshold(query);
    let filter = Filter::new(snapshot, &query.conditions);
    let mut figures = Figures::new(threshold);
    for (number, row) in (0..).zip(&snapshot.album.gallery.rows) {
        if filter.admits(number, row, threshold) {
            let correction = snapshot
                .correction_of(number)
                .filter(|_| query.with_corrections);
            figures.add(snapshot.album.gallery.camera(row), row, correction);
        }
    }
    figures
}
