//! The texts of a job's page that change while it runs. The page is made with them, and live
//! events bring new ones, so that the page's script only has to put them in place.

use serde::Serialize;

use crate::{stage::Stage, status::JobStatus, units};

/// The texts that change; each is blank when there is nothing to say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Live {
    pub(crate) stage: Stage,
    pub(crate) headline: &'static str,
    pub(crate) explanation: String,
    /// How much of the work is done, 0..=1.
    pub(crate) fraction: Option<f64>,
    pub(crate) done: String,
    pub(crate) left: String,
    pub(crate) speed: String,
    pub(crate) animal: String,
    pub(crate) person: String,
    pub(crate) vehicle: String,
    pub(crate) blank: String,
    pub(crate) failed: String,
    pub(crate) skipped: String,
}

impl Live {
    /// The texts for where a job stands.
    pub(crate) fn of(status: &JobStatus) -> Self {
        let found = status.found;
        Self {
            stage: status.stage,
            headline: headline(status.stage),
            explanation: explanation(status),
            fraction: fraction(status),
            done: done(status),
            left: match status.seconds_left {
                Some(seconds) => format!("about {} left", units::duration(seconds)),
                None if status.stage == Stage::Detecting => "measuring the speed …".to_owned(),
                None => String::new(),
            },
            speed: status
                .images_per_second
                .map(|speed| format!("{speed:.1} images per second"))
                .unwrap_or_default(),
            animal: units::count(found.animal),
            person: units::count(found.person),
            vehicle: units::count(found.vehicle),
            blank: units::count(found.blank),
            failed: units::count(found.failed),
            skipped: units::count(found.skipped),
        }
    }
}

const fn headline(stage: Stage) -> &'static str {
    match stage {
        Stage::Waiting | Stage::OutOfSight => "Your upload is accepted",
        Stage::Planning => "Counting the pictures",
        Stage::Detecting => "Looking at the pictures",
        Stage::Assembling => "Putting the result together",
        Stage::Stuck => "Your job has to wait for us",
        Stage::Done => "Your result is ready",
        Stage::Rejected => "The upload cannot be used",
        Stage::Cancelled => "This job was cancelled",
    }
}

fn explanation(status: &JobStatus) -> String {
    let text = match status.stage {
        Stage::Waiting => return waiting(status),
        Stage::Planning => "The list of files is read, to know how much there is to do.",
        Stage::Detecting => "Jobs take turns, so that a small one never waits for a large one.",
        Stage::Assembling => "All pictures are done. The tables are written and packed.",
        Stage::Stuck => {
            "Something of ours failed, not of yours, and trying again did not help. The people \
             who run this service can set it going again: ask them if nothing happens. Your upload \
             and what was done so far are kept until the day below."
        }
        Stage::OutOfSight => {
            "It cannot be seen just now how far it is. It goes on, and nothing of it is lost; this \
             page looks again by itself."
        }
        Stage::Done => "Every file is accounted for.",
        Stage::Rejected => {
            let end = status.end.as_ref();
            let reason = end
                .and_then(|end| end.rejection.as_deref())
                .unwrap_or_default();
            let advice = end.and_then(|end| end.advice).unwrap_or_default();
            return format!("{}. {advice}", reason.trim_end_matches('.'));
        }
        Stage::Cancelled => "There is no result. You can upload the pictures again at any time.",
    };
    text.to_owned()
}

fn waiting(status: &JobStatus) -> String {
    let turn = match status.position {
        Some(1) => "It is the next to begin.".to_owned(),
        Some(position) => format!(
            "It is number {} in the queue.",
            units::count(position as u64)
        ),
        None => "It waits for its turn.".to_owned(),
    };
    match status.has_workers {
        Some(false) => {
            format!("{turn} No machine is at work just now; it begins as soon as one is.")
        }
        _ => turn,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a share for a bar on the screen"
)]
fn fraction(status: &JobStatus) -> Option<f64> {
    let images = status.images.filter(|images| *images > 0)?;
    let fraction = status.images_done as f64 / images as f64;
    Some((fraction.min(1.0) * 1000.0).floor() / 1000.0)
}

fn done(status: &JobStatus) -> String {
    match status.images {
        Some(images) => format!(
            "{} of {}",
            units::count(status.images_done.min(images)),
            units::count_of(images, "image", "images")
        ),
        None if status.stage == Stage::OutOfSight => String::new(),
        None => "not counted yet".to_owned(),
    }
}
