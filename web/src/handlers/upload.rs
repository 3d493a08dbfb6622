//! `POST /jobs`: an upload becomes a job.

use actix_multipart::Multipart;
use actix_web::{
    HttpRequest, HttpResponse, ResponseError as _,
    http::header::{self, HeaderValue},
    rt,
    web::{Data, Payload},
};
use common::{
    job::{JobId, Upload},
    store::JobFolder,
};
use serde::Serialize;

use super::index;
use crate::{
    arrived::Arrived,
    client::AnswerForm,
    error::WebError,
    state::State,
    submission::{Submission, SubmissionError},
    upload::{Choices, Fields, HalfUpload, Receiver, UploadError, drain},
    views,
};

/// What a program gets for an upload.
#[derive(Serialize)]
struct Accepted {
    id: JobId,
    /// The job's page, whole.
    url: String,
    /// Where it stands, as JSON.
    status_url: String,
    /// Where the result will be.
    results_url: String,
}

/// Takes an upload. Browsers are sent to the job's page, programs get its address as JSON.
pub(crate) async fn post(
    request: HttpRequest,
    state: Data<State>,
    payload: Payload,
) -> Result<HttpResponse, WebError> {
    let mut fields = Fields::default();
    let taken = take(&request, &state, payload, &mut fields).await;
    let result = if taken.is_ok() { "accepted" } else { "refused" };
    state.metrics.uploads.with_label_values(&[result]).inc();
    match taken {
        Ok(job) => Ok(accepted(&request, &state, job)),
        Err(error) if AnswerForm::of_error(request.head()) == AnswerForm::Page => {
            refused_page(&state, &fields, &error).await
        }
        Err(error) => Err(error),
    }
}

async fn take(
    request: &HttpRequest,
    state: &Data<State>,
    payload: Payload,
    fields: &mut Fields,
) -> Result<JobId, WebError> {
    let mut form = Multipart::new(request.headers(), payload);
    if let Some(trouble) = state.readiness.refusal().await {
        drain(&mut form).await;
        return Err(WebError::NotReady(trouble));
    }
    let mut receiver = match Receiver::prepare(&state.forms, request) {
        Ok(receiver) => receiver,
        Err(error) => {
            drain(&mut form).await;
            return Err(error.into());
        }
    };
    let received = receiver.receive(&mut form).await;
    fields.clone_from(&receiver.fields);
    let choices = received.and_then(|()| fields.choices().map_err(UploadError::from));
    let choices = match choices {
        Ok(choices) => choices,
        Err(error) => {
            receiver.folder.discard().await;
            if error.is_worth_draining() {
                drain(&mut form).await;
            }
            return Err(error.into());
        }
    };
    // The upload is here as a whole. From now on it does not matter whether somebody still waits
    // for the answer.
    let (state, folder, uploads) = (state.clone(), receiver.folder, receiver.uploads);
    let submitted = rt::spawn(async move { submit(&state, folder, uploads, choices).await }).await;
    let submitted = submitted.map_err(|error| SubmissionError::Look(error.into()))?;
    Ok(submitted?)
}

async fn submit(
    state: &State,
    folder: HalfUpload,
    uploads: Vec<Upload>,
    choices: Choices,
) -> Result<JobId, SubmissionError> {
    let job = folder.job();
    let place = |number| Arrived::InStore(JobFolder::of(job).upload(number));
    let submission = Submission {
        job,
        files: (0..uploads.len()).map(place).collect(),
        uploads,
        choices,
    };
    let submitted = async {
        submission.check(&state.jobs.store, &state.workload).await?;
        submission.accept(&state.jobs, &state.mails).await
    };
    match submitted.await {
        Ok(()) => {
            folder.keep();
            Ok(job)
        }
        Err(error) => {
            folder.discard().await;
            Err(error)
        }
    }
}

/// The answer to an upload that is accepted.
pub(super) fn accepted(request: &HttpRequest, state: &State, job: JobId) -> HttpResponse {
    let path = views::path_of(job);
    if AnswerForm::of(request.head()) == AnswerForm::Page {
        return super::see_job(job);
    }
    let base = state
        .config
        .service
        .public_url
        .as_str()
        .trim_end_matches('/');
    let url = format!("{base}{path}");
    HttpResponse::Created()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .json(Accepted {
            id: job,
            status_url: format!("{url}/status"),
            results_url: format!("{url}/results.zip"),
            url,
        })
}

/// The form again, with what was typed.
async fn refused_page(
    state: &State,
    fields: &Fields,
    error: &WebError,
) -> Result<HttpResponse, WebError> {
    // For the log, and for the headers that go with it.
    let bare = error.error_response();
    let mut answer = index::show(state, fields, Some(&error.problem())).await?;
    if let Some(seconds) = bare.headers().get(header::RETRY_AFTER) {
        let seconds: HeaderValue = seconds.clone();
        answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    Ok(answer)
}
