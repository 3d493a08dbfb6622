//! The list of pictures.

use askama::Template;

use super::{
    filters::Filters,
    layout::{Layout, ResultsPage},
    rebuild::Rebuild,
    tile::Tile,
};
use crate::{
    results::{Visit, threshold_counts::ThresholdCounts},
    units,
};

/// Pictures on a page.
pub(super) const ON_A_PAGE: usize = 60;

/// Pictures of the first rows of a page.
const EARLY: usize = 8;

/// The list of pictures.
#[derive(Template)]
#[template(path = "results/gallery.html")]
pub(crate) struct GalleryPage {
    layout: Layout,
    filters: Filters,
    tiles: Vec<Tile>,
    summary: String,
    pages: Vec<PageLink>,
    previous: Option<String>,
    next: Option<String>,
    rebuild: Rebuild,
}

/// The way to a page of the list; without an address it stands for pages that are left out.
struct PageLink {
    text: String,
    href: Option<String>,
    is_current: bool,
}

impl GalleryPage {
    /// The list of what is asked for.
    pub(crate) fn new(visit: &Visit) -> Self {
        let layout = Layout::new(visit, ResultsPage::Pictures);
        let action = ResultsPage::Pictures.address(&layout.job);
        let counts = ThresholdCounts::of(&visit.snapshot, &visit.query.conditions);
        let selected = visit.snapshot.selected(&visit.query);
        let last = selected.len().div_ceil(ON_A_PAGE).max(1);
        let page = visit.query.page.clamp(1, last);
        let start = (page - 1) * ON_A_PAGE;
        let numbers = selected.iter().skip(start).take(ON_A_PAGE);
        let query = visit.query.on_page(1);
        let link = |page: usize| format!("{action}{}", query.on_page(page));
        Self {
            tiles: tiles(&layout.job, visit, numbers),
            summary: summary(selected.len(), page, last),
            pages: pages(page, last, &link),
            previous: (page > 1).then(|| link(page - 1)),
            next: (page < last).then(|| link(page + 1)),
            rebuild: Rebuild::of(visit),
            filters: Filters::new(visit, ResultsPage::Pictures, &counts),
            layout,
        }
    }
}

/// The files of a page. The pictures in its first rows are fetched before they are in sight.
fn tiles<'a>(job: &str, visit: &Visit, numbers: impl Iterator<Item = &'a u32>) -> Vec<Tile> {
    let query = visit.query.on_page(1);
    let tiles = numbers.filter_map(|number| Tile::new(job, &visit.snapshot, *number, &query));
    let early = |(place, tile): (usize, Tile)| if place < EARLY { tile.eager() } else { tile };
    tiles.enumerate().map(early).collect()
}

fn summary(files: usize, page: usize, last: usize) -> String {
    let files = units::count_of(files as u64, "file", "files");
    if last == 1 {
        return files;
    }
    let page = units::count(page as u64);
    format!("{files}, page {page} of {}", units::count(last as u64))
}

/// The first pages, those around the present one, and the last.
fn pages(page: usize, last: usize, link: &impl Fn(usize) -> String) -> Vec<PageLink> {
    let mut links: Vec<PageLink> = Vec::new();
    let mut before = 0;
    for number in 1..=last {
        if number != 1 && number != last && number.abs_diff(page) > 2 {
            continue;
        }
        if number > before + 1 {
            links.push(PageLink {
                text: "…".to_owned(),
                href: None,
                is_current: false,
            });
        }
        links.push(PageLink {
            text: units::count(number as u64),
            href: Some(link(number)),
            is_current: number == page,
        });
        before = number;
    }
    links
}
