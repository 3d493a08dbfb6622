//! What each mail says: the facts that its templates show.
//!
//! Names of files are told only where they are the matter, and never in a subject: anybody can
//! enter anybody's address, so an upload must not be a way to write to strangers.

use askama::Template;
use common::{
    Category, Counts,
    config::ServiceConfig,
    job::{DoneFacts, EndFile, JobFile, MailKind, Outcome, Rejection},
};
use jiff::Timestamp;

use super::{
    MessageError,
    wording::{counted, day_after, number, one_line, size},
};

/// A mail's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// A row of counts.
struct Row {
    count: String,
    what: String,
}

impl Row {
    fn new(count: u64, what: impl Into<String>) -> Self {
        Self {
            count: number(count),
            what: what.into(),
        }
    }
}

/// What all mails show.
struct Common {
    /// Address of the job's page.
    link: String,
    /// The service, by the name of its host.
    host: String,
}

struct Accepted {
    common: Common,
    /// How much arrived.
    upload: String,
}

struct Done {
    common: Common,
    images: String,
    package: String,
    expires: String,
    rows: Vec<Row>,
    failures: Vec<Row>,
    model: String,
    threshold: String,
}

struct Failed {
    common: Common,
    found: String,
    advice: &'static str,
    expires: String,
}

struct Stuck {
    common: Common,
    /// The job, as people may name it.
    tag: String,
    expires: String,
}

struct Expiring {
    common: Common,
    package: String,
    expires: String,
}

/// Templates show what all letters have as their own.
macro_rules! letter {
    ($letter:ty, $subject:tt, $text:tt, $html:tt) => {
        impl std::ops::Deref for $letter {
            type Target = Common;

            fn deref(&self) -> &Common {
                &self.common
            }
        }

        impl $letter {
            fn words(&self) -> askama::Result<Words> {
                #[derive(Template)]
                #[template(path = $subject)]
                #[allow(dead_code, reason = "some subjects are always the same")]
                struct Subject<'a> {
                    letter: &'a $letter,
                }
                #[derive(Template)]
                #[template(path = $text)]
                struct Text<'a> {
                    letter: &'a $letter,
                }
                #[derive(Template)]
                #[template(path = $html)]
                struct Html<'a> {
                    letter: &'a $letter,
                }
                Ok(Words {
                    subject: Subject { letter: self }.render()?.trim().to_owned(),
                    text: Text { letter: self }.render()?,
                    html: Html { letter: self }.render()?,
                })
            }
        }
    };
}

letter!(
    Accepted,
    "mail/accepted/subject.txt",
    "mail/accepted/body.txt",
    "mail/accepted/body.html"
);
letter!(
    Done,
    "mail/done/subject.txt",
    "mail/done/body.txt",
    "mail/done/body.html"
);
letter!(
    Failed,
    "mail/failed/subject.txt",
    "mail/failed/body.txt",
    "mail/failed/body.html"
);
letter!(
    Stuck,
    "mail/stuck/subject.txt",
    "mail/stuck/body.txt",
    "mail/stuck/body.html"
);
letter!(
    Expiring,
    "mail/expiring/subject.txt",
    "mail/expiring/body.txt",
    "mail/expiring/body.html"
);

impl Words {
    /// The words for a job that is stuck since a moment.
    pub(super) fn of_stuck(
        job: &JobFile,
        since: Timestamp,
        config: &ServiceConfig,
    ) -> Result<Self, MessageError> {
        let letter = Stuck {
            common: Common::of(job, config),
            tag: job.id.tag(),
            expires: day_after(since, config.retention_days).map_err(MessageError::Expiry)?,
        };
        let kind = MailKind::Stuck;
        let words = letter.words();
        words.map_err(|source| MessageError::Template { kind, source })
    }

    /// Finds the words of a mail. `end` is how the job ended, if it did.
    pub(super) fn find(
        kind: MailKind,
        job: &JobFile,
        end: Option<&EndFile>,
        config: &ServiceConfig,
    ) -> Result<Self, MessageError> {
        let common = Common::of(job, config);
        let words = match (kind, end.map(|end| (&end.outcome, end))) {
            (MailKind::Accepted, _) => Accepted::new(common, job).words(),
            (MailKind::Done, Some((Outcome::Done(facts), end))) => {
                Done::new(common, facts, expiry(end, config)?).words()
            }
            (MailKind::Failed, Some((Outcome::Rejected(rejection), end))) => {
                Failed::new(common, rejection, expiry(end, config)?).words()
            }
            (MailKind::Expiring, Some((Outcome::Done(facts), end))) => Expiring {
                common,
                package: size(facts.package_bytes),
                expires: expiry(end, config)?,
            }
            .words(),
            _ => return Err(MessageError::OtherEnd(kind)),
        };
        words.map_err(|source| MessageError::Template { kind, source })
    }
}

/// The day on which everything about a job is deleted.
fn expiry(end: &EndFile, config: &ServiceConfig) -> Result<String, MessageError> {
    day_after(end.ended, config.retention_days).map_err(MessageError::Expiry)
}

impl Common {
    fn of(job: &JobFile, config: &ServiceConfig) -> Self {
        Self {
            link: format!("{}jobs/{}", config.public_url, job.id),
            host: config.public_url.host_str().unwrap_or_default().to_owned(),
        }
    }
}

impl Accepted {
    fn new(common: Common, job: &JobFile) -> Self {
        let bytes = job.uploads.iter().map(|upload| upload.size_bytes).sum();
        let files = counted(job.uploads.len() as u64, "file", "files");
        Self {
            common,
            upload: format!("{files}, {}", size(bytes)),
        }
    }
}

impl Done {
    fn new(common: Common, facts: &DoneFacts, expires: String) -> Self {
        Self {
            common,
            images: counted(facts.counts.images(), "image", "images"),
            package: size(facts.package_bytes),
            expires,
            rows: rows(&facts.counts),
            failures: failures(&facts.counts),
            model: facts.model.clone(),
            threshold: facts.threshold.value().to_string(),
        }
    }
}

/// What was found, the most wanted first.
fn rows(counts: &Counts) -> Vec<Row> {
    let with = |category: Category| {
        let images = counts.images_with.get(&category).copied();
        Row::new(
            images.unwrap_or_default(),
            format!("with {}", category.plural()),
        )
    };
    let mut rows: Vec<Row> = Category::ALL.into_iter().map(with).collect();
    rows.push(Row::new(counts.blank, "blank"));
    let rest = [
        (counts.failed, "not readable"),
        (counts.truncated, "of files that were cut off, read in part"),
        (counts.duplicates, "exact copies of others among them"),
    ];
    let rest = rest.into_iter().filter(|(count, _)| *count > 0);
    rows.extend(rest.map(|(count, what)| Row::new(count, what)));
    rows
}

/// Why images could not be read, the most frequent reason first.
fn failures(counts: &Counts) -> Vec<Row> {
    let mut reasons: Vec<_> = counts.failures.iter().filter(|(_, n)| **n > 0).collect();
    reasons.sort_by_key(|(code, count)| (std::cmp::Reverse(**count), **code));
    let rows = reasons.into_iter();
    rows.map(|(code, count)| Row::new(*count, code.advice()))
        .collect()
}

impl Failed {
    fn new(common: Common, rejection: &Rejection, expires: String) -> Self {
        Self {
            common,
            found: one_line(&rejection.detail),
            advice: rejection.code.advice(),
            expires,
        }
    }
}
