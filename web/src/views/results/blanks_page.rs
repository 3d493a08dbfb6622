//! Checking a random sample of the pictures that were called blank.

use askama::Template;
use common::{Label, blank_check, correction::Verdict};

use super::{
    hidden::hidden,
    layout::{Layout, ResultsPage, at},
    picture::{Picture, Seen},
};
use crate::{
    results::{
        Visit,
        sample::{Answers, SIZES, Sample, answer},
    },
    units,
};

/// Checking what was called blank.
#[derive(Template)]
#[template(path = "results/blanks.html")]
pub(crate) struct BlanksPage {
    layout: Layout,
    threshold: String,
    blanks: String,
    sizes: Vec<Size>,
    size: usize,
    answers: Answers,
    verdict: String,
    shown: Option<Shown>,
    /// Whether all pictures of the sample were looked at.
    is_complete: bool,
}

/// A size that a sample can have.
struct Size {
    text: String,
    href: String,
    is_chosen: bool,
}

/// The picture that is asked about.
struct Shown {
    number: u32,
    place: usize,
    name: String,
    camera: String,
    captured: Option<String>,
    picture: Picture,
    /// Who is hidden in the picture.
    hidden: Option<String>,
    /// How it was judged.
    answer: Option<Label>,
    /// The number of that, to take it back.
    answer_number: Option<u32>,
    previous: Option<String>,
    next: Option<String>,
    /// Where to go on after an answer.
    onward: String,
    here: String,
    /// The address of the next picture's preview, which a browser may fetch early.
    coming: Option<String>,
}

/// What is asked for: how many pictures, and which one, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// `None` for all.
    pub(crate) size: Option<usize>,
    /// `None` for the first that nobody looked at.
    pub(crate) place: Option<usize>,
}

impl BlanksPage {
    pub(crate) fn new(visit: &Visit, asked: Asked) -> Self {
        let layout = Layout::new(visit, ResultsPage::Blanks);
        let sample = Sample::draw(&visit.snapshot, visit.file.id, visit.threshold, asked.size);
        let answers = sample.answers(&visit.snapshot);
        let address = Address {
            path: format!("{}/results/blanks{}", layout.job, at(visit.threshold)),
            size: asked.size,
        };
        let open = sample.next_open(&visit.snapshot, 0);
        let place = asked.place.map(|place| place - 1).or(open);
        Self {
            threshold: visit.threshold.value().to_string(),
            blanks: units::count_of(sample.blanks as u64, "picture", "pictures"),
            sizes: sizes(&address, sample.blanks),
            size: sample.numbers.len(),
            verdict: verdict(answers, sample.blanks),
            shown: place.and_then(|place| shown(visit, &layout.job, &sample, place, &address)),
            is_complete: open.is_none(),
            answers,
            layout,
        }
    }
}

/// The address of the check.
struct Address {
    path: String,
    size: Option<usize>,
}

impl Address {
    fn with_size(&self, size: Option<usize>) -> String {
        let size = size.map_or("all".to_owned(), |size| size.to_string());
        format!("{}&size={size}", self.path)
    }

    fn here(&self) -> String {
        self.with_size(self.size)
    }

    /// The picture at a place, from 0.
    fn at(&self, place: usize) -> String {
        format!("{}&place={}", self.here(), place + 1)
    }
}

fn sizes(address: &Address, blanks: usize) -> Vec<Size> {
    let size = |size: Option<usize>| Size {
        text: size.map_or("all".to_owned(), |size| size.to_string()),
        href: address.with_size(size),
        // A sample that is larger than all there is holds all of it.
        is_chosen: size.unwrap_or(blanks) == address.size.unwrap_or(blanks).min(blanks),
    };
    let smaller = SIZES.into_iter().filter(|size| *size < blanks);
    smaller.map(Some).chain([None]).map(size).collect()
}

/// What the answers so far mean, in a sentence or two. Of a picture that was passed over somebody
/// perhaps could not tell what it shows, which may be more likely where something is.
fn verdict(answers: Answers, blanks: usize) -> String {
    let Answers {
        checked,
        missed,
        passed,
    } = answers;
    if checked == 0 {
        return "Nothing is checked yet.".to_owned();
    }
    let count = |number: usize| units::count(number as u64);
    let seen = format!("{} missed in {}", count(missed), count(checked));
    if checked == blanks {
        return format!("{seen}: all blank pictures are checked.");
    }
    let mut verdict = format!(
        "{seen}: fewer than {} % of the blank pictures are missed (95 % confidence).",
        bound(missed, checked)
    );
    if passed > 0 {
        verdict += &format!(
            " If the {} that you passed over were missed too, fewer than {} %.",
            count(passed),
            bound(missed + passed, checked + passed)
        );
    }
    verdict
}

fn bound(missed: usize, checked: usize) -> String {
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    blank_check::percent(blank_check::most_missed(small(missed), small(checked)))
}

fn shown(
    visit: &Visit,
    job: &str,
    sample: &Sample,
    place: usize,
    address: &Address,
) -> Option<Shown> {
    let number = *sample.numbers.get(place)?;
    let snapshot = &visit.snapshot;
    let row = snapshot.album.row(number)?;
    let seen = Seen {
        row,
        camera: snapshot.album.gallery.camera(row),
        threshold: visit.threshold,
        correction: None,
    };
    let given = snapshot.corrections.list().iter().rev();
    let mut given = given.filter(|entry| {
        let is_answer = matches!(entry.verdict, Verdict::Shows(_));
        entry.media == number && is_answer && !snapshot.corrections.is_undone(entry.number)
    });
    let last = sample.numbers.len() - 1;
    let next_open = sample
        .next_open(snapshot, place + 1)
        .filter(|open| *open != place);
    let coming = next_open.and_then(|place| sample.numbers.get(place));
    Some(Shown {
        number,
        place: place + 1,
        name: row.path.file_name().to_owned(),
        camera: seen.camera.to_owned(),
        captured: seen.captured(),
        picture: Picture::preview(job, number, &seen)?,
        hidden: hidden(visit, row),
        answer: answer(snapshot, number),
        answer_number: given.next().map(|entry| entry.number),
        previous: place.checked_sub(1).map(|place| address.at(place)),
        next: (place < last).then(|| address.at(place + 1)),
        onward: next_open.map_or_else(|| address.here(), |place| address.at(place)),
        here: address.at(place),
        coming: coming.map(|number| format!("{job}/pictures/{number}/preview")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_says_how_many_may_be_missed() {
        let passing = |missed, checked, passed, blanks| {
            let answers = Answers {
                checked,
                missed,
                passed,
            };
            verdict(answers, blanks)
        };
        let of = |missed, checked, blanks| passing(missed, checked, 0, blanks);
        assert_eq!(
            of(0, 200, 5000),
            "0 missed in 200: fewer than 1.5 % of the blank pictures are missed (95 % confidence)."
        );
        assert_eq!(
            of(1, 40, 40),
            "1 missed in 40: all blank pictures are checked."
        );
        assert_eq!(of(0, 0, 40), "Nothing is checked yet.");
        assert_eq!(
            passing(0, 198, 2, 5000),
            "0 missed in 198: fewer than 1.6 % of the blank pictures are missed (95 % confidence). \
             If the 2 that you passed over were missed too, fewer than 3.2 %."
        );
    }
}
