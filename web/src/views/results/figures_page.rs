//! What the pictures say together: plots, with a table behind each.

use askama::Template;
use common::plots::Plot;

use super::{
    filters::Filters,
    frame::{Frame, Place},
};
use crate::{
    results::{Visit, numbers::figures, tally::Tally},
    units,
};

/// The plots.
#[derive(Template)]
#[template(path = "results/figures.html")]
pub(crate) struct FiguresPage {
    frame: Frame,
    filters: Filters,
    plots: Vec<Plot>,
    /// What is counted.
    summary: String,
}

impl FiguresPage {
    pub(crate) fn new(visit: &Visit) -> Self {
        let frame = Frame::new(visit, Place::Figures);
        let figures = figures(&visit.sight, &visit.query);
        let tally = Tally::of(&visit.sight, &visit.query.wanted);
        let images = units::count_of(figures.processed, "picture", "pictures");
        let without = figures.without_time;
        Self {
            plots: Plot::all(&figures),
            summary: match without {
                0 => images,
                _ => format!("{images}, {} of them without a time", units::count(without)),
            },
            filters: Filters::new(visit, format!("{}/results/figures", frame.job), &tally),
            frame,
        }
    }
}
