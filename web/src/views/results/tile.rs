//! A file in the list of pictures, or in a film strip.

use common::gallery::RowState;

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
