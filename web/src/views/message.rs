//! A page that says one thing.

use std::borrow::Cow;

use askama::Template;
use common::job::JobId;

use super::path_of;
use crate::problem::Problem;

/// A page that says one thing.
#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct MessagePage<'a> {
    title: &'a str,
    detail: &'a str,
    link: Link,
}

/// Where to go on.
struct Link {
    path: Cow<'static, str>,
    text: &'static str,
}

impl Link {
    const TO_UPLOAD_PAGE: Self = Self {
        path: Cow::Borrowed("/"),
        text: "To the upload page",
    };

    fn to_job(job: JobId) -> Self {
        Self {
            path: path_of(job).into(),
            text: "To the page of the job",
        }
    }
}

impl<'a> MessagePage<'a> {
    /// What went wrong.
    pub(crate) fn of(problem: &'a Problem) -> Self {
        Self {
            title: problem.title,
            detail: &problem.detail,
            link: problem.job.map_or(Link::TO_UPLOAD_PAGE, Link::to_job),
        }
    }

    /// A job was deleted.
    pub(crate) const DELETED: Self = Self {
        title: "Everything is deleted",
        detail: "The upload, its results and the link to them are gone. No further mail about \
                 them will be sent.",
        link: Link::TO_UPLOAD_PAGE,
    };
}
