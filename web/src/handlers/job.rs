//! `GET /jobs/{id}` and `GET /jobs/{id}/status`: where a job stands.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use common::{
    job::JobId,
    jobs::{JobSight, Standing},
};
use tokio::time::timeout;

use super::id;
use crate::{
    client::Wanted,
    error::WebError,
    state::State,
    status::JobStatus,
    views::{self, JobPage},
};

/// How long the records may take to answer before a page goes without them.
const PATIENCE: Duration = Duration::from_secs(2);

/// The job's page; for programs, the same as JSON.
pub(crate) async fn get(
    request: HttpRequest,
    state: web::Data<State>,
    job: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let (sight, status) = look(&state, id(&job)?).await?;
    if Wanted::of(request.head()) == Wanted::Json {
        return Ok(HttpResponse::Ok().json(status));
    }
    let page = JobPage::new(&sight.file, &status, &state.config.service.mail);
    views::page(StatusCode::OK, &page)
}

/// Where the job stands, as JSON.
pub(crate) async fn status(
    state: web::Data<State>,
    job: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let (_, status) = look(&state, id(&job)?).await?;
    Ok(HttpResponse::Ok().json(status))
}

/// Looks at a job. While the records do not answer, it is one that was accepted: that is all
/// that can be said then, and it is true.
pub(super) async fn look(state: &State, job: JobId) -> Result<(JobSight, JobStatus), WebError> {
    let sight = match timeout(PATIENCE, state.jobs.look(job)).await {
        Ok(sight) => sight?,
        Err(_) => {
            let file = state.jobs.store.job_file(job).await?;
            file.map(|file| JobSight {
                file,
                standing: Standing::Accepted,
            })
        }
    };
    let sight = sight.ok_or(WebError::NoSuchJob)?;
    let status = describe(state, &sight).await;
    Ok((sight, status))
}

/// What can be said of a job at a moment.
pub(super) async fn describe(state: &State, sight: &JobSight) -> JobStatus {
    let workload = state.workload.now().await;
    JobStatus::of(sight, &workload, state.config.service.retention_days)
}
