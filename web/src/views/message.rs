//! A page that says one thing.

use askama::Template;

use crate::problem::Problem;

/// A page that says one thing.
#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct MessagePage<'a> {
    title: &'a str,
    detail: &'a str,
}

impl<'a> MessagePage<'a> {
    /// What went wrong.
    pub(crate) fn of(problem: &'a Problem) -> Self {
        Self {
            title: problem.title,
            detail: &problem.detail,
        }
    }

    /// A job was deleted.
    pub(crate) const DELETED: Self = Self {
        title: "Everything is deleted",
        detail: "The upload, its results and the link to them are gone. No further mail about \
                 them will be sent.",
    };
}
