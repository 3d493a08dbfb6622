//! What all results pages have around them: the way to the others, and to the job.

use common::Threshold;

use crate::{results::Visit, views::path_of};

/// What all results pages have around them.
pub(crate) struct Layout {
    /// The address of the job's page.
    pub(crate) job: String,
    /// The pages, the present one marked.
    pub(crate) tabs: Vec<Tab>,
    /// What was left out of the address.
    pub(crate) words: Vec<String>,
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

impl Layout {
    pub(crate) fn new(visit: &Visit, place: ResultsPage) -> Self {
        let job = path_of(visit.file.id);
        let corrected = visit.snapshot.corrections.all().count();
        let query = visit.query.on_page(1);
        let tab = |of, text, href| Tab {
            href,
            text,
            is_current: of == place,
            count: (of == ResultsPage::Corrections && corrected > 0).then(|| corrected.to_string()),
        };
        let results = format!("{job}/results");
        let at = at(visit.threshold);
        let tabs = vec![
            tab(
                ResultsPage::Pictures,
                "Pictures",
                format!("{results}{query}"),
            ),
            tab(
                ResultsPage::Figures,
                "Figures",
                format!("{results}/figures{query}"),
            ),
            tab(
                ResultsPage::Blanks,
                "Check the blanks",
                format!("{results}/blanks{at}"),
            ),
            tab(
                ResultsPage::Corrections,
                "Corrections",
                format!("{results}/corrections{at}"),
            ),
        ];
        Self {
            job,
            tabs,
            words: visit.words.clone(),
        }
    }
}

/// A threshold as it stands in an address.
pub(crate) fn at(threshold: Threshold) -> String {
    format!("?threshold={}", threshold.value())
}
