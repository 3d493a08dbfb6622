//! The answer to whoever asked for something that cannot be had.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use common::job::JobId;
use serde::Serialize;

/// Problem details (RFC 9457), and the same in words for people. Without a `type` they are of the
/// type `about:blank`: the status says what it is, and `code` says it more exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    /// What it is, in a few words.
    pub(crate) title: &'static str,
    /// The status.
    #[serde(serialize_with = "as_number")]
    pub(crate) status: StatusCode,
    /// What to do about it.
    pub(crate) detail: String,
    /// Its stable name, for programs.
    pub(crate) code: &'static str,
    /// The limit that was broken, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u64>,
    /// The field of the form that is meant, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<Cow<'static, str>>,
    /// The job whose page says more, if one does.
    #[serde(skip)]
    pub(crate) job: Option<JobId>,
    /// Seconds after which to try again, if that helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after_seconds: Option<u64>,
}

impl Problem {
    /// A problem that has nothing more to it than these.
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            title,
            status,
            detail: detail.into(),
            code,
            limit: None,
            field: None,
            job: None,
            retry_after_seconds: None,
        }
    }

    /// With the limit that was broken.
    pub(crate) fn with_limit(self, limit: u64) -> Self {
        Self {
            limit: Some(limit),
            ..self
        }
    }

    /// With the field of the form that is meant.
    pub(crate) fn about(self, field: impl Into<Cow<'static, str>>) -> Self {
        Self {
            field: Some(field.into()),
            ..self
        }
    }

    /// With the job whose page says more.
    pub(crate) fn of_job(self, job: JobId) -> Self {
        Self {
            job: Some(job),
            ..self
        }
    }

    /// With the time after which to try again.
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after_seconds: Some(seconds),
            ..self
        }
    }

    /// Where only a status is known.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, title, detail) = match status.as_u16() {
            404 => (
                "not-found",
                "There is nothing here",
                "Check the link: it may have lost its end when it was copied.",
            ),
            405 => (
                "method-not-allowed",
                "That cannot be done here",
                "This address does not take this kind of request.",
            ),
            400..500 => (
                "bad-request",
                "The request cannot be understood",
                "Go back, load the page again, and try once more.",
            ),
            _ => (
                "internal",
                "Something of ours failed",
                "The people who run this service can see what it was. Try again in a few minutes.",
            ),
        };
        Self::new(status, code, title, detail)
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn as_number<S: serde::Serializer>(status: &StatusCode, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u16(status.as_u16())
}
