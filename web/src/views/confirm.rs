//! A page that asks before something that cannot be taken back.

use askama::Template;
use common::job::JobId;

/// A page that asks before something that cannot be taken back.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct ConfirmPage {
    title: &'static str,
    explanation: &'static str,
    button: &'static str,
    class: &'static str,
    action: String,
    back: String,
}

impl ConfirmPage {
    /// Before a job is deleted.
    pub(crate) fn delete(job: JobId) -> Self {
        Self {
            title: "Delete everything now?",
            explanation: "The pictures that you uploaded, everything that was found in them and \
                          the results are deleted at once, and the link stops working. This \
                          cannot be undone.",
            button: "Yes, delete everything",
            class: "danger",
            action: format!("/jobs/{job}/delete"),
            back: format!("/jobs/{job}"),
        }
    }

    /// Before a job is cancelled.
    pub(crate) fn cancel(job: JobId) -> Self {
        Self {
            title: "Cancel this job?",
            explanation: "It stops for good, and there will be no result. What you uploaded stays \
                          until you delete it or its time is over.",
            button: "Yes, cancel it",
            class: "danger",
            action: format!("/jobs/{job}/cancel"),
            back: format!("/jobs/{job}"),
        }
    }
}
