//! Why a request is not answered as asked.

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use common::{jobs::JobsError, records::RecordsError, store::StoreError};

use crate::{problem::Problem, submission::SubmissionError, upload::UploadError};

/// Why a request is not answered as asked. What it becomes is said by [`WebError::problem`]; the
/// page or JSON is made from that by the middleware for errors.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebError {
    /// There is no such page.
    #[error("no such page")]
    NoSuchPage,
    /// The address holds no job id.
    #[error("no job id")]
    NotAJobId,
    /// There is no such job (any more).
    #[error("no such job")]
    NoSuchJob,
    /// The job has no result (yet).
    #[error("no result")]
    NoResult,
    /// The request comes from a page of somebody else.
    #[error("a request from another site")]
    CrossSite,
    /// Too many uploads from one address.
    #[error("too many uploads from one address")]
    TooManyUploads {
        /// When the next one may come.
        retry_after_seconds: u64,
    },
    /// More live pages are open than this process serves.
    #[error("too many open pages")]
    TooManyWatchers,
    /// The upload is not taken.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// The upload came, but is not accepted.
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    /// Store or records fail.
    #[error(transparent)]
    Jobs(#[from] JobsError),
    /// A page could not be made.
    #[error("making a page")]
    Page(#[from] askama::Error),
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        Self::Jobs(error.into())
    }
}

impl From<RecordsError> for WebError {
    fn from(error: RecordsError) -> Self {
        Self::Jobs(error.into())
    }
}

impl WebError {
    /// What is told about it.
    pub(crate) fn problem(&self) -> Problem {
        match self {
            Self::NoSuchPage => Problem::of_status(StatusCode::NOT_FOUND),
            Self::NotAJobId => Problem::new(
                StatusCode::NOT_FOUND,
                "not-found",
                "There is no job at this address",
                "Check the link: it may have lost its end when it was copied.",
            ),
            Self::NoSuchJob => Problem::new(
                StatusCode::GONE,
                "gone",
                "This job is not here any more",
                "It was deleted, or its time was over; nothing of it is kept. If you copied the \
                 link by hand, compare it with the one in the mail.",
            ),
            Self::NoResult => Problem::new(
                StatusCode::NOT_FOUND,
                "no-result",
                "There is no result to download",
                "The page of the job says how far it is.",
            ),
            Self::CrossSite => Problem::new(
                StatusCode::FORBIDDEN,
                "cross-site",
                "The request came from another site",
                "Open this service's own page and try there.",
            ),
            Self::TooManyUploads {
                retry_after_seconds,
            } => Problem {
                retry_after_seconds: Some(*retry_after_seconds),
                ..Problem::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too-many-uploads",
                    "Too many uploads in a short time",
                    "Put several zips into one upload, or try again a little later.",
                )
            },
            Self::TooManyWatchers => Problem {
                retry_after_seconds: Some(30),
                ..Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "too-many-watchers",
                    "Too many people watch their jobs",
                    "Load the page again from time to time instead.",
                )
            },
            Self::Upload(error) => error.problem(),
            Self::Submission(error) => error.problem(),
            Self::Jobs(_) => Problem {
                retry_after_seconds: Some(30),
                ..Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "The service cannot reach its files just now",
                    "Jobs that were accepted are safe. Try again in a minute.",
                )
            },
            Self::Page(_) => Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

/// An answer without a body that carries what is to be told.
pub(crate) fn bare_answer(problem: Problem) -> HttpResponse {
    let mut answer = HttpResponse::build(problem.status);
    if let Some(seconds) = problem.retry_after_seconds {
        answer.insert_header((header::RETRY_AFTER, seconds));
    }
    let mut answer = answer.finish();
    answer.extensions_mut().insert(problem);
    answer
}

impl ResponseError for WebError {
    fn status_code(&self) -> StatusCode {
        self.problem().status
    }

    fn error_response(&self) -> HttpResponse {
        let problem = self.problem();
        if problem.status.is_server_error() {
            let error: &dyn std::error::Error = self;
            tracing::error!(error, code = problem.code, "a request failed");
        }
        bare_answer(problem)
    }
}
