//! The threshold and the filters of a results page: what they are set to, and what they could be.

use common::Threshold;
use jiff::civil::Date;

use super::{
    layout::ResultsPage,
    steps::{Steps, first_step},
};
use crate::{
    results::{
        Query, Visit,
        query::{Conditions, Show, Sort, named},
        threshold_counts::ThresholdCounts,
    },
    units,
    views::path_of,
};

/// The threshold and the filters of a results page.
pub(crate) struct Filters {
    /// Where the form is sent to.
    pub(crate) action: String,
    /// Whether it is about a list, which shows one kind of files in some order.
    pub(crate) is_list: bool,
    pub(crate) query: Query,
    pub(crate) threshold: String,
    /// The threshold of the job.
    pub(crate) own_threshold: String,
    /// The lowest that can be looked at.
    pub(crate) floor: String,
    /// The lowest step of the slider.
    pub(crate) first_step: String,
    /// Counts at each step, for the script.
    pub(crate) steps: String,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) cameras: Vec<Choice>,
    pub(crate) from_hours: Vec<Choice>,
    pub(crate) to_hours: Vec<Choice>,
    pub(crate) sorts: Vec<Choice>,
    pub(crate) bounds: Bounds,
    /// How many filters there are.
    pub(crate) asked: usize,
    /// Whether there are corrections that could count.
    pub(crate) has_corrections: bool,
    /// The same without any filter.
    pub(crate) clear: String,
}

/// The ends of ranges as they stand in their fields.
pub(crate) struct Bounds {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) least: String,
    pub(crate) most: String,
}

impl Bounds {
    fn of(conditions: &Conditions) -> Self {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let bound = |bound: Option<Threshold>| bound.map(number).unwrap_or_default();
        Self {
            from: day(conditions.from),
            to: day(conditions.to),
            least: bound(conditions.least),
            most: bound(conditions.most),
        }
    }
}

/// What pictures may be asked to show, and how many do.
pub(crate) struct Kind {
    pub(crate) show: Show,
    pub(crate) href: String,
    pub(crate) count: String,
    pub(crate) is_chosen: bool,
}

/// Something that can be chosen from a list.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) is_chosen: bool,
}

impl Filters {
    /// The filters of a page.
    pub(crate) fn new(visit: &Visit, page: ResultsPage, counts: &ThresholdCounts) -> Self {
        let action = page.address(&path_of(visit.file.id));
        let (query, snapshot) = (&visit.query, &visit.snapshot);
        let hours = query.conditions.hours;
        let floor = snapshot.album.floor();
        Self {
            threshold: number(visit.threshold),
            own_threshold: number(snapshot.album.gallery.threshold()),
            floor: number(floor),
            first_step: number(Threshold::from_thousandths(first_step(floor))),
            steps: Steps::of(snapshot, counts).json(),
            kinds: kinds(visit, counts),
            cameras: cameras(visit),
            from_hours: hours_of_day(hours.map(|hours| hours.from)),
            to_hours: hours_of_day(hours.map(|hours| hours.until)),
            sorts: sorts(query.sort),
            bounds: Bounds::of(&query.conditions),
            asked: query.conditions.len(),
            clear: format!("{action}{}", query.without_filters()),
            has_corrections: !snapshot.corrections.is_blank(),
            is_list: page == ResultsPage::Pictures,
            query: query.clone(),
            action,
        }
    }
}

fn number(threshold: Threshold) -> String {
    threshold.value().to_string()
}

/// From wherever they are, they lead to the pictures.
fn kinds(visit: &Visit, counts: &ThresholdCounts) -> Vec<Kind> {
    let results = format!("{}/results", path_of(visit.file.id));
    let kind = |show: Show| Kind {
        show,
        href: format!("{results}{}", visit.query.showing(show)),
        count: units::count(counts.at(show, visit.threshold)),
        is_chosen: show == visit.query.show,
    };
    Show::ALL.map(kind).into()
}

fn cameras(visit: &Visit) -> Vec<Choice> {
    let chosen = visit.query.conditions.camera.as_deref();
    let mut folders = visit.snapshot.album.gallery.cameras.clone();
    folders.sort_unstable();
    let choice = |folder: String| Choice {
        value: named(&folder).to_owned(),
        is_chosen: chosen == Some(folder.as_str()),
        text: if folder.is_empty() {
            "files in no folder".to_owned()
        } else {
            folder
        },
    };
    folders.into_iter().map(choice).collect()
}

fn hours_of_day(chosen: Option<u8>) -> Vec<Choice> {
    let choice = |hour: u8| Choice {
        value: hour.to_string(),
        text: format!("{hour:02}:00"),
        is_chosen: chosen == Some(hour),
    };
    (0..24).map(choice).collect()
}

fn sorts(chosen: Sort) -> Vec<Choice> {
    let choice = |sort: Sort| Choice {
        value: sort.to_string(),
        text: sort.label().to_owned(),
        is_chosen: sort == chosen,
    };
    Sort::all().map(choice).collect()
}
