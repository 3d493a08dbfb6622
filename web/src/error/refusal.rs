//! What people and programs are told of requests that are refused, each text once.

use actix_web::http::StatusCode;

use crate::{problem::Problem, readiness::Trouble};

/// What is always told of a refusal in the same words.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// Its stable name.
    pub(super) code: &'static str,
    /// What it is, in a few words.
    pub(super) title: &'static str,
    /// What to do about it.
    pub(super) detail: &'static str,
}

impl Refusal {
    /// As it is answered.
    pub(super) fn problem(&self) -> Problem {
        Problem::new(self.status, self.code, self.title, self.detail)
    }
}

pub(super) const NOT_A_JOB_ID: Refusal = Refusal {
    status: StatusCode::NOT_FOUND,
    code: "not-found",
    title: "There is no job at this address",
    detail: "Check the link: it may have lost its end when it was copied.",
};
pub(super) const NO_SUCH_JOB: Refusal = Refusal {
    status: StatusCode::GONE,
    code: "gone",
    title: "This job is not here any more",
    detail: "It was deleted, or its time was over; nothing of it is kept. If you copied the link by hand, \
     compare it with the one in the mail.",
};
pub(super) const NO_RESULT: Refusal = Refusal {
    status: StatusCode::NOT_FOUND,
    code: "no-result",
    title: "There is no result to download",
    detail: "The page of the job says how far it is.",
};
pub(super) const NOT_DONE: Refusal = Refusal {
    status: StatusCode::NOT_FOUND,
    code: "no-results-yet",
    title: "There is nothing to look at yet",
    detail: "The pictures can be looked at here when the job is done. Its page says how far it is.",
};
pub(super) const NOTHING_KEPT: Refusal = Refusal {
    status: StatusCode::NOT_FOUND,
    code: "no-gallery",
    title: "This result can only be downloaded",
    detail: "It was made by an older version of this service, which kept no pictures to look at. \
     Everything that was found is in the zip.",
};
pub(super) const NO_SUCH_PICTURE: Refusal = Refusal {
    status: StatusCode::NOT_FOUND,
    code: "no-picture",
    title: "There is no such picture in this job",
    detail: "Check the link: it may have lost its end when it was copied.",
};
pub(super) const NO_CORRECTION: Refusal = Refusal {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "no-correction",
    title: "The correction cannot be understood",
    detail: "Go back, load the page again, and try once more.",
};
pub(super) const NO_THRESHOLD: Refusal = Refusal {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "no-threshold",
    title: "That is no threshold",
    detail: "Write a number between 0 and 1, such as 0.35.",
};
pub(super) const TOO_MANY_CORRECTIONS: Refusal = Refusal {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "too-many-corrections",
    title: "This job has as many corrections as it can have",
    detail: "Download what you have corrected so far, and go on in a table of your own.",
};
pub(super) const UNREADABLE: Refusal = Refusal {
    status: StatusCode::INTERNAL_SERVER_ERROR,
    code: "unreadable",
    title: "What was kept of this job cannot be read",
    detail: "The zip is not affected. The people who run this service can see what it was.",
};
pub(super) const CROSS_SITE: Refusal = Refusal {
    status: StatusCode::FORBIDDEN,
    code: "cross-site",
    title: "The request came from another site",
    detail: "Open this service's own page and try there.",
};
pub(super) const TOO_MANY_UPLOADS: Refusal = Refusal {
    status: StatusCode::TOO_MANY_REQUESTS,
    code: "too-many-uploads",
    title: "Too many uploads in a short time",
    detail: "Put several zips into one upload, or try again a little later.",
};
pub(super) const TOO_MANY_WRONG_IDS: Refusal = Refusal {
    status: StatusCode::TOO_MANY_REQUESTS,
    code: "too-many-wrong-ids",
    title: "Too many links from your network led nowhere",
    detail: "Check the link: it may have lost its end when it was copied. Try again in a minute.",
};
pub(super) const TOO_MANY_WATCHERS: Refusal = Refusal {
    status: StatusCode::SERVICE_UNAVAILABLE,
    code: "too-many-watchers",
    title: "Too many people watch their jobs",
    detail: "Load the page again from time to time instead.",
};
pub(super) const OUT_OF_SIGHT: Refusal = Refusal {
    status: StatusCode::SERVICE_UNAVAILABLE,
    code: "out-of-sight",
    title: "It cannot be seen just now how far the job is",
    detail: "It goes on, and nothing of it is lost. Look again in a few seconds.",
};
pub(super) const NO_SPACE: Refusal = Refusal {
    status: StatusCode::INSUFFICIENT_STORAGE,
    code: "no-space",
    title: "There is no room for this now",
    detail: "The disk of this service is full, and nothing of this was kept. Room comes back as older \
     results expire: try again later.",
};
pub(super) const UNAVAILABLE: Refusal = Refusal {
    status: StatusCode::SERVICE_UNAVAILABLE,
    code: "unavailable",
    title: "The service cannot reach its files just now",
    detail: "Jobs that were accepted are safe. Try again in a minute.",
};

/// The request is for a name that is not ours.
pub(super) fn other_host(public_url: &str) -> Problem {
    let detail = format!(
        "It is at {public_url}. If it shall be reached under this name too, whoever runs it adds the \
         name to ALLOWED_HOSTS, or sets PUBLIC_URL."
    );
    Problem::new(
        StatusCode::MISDIRECTED_REQUEST,
        "other-host",
        "This service has another address",
        detail,
    )
}

/// No upload is taken just now.
pub(super) fn not_ready(trouble: Trouble) -> Problem {
    let detail = format!(
        "Something of ours is broken: {}. The people who run this service can see it. What was \
         accepted before is safe. Try again in a few minutes.",
        trouble.words()
    );
    let title = "No uploads can be taken just now";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-ready", title, detail).retry_after(60)
}
