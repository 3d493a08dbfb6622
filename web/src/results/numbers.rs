//! The figures of what is asked for.

use common::figures::Figures;

use super::{Query, Sight, filter::Filter};

/// Counts the files that are asked for, whatever they show.
pub(crate) fn figures(sight: &Sight, query: &Query) -> Figures {
    let threshold = sight.threshold(query);
    let filter = Filter::new(sight, &query.wanted);
    let mut figures = Figures::new(threshold);
    for (number, row) in (0..).zip(&sight.album.gallery.rows) {
        if filter.admits(number, row, threshold) {
            let said = sight.said(number).filter(|_| query.with_corrections);
            figures.add(sight.album.gallery.camera(row), row, said);
        }
    }
    figures
}
