//! Why a request is not answered as asked.

mod refusal;
mod resumable;
mod submission;
#[cfg(test)]
mod tests;
mod upload;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use common::{
    job::JobId,
    jobs::JobsError,
    records::RecordsError,
    store::{self, CorrectionError, StoreError},
    telemetry,
};

use crate::{
    own_hosts::HostError,
    problem::Problem,
    readiness::Trouble,
    results::cache::{CorrectError, ResultsError},
    resumable::{DeliveryError, ResumableError},
    submission::SubmissionError,
    upload::UploadError,
};
use refusal::{
    CROSS_SITE, NO_CORRECTION, NO_RESULT, NO_SPACE, NO_SUCH_JOB, NO_SUCH_PICTURE, NO_THRESHOLD,
    NOT_A_JOB_ID, NOT_DONE, NOTHING_KEPT, OUT_OF_SIGHT, TOO_MANY_CORRECTIONS, TOO_MANY_UPLOADS,
    TOO_MANY_WATCHERS, TOO_MANY_WRONG_IDS, UNAVAILABLE, UNREADABLE, not_ready, other_host,
};
use upload::{NO_SPACE_SECONDS, OURS_SECONDS};

/// Why a request is not answered as asked. What it becomes is decided by [`WebError::problem`]; the
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
    /// The job is not done, or nothing was kept of it that could be looked at.
    #[error("no results to look at")]
    NoGallery {
        /// The job.
        job: JobId,
        /// Whether there is a package all the same.
        is_done: bool,
    },
    /// The job has no such picture.
    #[error("no such picture")]
    NoSuchPicture,
    /// What was kept for the results page cannot be read.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// A correction of a result is not kept.
    #[error(transparent)]
    Correction(#[from] CorrectionError),
    /// A table could not be made.
    #[error("making a table")]
    Table(#[from] csv::Error),
    /// A correction of a result makes no sense.
    #[error("a correction that makes no sense")]
    NoCorrection,
    /// The package is wanted at a threshold that is none.
    #[error("no threshold")]
    NoThreshold,
    /// The request comes from a page of somebody else.
    #[error("a request from another site")]
    CrossSite,
    /// Too many uploads from one address.
    #[error("too many uploads from one address")]
    TooManyUploads {
        /// When the next one may come.
        retry_after_seconds: u64,
    },
    /// A client asked for too many jobs that there are not.
    #[error("too many wrong ids from one address")]
    TooManyWrongIds {
        /// When it may ask again.
        retry_after_seconds: u64,
    },
    /// The request was meant for somebody else.
    #[error(transparent)]
    Host(#[from] HostError),
    /// More live pages are open than this process serves.
    #[error("too many open pages")]
    TooManyWatchers,
    /// No upload is taken just now.
    #[error("no upload is taken: {}", .0.words())]
    NotReady(Trouble),
    /// The upload is not taken.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// The resumable upload cannot go on like this.
    #[error(transparent)]
    Resumable(#[from] ResumableError),
    /// The upload came, but is not accepted.
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    /// The records do not answer.
    #[error("the records do not answer")]
    OutOfSight,
    /// Store or records fail.
    #[error(transparent)]
    Jobs(#[from] JobsError),
    /// A page could not be made.
    #[error("making a page")]
    Page(#[from] askama::Error),
}

/// After how many seconds to look again when records did not answer.
pub(crate) const SIGHT_SECONDS: u64 = 10;

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        Self::Jobs(error.into())
    }
}

impl From<CorrectError> for WebError {
    fn from(error: CorrectError) -> Self {
        match error {
            CorrectError::NoSuchPicture => Self::NoSuchPicture,
            CorrectError::Results(error) => error.into(),
            CorrectError::Correction(error) => error.into(),
        }
    }
}

impl From<DeliveryError> for WebError {
    fn from(error: DeliveryError) -> Self {
        match error {
            DeliveryError::Upload(error) => error.into(),
            DeliveryError::Store(error) => error.into(),
        }
    }
}

impl From<RecordsError> for WebError {
    fn from(error: RecordsError) -> Self {
        Self::Jobs(error.into())
    }
}

impl WebError {
    /// How it is answered.
    pub(crate) fn problem(&self) -> Problem {
        let refusal = match self {
            Self::NoSuchPage => return Problem::of_status(StatusCode::NOT_FOUND),
            Self::Upload(error) => return upload::problem(error),
            Self::Submission(error) => return submission::problem(error),
            Self::Resumable(error) => return resumable::problem(error),
            Self::NotReady(trouble) => return not_ready(*trouble),
            Self::Page(_) | Self::Table(_) => {
                return Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR);
            }
            Self::Host(HostError::OtherHost { public_url }) => return other_host(public_url),
            Self::Host(HostError::NoHost) => return Problem::of_status(StatusCode::BAD_REQUEST),
            Self::TooManyWrongIds { .. } => TOO_MANY_WRONG_IDS,
            Self::NotAJobId => NOT_A_JOB_ID,
            Self::NoSuchJob | Self::Correction(CorrectionError::NoJob) => NO_SUCH_JOB,
            Self::NoResult => NO_RESULT,
            Self::NoGallery { is_done: false, .. } => NOT_DONE,
            Self::NoGallery { is_done: true, .. } => NOTHING_KEPT,
            Self::NoSuchPicture => NO_SUCH_PICTURE,
            Self::NoCorrection => NO_CORRECTION,
            Self::NoThreshold => NO_THRESHOLD,
            Self::Correction(CorrectionError::TooMany) => TOO_MANY_CORRECTIONS,
            _ if self.is_no_space() => NO_SPACE,
            Self::Correction(CorrectionError::Store(_)) | Self::Results(ResultsError::Store(_)) => {
                UNAVAILABLE
            }
            Self::Results(_) => UNREADABLE,
            Self::CrossSite => CROSS_SITE,
            Self::TooManyUploads { .. } => TOO_MANY_UPLOADS,
            Self::TooManyWatchers => TOO_MANY_WATCHERS,
            Self::OutOfSight => OUT_OF_SIGHT,
            Self::Jobs(_) => UNAVAILABLE,
        };
        let problem = refusal.problem();
        match self {
            Self::TooManyUploads {
                retry_after_seconds,
            }
            | Self::TooManyWrongIds {
                retry_after_seconds,
            } => problem.retry_after(*retry_after_seconds),
            Self::OutOfSight => problem.retry_after(SIGHT_SECONDS),
            Self::NoGallery { job, .. } => problem.of_job(*job),
            _ if self.is_no_space() => problem.retry_after(NO_SPACE_SECONDS),
            Self::TooManyWatchers
            | Self::Jobs(_)
            | Self::Correction(CorrectionError::Store(_))
            | Self::Results(ResultsError::Store(_)) => problem.retry_after(OURS_SECONDS),
            _ => problem,
        }
    }
}

impl WebError {
    /// Whether the store refused because its disk is full.
    fn is_no_space(&self) -> bool {
        match self {
            Self::Jobs(error) => store::is_full(error),
            Self::Correction(error) => store::is_full(error),
            _ => false,
        }
    }
}

/// An answer without a body that carries a problem.
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
        let is_planned = matches!(self, Self::Resumable(ResumableError::Stopping));
        if problem.status.is_server_error() && !is_planned {
            let error = telemetry::causes(self);
            tracing::error!(error, code = problem.code, "a request failed");
        }
        bare_answer(problem)
    }
}
