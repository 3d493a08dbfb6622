//! The page of a job.

use askama::Template;
use common::{
    Category,
    config::MailRoute,
    job::{AnnotateChoice, JobFile, JobId},
};

use super::{Live, units};
use crate::status::{JobStatus, Stage};

/// The page of a job.
#[derive(Template)]
#[template(path = "job.html")]
pub(crate) struct JobPage {
    title: &'static str,
    path: String,
    stage: String,
    live: Live,
    is_open: bool,
    /// Whether the page is told what changes.
    is_live: bool,
    has_counts: bool,
    closing: String,
    download: Option<Download>,
    facts: Vec<Fact>,
}

struct Download {
    size: String,
    expires: String,
}

struct Fact {
    name: &'static str,
    value: String,
}

impl JobPage {
    /// The page for where a job stands.
    pub(crate) fn new(file: &JobFile, status: &JobStatus, mail: &MailRoute) -> Self {
        let live = Live::of(status);
        let is_over = status.stage.is_over();
        let end = status.end.as_ref();
        let size = end.and_then(|end| end.package_bytes).map(units::bytes);
        Self {
            title: live.headline,
            path: path_of(file.id),
            stage: stage_name(status.stage),
            is_open: !is_over,
            is_live: !is_over && status.stage != Stage::OutOfSight,
            has_counts: status.stage == Stage::Done || status.images.is_some(),
            closing: closing(file, mail),
            download: size.zip(end).map(|(size, end)| Download {
                size,
                expires: units::moment(end.expires),
            }),
            facts: facts(file, status),
            live,
        }
    }
}

/// The address of a job's page, without the host.
pub(crate) fn path_of(job: JobId) -> String {
    format!("/jobs/{job}")
}

/// The name of a stage as JSON has it.
fn stage_name(stage: Stage) -> String {
    let name = serde_json::to_value(stage).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
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
    let mut facts = Vec::new();
    let mut add = |name, value: String| facts.push(Fact { name, value });
    add("Files", files(file));
    add("Size", units::bytes(size));
    add("Accepted", units::moment(file.accepted));
    let end = status.end.as_ref();
    let model = end.and_then(|end| end.model.clone());
    let chosen = file.options.model.as_ref().map(ToString::to_string);
    add(
        "Model",
        model
            .or(chosen)
            .unwrap_or_else(|| "the service's default".to_owned()),
    );
    let threshold = end.and_then(|end| end.threshold);
    let threshold = threshold.or(file.options.threshold.map(|chosen| chosen.value()));
    add(
        "Threshold",
        threshold.map_or("the model's own".to_owned(), |value| value.to_string()),
    );
    add("Copies with boxes", copies(file));
    if let Some(end) = end {
        add("Finished", units::moment(end.ended));
        add("Deleted on", units::moment(end.expires));
    }
    facts
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
