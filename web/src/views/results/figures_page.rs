//! What the pictures say together: plots, with a table behind each.

use askama::Template;
use common::plots::Plot;

use super::{
    filters::Filters,
    layout::{Layout, ResultsPage},
};
use crate::{
    results::{Visit, numbers::figures, threshold_counts::ThresholdCounts},
    units,
};

/// The plots.
#[derive(Template)]
#[template(path = "results/figures.html")]
pub(crate) struct FiguresPage {
    layout: Layout,
    filters: Filters,
    plots: Vec<Plot>,
    /// What is counted.
    summary: String,
}

impl FiguresPage {
    pub(crate) fn new(visit: &Visit) -> Self {
        let layout = Layout::new(visit, ResultsPage::Figures);
        let figures = figures(&visit.snapshot, &visit.query);
        let counts = ThresholdCounts::of(&visit.snapshot, &visit.query.conditions);
        let images = units::count_of(figures.processed, "picture", "pictures");
        let without = figures.without_time;
        Self {
            plots: Plot::all(&figures),
            summary: match without {
                0 => images,
                _ => format!("{images}, {} of them without a time", units::count(without)),
            },
            filters: Filters::new(visit, ResultsPage::Figures, &counts),
            layout,
        }
    }
}
