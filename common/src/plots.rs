//! [Figures](crate::figures) as drawings with a table behind each.
//!
//! A drawing is an SVG of shapes with class names; colours come from the page, so that it follows
//! light and dark, and a `report.html` brings its own. The categories differ in lightness too, and
//! every mark says in words what it is, so nothing depends on telling colours apart.

mod activity;
mod axis;
mod camera_counts;
mod camera_days;
mod days;
mod drawing;
mod map;
mod span;

use askama::Template;

use crate::figures::Figures;
use drawing::{Drawing, Shape};

/// One plot: what it shows, the drawing, and the numbers in it.
#[derive(Clone, Debug)]
pub struct Plot {
    /// A short name for anchors and files.
    pub id: &'static str,
    /// The heading.
    pub title: &'static str,
    /// What is to be seen, in a sentence or two.
    pub caption: String,
    drawing: Drawing,
    /// The same numbers.
    pub table: Table,
}

/// A table of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Heads of the columns; the first column names the row.
    pub header: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// The SVG of a drawing.
#[derive(Template)]
#[template(path = "figures/drawing.svg")]
struct DrawingTemplate<'a> {
    id: &'a str,
    title: &'a str,
    drawing: &'a Drawing,
}

impl Plot {
    /// All plots that have something to show, in their order on the page.
    #[must_use]
    pub fn all(figures: &Figures) -> Vec<Self> {
        [
            activity::plot(figures),
            days::plot(figures),
            camera_days::plot(figures),
            camera_counts::plot(figures),
            map::plot(figures),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The drawing as an `<svg>` element.
    ///
    /// # Errors
    /// Never in practice: when text cannot be formatted.
    pub fn svg(&self) -> Result<String, askama::Error> {
        DrawingTemplate {
            id: self.id,
            title: self.title,
            drawing: &self.drawing,
        }
        .render()
    }
}

#[cfg(test)]
mod tests;
