//! One picture, large, and everything that is known of it.

use askama::Template;
use common::{
    Label, MediaRecord,
    correction::{Correction, MediaCorrection, Verdict},
};

use super::{
    facts::{Fact, facts},
    hidden::{hidden, reported},
    layout::{Layout, ResultsPage},
    picture::{Picture, Seen},
    tile::{Tile, Word},
};
use crate::{
    results::{
        Visit,
        strip::{SEQUENCE_GAP_SECONDS, strip},
    },
    units,
};

/// One picture.
#[derive(Template)]
#[template(path = "results/media.html")]
pub(crate) struct MediaPage {
    layout: Layout,
    number: u32,
    name: String,
    camera: String,
    captured: Option<String>,
    picture: Option<Picture>,
    /// Who is hidden in the picture.
    hidden: Option<String>,
    /// What stands in place of a picture.
    reason: &'static str,
    word: Word,
    corrected: Option<String>,
    is_processed: bool,
    threshold: String,
    /// Its place in the list that is looked through: "12 of 345".
    place: String,
    /// The list.
    list: String,
    previous: Option<String>,
    next: Option<String>,
    /// The address of this page.
    here: String,
    found: Vec<Found>,
    labels: Vec<Choice>,
    given: Vec<GivenCorrection>,
    strip: Vec<StripTile>,
    gap_seconds: i64,
    facts: Vec<Fact>,
}

/// A detection.
pub(crate) struct Found {
    number: u16,
    category: &'static str,
    confidence: String,
    thousandths: u16,
    counts: bool,
    is_wrong: bool,
}

/// A label that the picture can be given.
struct Choice {
    label: Label,
    is_model: bool,
    is_chosen: bool,
}

/// A correction of the picture that counts.
pub(crate) struct GivenCorrection {
    number: u32,
    text: String,
    at: jiff::Timestamp,
}

/// A picture of the film strip.
struct StripTile {
    tile: Tile,
    is_in_sequence: bool,
}

impl MediaPage {
    /// The page of a row; `None` when there is no such row.
    pub(crate) fn new(visit: &Visit, number: u32, record: &MediaRecord) -> Option<Self> {
        let (snapshot, query) = (&visit.snapshot, visit.query.on_page(1));
        let row = snapshot.album.row(number)?;
        let seen = Seen {
            row,
            camera: snapshot.album.gallery.camera(row),
            threshold: visit.threshold,
            correction: snapshot.correction_of(number),
        };
        let layout = Layout::new(visit, ResultsPage::Pictures);
        let tile = Tile::new(&layout.job, snapshot, number, &query)?;
        let way = Way::of(visit, number, &layout.job);
        Some(Self {
            number,
            picture: Picture::preview(&layout.job, number, &seen),
            hidden: hidden(visit, row).or_else(|| reported(visit, number).map(str::to_owned)),
            here: tile.href,
            name: tile.name,
            camera: tile.camera,
            captured: tile.captured,
            reason: tile.reason,
            word: tile.word,
            corrected: tile.corrected,
            is_processed: tile.is_processed,
            threshold: visit.threshold.value().to_string(),
            place: way.place,
            list: way.list,
            previous: way.previous,
            next: way.next,
            found: found(&seen),
            labels: labels(&seen),
            given: given(snapshot.corrections.list(), number, |n| {
                snapshot.corrections.is_undone(n)
            }),
            strip: film(visit, number, &layout.job),
            gap_seconds: SEQUENCE_GAP_SECONDS,
            facts: facts(record, seen.camera),
            layout,
        })
    }
}

/// The way through the list in which a picture stands.
struct Way {
    place: String,
    list: String,
    previous: Option<String>,
    next: Option<String>,
}

impl Way {
    fn of(visit: &Visit, number: u32, job: &str) -> Self {
        let query = visit.query.on_page(1);
        let numbers = visit.snapshot.selected(&query);
        let place = numbers.iter().position(|other| *other == number);
        let link = |place: Option<usize>| {
            let number = numbers.get(place?)?;
            Some(format!("{job}/results/media/{number}{query}"))
        };
        let page = place.map_or(1, |place| place / super::gallery_page::ON_A_PAGE + 1);
        Self {
            place: place.map_or("not in this list".to_owned(), |place| {
                let all = units::count(numbers.len() as u64);
                format!("{} of {all}", units::count(place as u64 + 1))
            }),
            list: format!("{job}/results{}", query.on_page(page)),
            previous: link(place.and_then(|place| place.checked_sub(1))),
            // Whoever comes from elsewhere begins with the first.
            next: link(place.map_or(Some(0), |place| Some(place + 1))),
        }
    }
}

fn found(seen: &Seen<'_>) -> Vec<Found> {
    let found = (0..).zip(&seen.row.sightings).map(|(number, found)| Found {
        number,
        category: found.category.name(),
        confidence: found.confidence().value().to_string(),
        thousandths: found.confidence().thousandths(),
        counts: seen.threshold.admits(found.confidence()),
        is_wrong: seen
            .correction
            .is_some_and(|correction| correction.wrong.contains(&number)),
    });
    found.collect()
}

fn labels(seen: &Seen<'_>) -> Vec<Choice> {
    let model = Label::from(seen.row.category_at(seen.threshold));
    let chosen = seen
        .correction
        .and_then(|correction: &MediaCorrection| correction.label);
    let choice = |label| Choice {
        label,
        is_model: label == model,
        is_chosen: chosen == Some(label),
    };
    Label::ALL.map(choice).into()
}

fn given(
    list: &[Correction],
    number: u32,
    is_undone: impl Fn(u32) -> bool,
) -> Vec<GivenCorrection> {
    let about = list
        .iter()
        .filter(|entry| entry.media == number && !is_undone(entry.number));
    let given = about.filter_map(|entry| {
        Some(GivenCorrection {
            number: entry.number,
            text: words(entry.verdict)?,
            at: entry.at,
        })
    });
    given.collect()
}

/// A correction in words; taking one back needs none.
pub(crate) fn words(verdict: Verdict) -> Option<String> {
    match verdict {
        Verdict::Shows(Label::Blank) => Some("it is blank".to_owned()),
        Verdict::Shows(Label::Animal) => Some("it shows an animal".to_owned()),
        Verdict::Shows(Label::Person) => Some("it shows a person".to_owned()),
        Verdict::Shows(Label::Vehicle) => Some("it shows a vehicle".to_owned()),
        Verdict::WrongDetection(number) => Some(format!("box {} is wrong", u32::from(number) + 1)),
        Verdict::Undo(_) => None,
    }
}

fn film(visit: &Visit, number: u32, job: &str) -> Vec<StripTile> {
    let query = visit.query.on_page(1);
    let frames = strip(&visit.snapshot.album, number);
    let tiles = frames.into_iter().filter_map(|frame| {
        Some(StripTile {
            tile: Tile {
                is_own: frame.number == number,
                ..Tile::new(job, &visit.snapshot, frame.number, &query)?
            },
            is_in_sequence: frame.is_in_sequence,
        })
    });
    tiles.collect()
}
