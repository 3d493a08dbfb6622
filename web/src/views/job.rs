//! The page of a job.

use askama::Template;
use common::{
    Category,
    archive::ArchiveNames,
    config::MailRoute,
    job::{AnnotateChoice, JobFile, JobId},
};
use jiff::Timestamp;

use super::Live;
use crate::{stage::Stage, status::JobStatus, units};

/// The page of a job.
#[derive(Template)]
#[template(path = "job.html")]
pub(crate) struct JobPage {
    title: &'static str,
    path: String,
    stage: &'static str,
    live: Live,
    is_open: bool,
    /// Whether the page gets what changes.
    is_live: bool,
    has_counts: bool,
    closing: String,
    download: Option<Download>,
    facts: Vec<Fact>,
    /// How names in zips were read that are not Unicode.
    names: Vec<ArchiveNames>,
    /// Whether none of them was chosen by who uploaded them.
    names_are_detected: bool,
}

struct Download {
    size: String,
    expires: Timestamp,
}

struct Fact {
    name: &'static str,
    value: FactValue,
}

enum FactValue {
    Text(String),
    /// A moment, which a script tells in the reader's language and time zone.
    At(Timestamp),
}

impl JobPage {
    /// The page for where a job stands.
    pub(crate) fn new(
        file: &JobFile,
        status: &JobStatus,
        names: Vec<ArchiveNames>,
        mail: &MailRoute,
    ) -> Self {
        let live = Live::of(status);
        let is_over = status.stage.is_over();
        let end = status.end.as_ref();
        let size = end.and_then(|end| end.package_bytes).map(units::bytes);
        Self {
            title: live.headline,
            path: path_of(file.id),
            stage: status.stage.name(),
            is_open: !is_over,
            is_live: !is_over && status.stage != Stage::OutOfSight,
            has_counts: status.stage == Stage::Done || status.images.is_some(),
            closing: closing(file, mail),
            download: size.zip(end).map(|(size, end)| Download {
                size,
                expires: end.expires,
            }),
            facts: facts(file, status),
            names,
            names_are_detected: file.options.names.is_none(),
            live,
        }
    }

    /// A moment for readers without scripts.
    fn moment(at: &Timestamp) -> String {
        units::moment(*at)
    }
}

/// The address of a job's page, without the host.
pub(crate) fn path_of(job: JobId) -> String {
    format!("/jobs/{job}")
}

fn closing(file: &JobFile, mail: &MailRoute) -> String {
    let to = file.email.masked();
    match mail {
        MailRoute::Smtp { .. } => format!("You can close this page: we will write to {to}."),
        MailRoute::Folder(_) => format!(
            "You can close this page, but keep its address: this service sends no mails, the one \
             to {to} is written into a folder."
        ),
    }
}

fn facts(file: &JobFile, status: &JobStatus) -> Vec<Fact> {
    let size: u64 = file.uploads.iter().map(|upload| upload.size_bytes).sum();
    let text = |name, value| Fact {
        name,
        value: FactValue::Text(value),
    };
    let at = |name, moment| Fact {
        name,
        value: FactValue::At(moment),
    };
    let mut facts = vec![
        text("Files", files(file)),
        text("Size", units::bytes(size)),
        at("Accepted", file.accepted),
        text("Model", model(file, status)),
        text("Threshold", threshold(file, status)),
        text("Copies with boxes", copies(file)),
    ];
    if let Some(end) = &status.end {
        facts.push(at("Finished", end.ended));
        facts.push(at("Deleted on", end.expires));
    }
    if let Some(moment) = status.kept_until {
        facts.push(at("Kept until", moment));
    }
    facts
}

/// The model that was used, or else the one that will be.
fn model(file: &JobFile, status: &JobStatus) -> String {
    let used = status.end.as_ref().and_then(|end| end.model.clone());
    let chosen = || file.options.model.as_ref().map(ToString::to_string);
    used.or_else(chosen)
        .unwrap_or_else(|| "the service's default".to_owned())
}

/// The threshold that was used, or else the one that will be.
fn threshold(file: &JobFile, status: &JobStatus) -> String {
    let used = status.end.as_ref().and_then(|end| end.threshold);
    let chosen = || file.options.threshold.map(|chosen| chosen.value());
    used.or_else(chosen)
        .map_or("the model's own".to_owned(), |value| value.to_string())
}

/// Names of the first uploads; there may be thousands.
fn files(file: &JobFile) -> String {
    const SHOWN: usize = 5;
    let names: Vec<&str> = file
        .uploads
        .iter()
        .take(SHOWN)
        .map(|u| u.name.as_str())
        .collect();
    let names = names.join(", ");
    match file.uploads.len().saturating_sub(SHOWN) {
        0 => names,
        more => format!("{names} and {} more", units::count(more as u64)),
    }
}

fn copies(file: &JobFile) -> String {
    let of = match file.options.annotate {
        AnnotateChoice::All => "of all pictures",
        AnnotateChoice::Detections => "of pictures with something on them",
        AnnotateChoice::None => return "none".to_owned(),
    };
    let blurred: Vec<&str> = file
        .options
        .blur
        .iter()
        .map(|c| Category::plural(*c))
        .collect();
    if blurred.is_empty() {
        of.to_owned()
    } else {
        format!("{of}, {} made unrecognisable", blurred.join(" and "))
    }
}
