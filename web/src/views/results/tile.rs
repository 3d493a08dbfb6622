//! A file in the list of pictures, or in a film strip.

use common::{Threshold, gallery::RowState};
use serde::Serialize;

use super::picture::{Picture, Seen};
use crate::results::{Query, ResultsSnapshot};

/// A file in a list.
pub(crate) struct Tile {
    pub(crate) number: u32,
    /// The address of its page.
    pub(crate) href: String,
    pub(crate) picture: Option<Picture>,
    /// What stands in place of a picture.
    pub(crate) reason: &'static str,
    pub(crate) name: String,
    pub(crate) camera: String,
    /// Its camera again, if there are several.
    pub(crate) from: Option<String>,
    /// When it was taken, as the camera wrote it.
    pub(crate) captured: Option<String>,
    pub(crate) word: Word,
    /// The same at every threshold, for the page's script.
    pub(crate) words: String,
    /// What people say about it, in a word or two.
    pub(crate) corrected: Option<String>,
    pub(crate) is_processed: bool,
    /// Whether it is the one that the page is about.
    pub(crate) is_own: bool,
}

/// What a file shows by the model, in a word.
pub(crate) struct Word {
    /// Its colour: a category, or blank.
    pub(crate) class: &'static str,
    pub(crate) text: String,
}

impl Tile {
    /// A row of the job at an address; `None` when there is no such row.
    pub(crate) fn new(
        job: &str,
        snapshot: &ResultsSnapshot,
        number: u32,
        query: &Query,
    ) -> Option<Self> {
        let row = snapshot.album.row(number)?;
        let threshold = snapshot.threshold(query);
        let seen = Seen {
            row,
            camera: snapshot.album.gallery.camera(row),
            threshold,
            correction: snapshot.correction_of(number),
        };
        Some(Self {
            number,
            href: format!("{job}/results/media/{number}{query}"),
            picture: Picture::thumbnail(job, number, &seen),
            reason: reason(&row.state),
            name: row.path.file_name().to_owned(),
            camera: seen.camera.to_owned(),
            from: from(seen.camera, snapshot.album.gallery.cameras.len()),
            captured: seen.captured(),
            word: Word::of(&seen),
            words: words(&seen),
            corrected: seen.corrected(),
            is_processed: row.is_processed(),
            is_own: false,
        })
    }

    /// The same, with its picture fetched at once.
    pub(crate) fn eager(mut self) -> Self {
        if let Some(picture) = &mut self.picture {
            picture.is_eager = true;
        }
        self
    }
}

impl Word {
    /// The first category, and the surest detection of it.
    pub(crate) fn of(seen: &Seen<'_>) -> Self {
        let category = seen.row.category_at(seen.threshold);
        let counted = seen.row.sightings_at(seen.threshold);
        let surest = counted
            .iter()
            .find(|found| Some(found.category) == category);
        match (surest, &seen.row.state) {
            (Some(found), _) => Self {
                class: found.category.name(),
                text: format!(
                    "{} {}",
                    found.category,
                    two_decimals(found.confidence().thousandths())
                ),
            },
            (None, RowState::Processed { .. }) => Self {
                class: "blank",
                text: "blank".to_owned(),
            },
            (None, _) => Self {
                class: "unread",
                text: seen.shown(),
            },
        }
    }
}

/// What a file shows up to a threshold, in thousandths, from where the step before ends.
#[derive(Serialize)]
struct WordStep {
    until: u16,
    class: &'static str,
    text: String,
}

/// What a file shows at every threshold, as JSON: the page's script looks it up while the threshold
/// moves.
fn words(seen: &Seen<'_>) -> String {
    let sightings = seen.row.sightings.iter();
    let mut ends: Vec<u16> = sightings
        .map(|found| found.confidence().thousandths())
        .chain([1000])
        .collect();
    ends.sort_unstable();
    ends.dedup();
    let mut steps: Vec<WordStep> = Vec::new();
    for until in ends {
        let Word { class, text } = Word::of(&Seen {
            threshold: Threshold::from_thousandths(until),
            ..*seen
        });
        match steps.last_mut() {
            Some(last) if last.text == text => last.until = until,
            _ => steps.push(WordStep { until, class, text }),
        }
    }
    serde_json::to_string(&steps).unwrap_or_default()
}

/// A confidence with two decimals, cut off and not rounded: 0.999 is not 1.
pub(crate) fn two_decimals(thousandths: u16) -> String {
    let hundredths = thousandths / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn from(camera: &str, cameras: usize) -> Option<String> {
    (cameras > 1 && !camera.is_empty()).then(|| camera.to_owned())
}

fn reason(state: &RowState) -> &'static str {
    match state {
        RowState::Processed { .. } => "no small copy was kept",
        RowState::Failed(code) => code.advice(),
        RowState::Skipped(reason) => reason.explanation(),
    }
}

#[cfg(test)]
mod tests {
    use common::Category::{Animal, Person};

    use super::*;
    use crate::results::snapshot::tests::{picture, snapshot_of};

    #[test]
    fn the_words_at_all_thresholds_are_those_at_each() {
        let found = [(Animal, 0.5), (Animal, 0.3), (Person, 0.75)];
        let snapshot = snapshot_of(&[picture("a.jpg", None, &found)], &[]);
        let at = |thousandths: u16| Seen {
            row: snapshot.album.row(0).unwrap(),
            camera: "",
            threshold: Threshold::from_thousandths(thousandths),
            correction: None,
        };
        let text = words(&at(200));
        let steps: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        let texts: Vec<&str> = steps
            .iter()
            .map(|step| step["text"].as_str().unwrap())
            .collect();
        assert_eq!(texts, ["animal 0.50", "person 0.75", "blank"], "{text}");
        for thousandths in 0..=1000 {
            let step = steps
                .iter()
                .find(|step| u64::from(thousandths) <= step["until"].as_u64().unwrap());
            let word = Word::of(&at(thousandths));
            assert_eq!(step.unwrap()["text"], word.text, "{thousandths}");
            assert_eq!(step.unwrap()["class"], word.class, "{thousandths}");
        }
    }
}
