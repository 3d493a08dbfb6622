//! What pictures are to show.

use common::{
    Category, Threshold,
    gallery::{Row, RowState},
};

/// What files are to show, or to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Show {
    /// Anything.
    #[default]
    Any,
    /// At least one detection of a category. A picture may show several.
    Category(Category),
    /// Nothing at the threshold.
    Blank,
    /// It could not be read.
    Failed,
    /// It is no picture.
    Skipped,
}

impl Show {
    /// All, in the order of the page.
    pub(crate) const ALL: [Self; 7] = [
        Self::Any,
        Self::Category(Category::Animal),
        Self::Category(Category::Person),
        Self::Category(Category::Vehicle),
        Self::Blank,
        Self::Failed,
        Self::Skipped,
    ];

    /// Its name in addresses.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Category(category) => category.name(),
            Self::Blank => "blank",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Its name on the page.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Any => "everything",
            Self::Category(category) => category.plural(),
            Self::Blank => "blank",
            Self::Failed => "could not be read",
            Self::Skipped => "not pictures",
        }
    }

    /// Whether a file shows that by the model, at a threshold.
    pub(crate) fn admits(self, row: &Row, threshold: Threshold) -> bool {
        match (self, &row.state) {
            (Self::Any, _)
            | (Self::Failed, RowState::Failed(_))
            | (Self::Skipped, RowState::Skipped(_)) => true,
            (Self::Blank, RowState::Processed { .. }) => row.sightings_at(threshold).is_empty(),
            (Self::Category(category), RowState::Processed { .. }) => row
                .sightings_at(threshold)
                .iter()
                .any(|found| found.category == category),
            _ => false,
        }
    }
}
