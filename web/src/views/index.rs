//! The upload page.

use askama::Template;
use common::{
    Category, archive::NameEncoding, config::MailRoute, job::JobOptions,
    records::fleet::OfferedModel,
};

use crate::{config::WebConfig, problem::Problem, units, upload::Fields, workload::Workload};

/// The upload page.
#[derive(Template)]
#[template(path = "index.html")]
pub(crate) struct IndexPage<'a> {
    problem: Option<&'a Problem>,
    notices: Vec<&'static str>,
    fields: &'a Fields,
    is_open: bool,
    models: Vec<Choice>,
    annotate: Vec<Choice>,
    blur: Vec<Choice>,
    /// Character sets, by the languages that they are for.
    names: Vec<(&'static str, Vec<Choice>)>,
    max_bytes: u64,
    max_bytes_text: String,
    max_files: usize,
    chunk_bytes: u64,
    max_files_text: String,
    retention_days: u16,
}

/// Something that can be chosen.
struct Choice {
    value: String,
    text: String,
    is_chosen: bool,
}

/// What the page is made of.
pub(crate) struct Surroundings<'a> {
    pub(crate) config: &'a WebConfig,
    pub(crate) workload: &'a Workload,
    /// Whether there is no room for any upload.
    pub(crate) is_full: bool,
}

impl<'a> IndexPage<'a> {
    /// The page with the fields as they were typed, and what was wrong with them.
    pub(crate) fn new(
        around: &Surroundings<'_>,
        fields: &'a Fields,
        problem: Option<&'a Problem>,
    ) -> Self {
        let config = around.config;
        let field = problem.and_then(|problem| problem.field.as_deref());
        Self {
            problem,
            notices: notices(around),
            fields,
            is_open: field.is_some_and(|field| !matches!(field, "email" | "files")),
            models: models(&around.workload.models(), &fields.model),
            annotate: annotate(&fields.annotate),
            blur: blur(fields.blur.as_deref()),
            names: names(&fields.names),
            max_bytes: config.max_upload_bytes,
            max_bytes_text: units::bytes(config.max_upload_bytes),
            max_files: config.max_upload_files,
            chunk_bytes: config.upload_chunk_bytes,
            max_files_text: units::count(config.max_upload_files as u64),
            retention_days: config.service.retention_days,
        }
    }

    fn is_at_fault(&self, field: &str) -> bool {
        let at_fault = self.problem.and_then(|problem| problem.field.as_deref());
        at_fault == Some(field)
    }
}

fn notices(around: &Surroundings<'_>) -> Vec<&'static str> {
    let mut notices = Vec::new();
    if matches!(around.config.service.mail, MailRoute::Folder(_)) {
        notices.push(
            "This service is not set up to send mails: they are written into a folder. Keep the \
             address of the page that you see after the upload.",
        );
    }
    if around.is_full {
        notices.push(
            "The disk of this service is nearly full: no upload can be taken until older results \
             expire.",
        );
    }
    let workload = around.workload;
    if workload.is_known && (workload.workers.is_empty() || workload.is_drained) {
        notices.push(
            "No machine is at work just now. You can upload all the same: your job is kept, and \
             begins as soon as one is.",
        );
    }
    notices
}

fn models(offered: &[OfferedModel], typed: &str) -> Vec<Choice> {
    let Some(default) = offered.first() else {
        return vec![Choice {
            value: String::new(),
            text: "the service's default".to_owned(),
            is_chosen: true,
        }];
    };
    let text = |model: &OfferedModel| {
        let threshold = model.typical_threshold.value();
        format!(
            "{} (threshold {threshold}, licence {})",
            model.name, model.licence
        )
    };
    let is_known = offered.iter().any(|model| model.id.as_str() == typed);
    let chosen = if is_known { typed } else { default.id.as_str() };
    let choice = |model: &OfferedModel| Choice {
        value: model.id.to_string(),
        text: text(model),
        is_chosen: model.id.as_str() == chosen,
    };
    offered.iter().map(choice).collect()
}

fn annotate(typed: &str) -> Vec<Choice> {
    let typed = if matches!(typed, "all" | "none") {
        typed
    } else {
        "detections"
    };
    let choices = [
        ("detections", "of pictures with something on them"),
        ("all", "of all pictures"),
        ("none", "none"),
    ];
    choices
        .map(|(value, text)| Choice {
            value: value.to_owned(),
            text: text.to_owned(),
            is_chosen: value == typed,
        })
        .into()
}

fn names(typed: &str) -> Vec<(&'static str, Vec<Choice>)> {
    let chosen = typed.parse::<NameEncoding>().ok();
    let mut groups: Vec<(&'static str, Vec<Choice>)> = Vec::new();
    for encoding in NameEncoding::all() {
        let choice = Choice {
            value: encoding.id().to_owned(),
            text: encoding.id().to_owned(),
            is_chosen: chosen == Some(encoding),
        };
        match groups
            .last_mut()
            .filter(|(languages, _)| *languages == encoding.languages())
        {
            Some((_, choices)) => choices.push(choice),
            None => groups.push((encoding.languages(), vec![choice])),
        }
    }
    groups
}

fn blur(typed: Option<&[String]>) -> Vec<Choice> {
    let default = JobOptions::default().blur;
    let is_chosen = |category: Category| match typed {
        None => default.contains(&category),
        Some(typed) => typed.iter().any(|text| text == category.name()),
    };
    // Nobody wants animals blurred; programs may ask for it all the same.
    [Category::Person, Category::Vehicle]
        .map(|category| Choice {
            value: category.name().to_owned(),
            text: category.plural().to_owned(),
            is_chosen: is_chosen(category),
        })
        .into()
}
