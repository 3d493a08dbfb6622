//! `GET /jobs/{id}` and `GET /jobs/{id}/status`: where a job stands.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web,
};
use common::{archive::ArchiveNames, job::JobId, jobs::JobView, store::StoreError};

use super::id;
use crate::{
    client::AnswerForm,
    error::{SIGHT_SECONDS, WebError},
    stage::Stage,
    state::State,
    status::JobStatus,
    views::{self, JobPage},
};

/// The job's page; for programs, the same as JSON.
pub(crate) async fn get(
    request: HttpRequest,
    state: web::Data<State>,
    job: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let (view, status) = look(&state, id(&job)?).await?;
    if AnswerForm::of(request.head()) == AnswerForm::Json {
        return json(&status);
    }
    let names = names_in(&state, &view, &status).await?;
    let page = JobPage::new(&view.file, &status, names, &state.config.service.mail);
    if status.stage != Stage::OutOfSight {
        return views::page(StatusCode::OK, &page);
    }
    // People see what is known; programs, and whoever watches the service, that it is not all.
    let mut answer = views::page(StatusCode::SERVICE_UNAVAILABLE, &page)?;
    let seconds = HeaderValue::from(SIGHT_SECONDS);
    answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    Ok(answer)
}

/// In which character sets names of the upload were read, once that is known.
async fn names_in(
    state: &State,
    view: &JobView,
    status: &JobStatus,
) -> Result<Vec<ArchiveNames>, WebError> {
    if status.images.is_none() {
        return Ok(Vec::new());
    }
    match state.jobs.store.plan_file(view.file.id).await {
        Ok(plan) => Ok(plan.map(|plan| plan.names).unwrap_or_default()),
        // The page says all the same where the job stands, and that it waits for people.
        Err(StoreError::Unreadable { .. }) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// Where the job stands, as JSON.
pub(crate) async fn status(
    state: web::Data<State>,
    job: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let (_, status) = look(&state, id(&job)?).await?;
    json(&status)
}

/// Where a job stands; a program gets no less than it asked for.
pub(super) fn json(status: &JobStatus) -> Result<HttpResponse, WebError> {
    match status.stage {
        Stage::OutOfSight => Err(WebError::OutOfSight),
        _ => Ok(HttpResponse::Ok().json(status)),
    }
}

/// Looks at a job.
pub(super) async fn look(state: &State, job: JobId) -> Result<(JobView, JobStatus), WebError> {
    let (view, workload) = futures::join!(state.jobs.look(job), state.workload.now());
    let view = view?.ok_or(WebError::NoSuchJob)?;
    let status = JobStatus::of(&view, &workload, state.config.service.retention_days);
    Ok((view, status))
}

/// Where a job stands that is known already.
pub(super) async fn describe(state: &State, view: &JobView) -> JobStatus {
    let workload = state.workload.now().await;
    JobStatus::of(view, &workload, state.config.service.retention_days)
}
