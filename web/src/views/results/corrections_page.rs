//! Everything that was said about the results of a job.

use askama::Template;
use common::correction::Verdict;
use jiff::Timestamp;

use super::{
    layout::{Layout, ResultsPage},
    media_page::words,
    rebuild::Rebuild,
    tile::Tile,
};
use crate::results::Visit;

/// Corrections that the page shows; all are in the table to download.
const SHOWN: usize = 200;

/// Everything that was said, the newest first.
#[derive(Template)]
#[template(path = "results/corrections.html")]
pub(crate) struct CorrectionsPage {
    layout: Layout,
    entries: Vec<Entry>,
    /// How many are not shown.
    more: usize,
    /// The address of this page.
    here: String,
    threshold: String,
    rebuild: Rebuild,
}

/// Something that was said.
struct Entry {
    number: u32,
    at: Timestamp,
    text: String,
    tile: Tile,
    is_undone: bool,
}

impl CorrectionsPage {
    pub(crate) fn new(visit: &Visit) -> Self {
        let layout = Layout::new(visit, ResultsPage::Corrections);
        let snapshot = &visit.snapshot;
        let query = visit.query.without_filters();
        let said = snapshot.corrections.list().iter().rev();
        let entries = said.filter_map(|entry| {
            Some(Entry {
                number: entry.number,
                at: entry.at,
                text: words(entry.verdict)?,
                tile: Tile::new(&layout.job, snapshot, entry.media, &query)?,
                is_undone: snapshot.corrections.is_undone(entry.number),
            })
        });
        let entries: Vec<Entry> = entries.take(SHOWN).collect();
        let is_said = |verdict: &Verdict| !matches!(verdict, Verdict::Undo(_));
        let all = snapshot.corrections.list().iter();
        let all = all.filter(|entry| is_said(&entry.verdict)).count();
        Self {
            more: all.saturating_sub(entries.len()),
            entries,
            here: format!("{}/results/corrections{query}", layout.job),
            threshold: visit.threshold.value().to_string(),
            rebuild: Rebuild::of(visit),
            layout,
        }
    }
}
