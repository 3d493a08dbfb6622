//! `POST /jobs` of a form without files: uploads that have arrived become a job.

use actix_web::{
    HttpRequest, HttpResponse, rt,
    web::{Data, Payload},
};
use common::job::JobId;
use url::form_urlencoded;

use super::{filled_in, upload::accepted};
use crate::{
    error::WebError,
    middleware::count_upload,
    resumable::{ChosenUploads, DeliveredFiles, Delivery, delivered},
    state::State,
    submission::{Submission, SubmissionError},
    upload::{Choices, Fields, UnknownField, UploadError},
};

/// The field with the id of an upload; there is one for each.
const FIELD: &str = "resumable";
/// What such a field takes in a form, bytes.
const FIELD_BYTES: usize = 40;
/// What all other fields may take, bytes.
const OTHER_BYTES: usize = 64 << 10;

/// Makes a job of finished uploads, or finds the one that was made of them.
pub(crate) async fn post(
    request: HttpRequest,
    state: Data<State>,
    body: Payload,
) -> Result<HttpResponse, WebError> {
    let (fields, chosen) = read(&state, body).await?;
    if is_job(&state, chosen.job).await? {
        return Ok(accepted(&request, &state, chosen.job));
    }
    if let Some(trouble) = state.readiness.refusal().await {
        return Err(WebError::NotReady(trouble));
    }
    let choices = fields.choices().map_err(UploadError::from)?;
    count_upload(&request, &state, &state.uploads)?;
    // From now on it does not matter whether somebody still waits for the answer.
    let (job, its_state) = (chosen.job, state.clone());
    let made = rt::spawn(async move { make_job(&its_state, &chosen, choices).await }).await;
    let made = made.map_err(|error| SubmissionError::Look(error.into()).into());
    let made: Result<(), WebError> = made.and_then(|made| made);
    let result = if made.is_ok() { "accepted" } else { "refused" };
    state.metrics.uploads.with_label_values(&[result]).inc();
    made.map(|()| accepted(&request, &state, job))
}

/// Reads the form.
async fn read(state: &State, body: Payload) -> Result<(Fields, ChosenUploads), WebError> {
    let limit =
        OTHER_BYTES.saturating_add(FIELD_BYTES.saturating_mul(state.config.max_upload_files));
    let text = filled_in::read(body, limit).await?;
    let known = [&Fields::NAMES[..], &[FIELD]].concat();
    let mut fields = Fields::default();
    let mut ids = Vec::new();
    for (name, value) in form_urlencoded::parse(&text) {
        if name == FIELD {
            ids.push(value.into_owned());
        } else {
            UnknownField::check(&name, &known).map_err(UploadError::UnknownField)?;
            fields.set(&name, value.into_owned());
        }
    }
    let chosen = ChosenUploads::of(ids.iter().map(String::as_str))?;
    Ok((fields, chosen))
}

async fn is_job(state: &State, job: JobId) -> Result<bool, WebError> {
    Ok(state.jobs.store.job_file(job).await?.is_some())
}

async fn make_job(state: &State, chosen: &ChosenUploads, choices: Choices) -> Result<(), WebError> {
    let store = &state.jobs.store;
    let mut delivery = Delivery::take(&state.spool, store, chosen).await?;
    // Somebody else may have asked for the same a moment before.
    if is_job(state, chosen.job).await? {
        return Ok(());
    }
    let DeliveredFiles { uploads, files } = delivery.files(chosen).await?;
    let bytes = uploads.iter().map(|upload| upload.size_bytes).sum();
    let _room = if state.spool.is_beside(&state.space) {
        None
    } else {
        Some(state.space.reserve_copy(bytes).map_err(UploadError::from)?)
    };
    let submission = Submission {
        job: chosen.job,
        uploads,
        files,
        choices,
    };
    submission.check(store, &state.workload).await?;
    delivered::note(store, chosen).await?;
    submission.accept(&state.jobs, &state.mails).await?;
    if delivery.end().await {
        delivered::settle(store, chosen.job).await;
        // Somebody may have deleted the job already.
        state.jobs.undo_if_gone(chosen.job).await?;
    }
    Ok(())
}
