//! What all results pages have around them: the way to the others, and to the job.

use std::fmt::Display;

use common::Threshold;

use crate::{results::Visit, views::path_of};

/// What all results pages have around them.
pub(crate) struct Layout {
    /// The address of the job's page.
    pub(crate) job: String,
    /// The pages, the present one marked.
    pub(crate) tabs: Vec<Tab>,
    /// What was left out of the address.
    pub(crate) notes: Vec<String>,
}

/// The way to one of the results pages.
pub(crate) struct Tab {
    pub(crate) href: String,
    pub(crate) text: &'static str,
    pub(crate) is_current: bool,
    /// How many things are there, if that is worth a word.
    pub(crate) count: Option<String>,
}

/// The results pages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultsPage {
    Pictures,
    Figures,
    Blanks,
    Corrections,
}

impl ResultsPage {
    /// Its address, below that of the job's page.
    pub(crate) fn address(self, job: &str) -> String {
        let below = match self {
            Self::Pictures => "",
            Self::Figures => "/figures",
            Self::Blanks => "/blanks",
            Self::Corrections => "/corrections",
        };
        format!("{job}/results{below}")
    }
}

impl Layout {
    /// What is around one of the pages.
    pub(crate) fn new(visit: &Visit, present: ResultsPage) -> Self {
        let job = path_of(visit.file.id);
        let corrected = visit.snapshot.corrections.all().count();
        let query = visit.query.on_page(1);
        let at = at(visit.threshold);
        let tab = |page: ResultsPage, text, asked: &dyn Display| Tab {
            href: format!("{}{asked}", page.address(&job)),
            text,
            is_current: page == present,
            count: (page == ResultsPage::Corrections && corrected > 0)
                .then(|| corrected.to_string()),
        };
        let tabs = vec![
            tab(ResultsPage::Pictures, "Pictures", &query),
            tab(ResultsPage::Figures, "Figures", &query),
            tab(ResultsPage::Blanks, "Check the blanks", &at),
            tab(ResultsPage::Corrections, "Corrections", &at),
        ];
        Self {
            job,
            tabs,
            notes: visit.notes.clone(),
        }
    }
}

/// A threshold as it stands in an address.
pub(crate) fn at(threshold: Threshold) -> String {
    format!("?threshold={}", threshold.value())
}
