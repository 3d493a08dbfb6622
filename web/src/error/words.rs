//! What people are told of errors, in words.

use actix_web::http::StatusCode;

use crate::problem::Problem;

/// A status, its stable name, its title, and what to do.
pub(super) type Told = (StatusCode, &'static str, &'static str, &'static str);

pub(super) const NOT_A_JOB_ID: Told = (
    StatusCode::NOT_FOUND,
    "not-found",
    "There is no job at this address",
    "Check the link: it may have lost its end when it was copied.",
);
pub(super) const NO_SUCH_JOB: Told = (
    StatusCode::GONE,
    "gone",
    "This job is not here any more",
    "It was deleted, or its time was over; nothing of it is kept. If you copied the link by hand, \
     compare it with the one in the mail.",
);
pub(super) const NO_RESULT: Told = (
    StatusCode::NOT_FOUND,
    "no-result",
    "There is no result to download",
    "The page of the job says how far it is.",
);
pub(super) const NOT_DONE: Told = (
    StatusCode::NOT_FOUND,
    "no-results-yet",
    "There is nothing to look at yet",
    "The pictures can be looked at here when the job is done. Its page says how far it is.",
);
pub(super) const NOTHING_KEPT: Told = (
    StatusCode::NOT_FOUND,
    "no-gallery",
    "This result can only be downloaded",
    "It was made by an older version of this service, which kept no pictures to look at. \
     Everything that was found is in the zip.",
);
pub(super) const NO_SUCH_PICTURE: Told = (
    StatusCode::NOT_FOUND,
    "no-picture",
    "There is no such picture in this job",
    "Check the link: it may have lost its end when it was copied.",
);
pub(super) const NO_CORRECTION: Told = (
    StatusCode::UNPROCESSABLE_ENTITY,
    "no-correction",
    "The correction cannot be understood",
    "Go back, load the page again, and try once more.",
);
pub(super) const NO_THRESHOLD: Told = (
    StatusCode::UNPROCESSABLE_ENTITY,
    "no-threshold",
    "That is no threshold",
    "Write a number between 0 and 1, such as 0.35.",
);
pub(super) const TOO_MANY_CORRECTIONS: Told = (
    StatusCode::UNPROCESSABLE_ENTITY,
    "too-many-corrections",
    "This job has as many corrections as it can have",
    "Download what you have corrected so far, and go on in a table of your own.",
);
pub(super) const UNREADABLE: Told = (
    StatusCode::INTERNAL_SERVER_ERROR,
    "unreadable",
    "What was kept of this job cannot be read",
    "The zip is not affected. The people who run this service can see what it was.",
);
pub(super) const CROSS_SITE: Told = (
    StatusCode::FORBIDDEN,
    "cross-site",
    "The request came from another site",
    "Open this service's own page and try there.",
);
pub(super) const TOO_MANY_UPLOADS: Told = (
    StatusCode::TOO_MANY_REQUESTS,
    "too-many-uploads",
    "Too many uploads in a short time",
    "Put several zips into one upload, or try again a little later.",
);
pub(super) const TOO_MANY_WRONG_IDS: Told = (
    StatusCode::TOO_MANY_REQUESTS,
    "too-many-wrong-ids",
    "Too many links from your network led nowhere",
    "Check the link: it may have lost its end when it was copied. Try again in a minute.",
);
pub(super) const TOO_MANY_WATCHERS: Told = (
    StatusCode::SERVICE_UNAVAILABLE,
    "too-many-watchers",
    "Too many people watch their jobs",
    "Load the page again from time to time instead.",
);
pub(super) const OUT_OF_SIGHT: Told = (
    StatusCode::SERVICE_UNAVAILABLE,
    "out-of-sight",
    "It cannot be seen just now how far the job is",
    "It goes on, and nothing of it is lost. Look again in a few seconds.",
);
pub(super) const NO_SPACE: Told = (
    StatusCode::INSUFFICIENT_STORAGE,
    "no-space",
    "There is no room for this now",
    "The disk of this service is full, and nothing of this was kept. Room comes back as older \
     results expire: try again later.",
);
pub(super) const UNAVAILABLE: Told = (
    StatusCode::SERVICE_UNAVAILABLE,
    "unavailable",
    "The service cannot reach its files just now",
    "Jobs that were accepted are safe. Try again in a minute.",
);

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
