//! Somebody looks at the results of a job. A request about a job that is not done is not handled.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use common::job::{JobFile, Outcome};
use futures::future::LocalBoxFuture;

use crate::{
    error::WebError,
    handlers::known_job::KnownJob,
    results::{Query, Visit},
    state::State,
};

impl FromRequest for Visit {
    type Error = WebError;
    type Future = LocalBoxFuture<'static, Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let known = KnownJob::from_request(request, payload);
        let state = request.app_data::<Data<State>>().cloned();
        let (query, notes) = Query::parse(request.query_string());
        Box::pin(async move {
            let (KnownJob(file), state) = (known.await?, state.ok_or(WebError::NoSuchPage)?);
            load(&state, file, query, notes).await
        })
    }
}

/// Loads what can be seen.
async fn load(
    state: &State,
    file: JobFile,
    query: Query,
    mut notes: Vec<String>,
) -> Result<Visit, WebError> {
    let (store, job) = (&state.jobs.store, file.id);
    let (end, rebuild, snapshot) = futures::try_join!(
        async { Ok::<_, WebError>(store.end_file(job).await?) },
        async { Ok(state.jobs.rebuild_state(job).await?) },
        async { Ok(state.results.look(job).await?) },
    )?;
    let no_gallery = |is_done| WebError::NoGallery { job, is_done };
    let Some(Outcome::Done(facts)) = end.map(|end| end.outcome) else {
        return Err(no_gallery(false));
    };
    let snapshot = snapshot.ok_or(no_gallery(true))?;
    let threshold = snapshot.threshold(&query);
    if query.threshold.is_some_and(|asked| asked < threshold) {
        let floor = threshold.value();
        notes.push(format!("Below {floor} nothing was kept to look at."));
    }
    Ok(Visit {
        file,
        facts,
        snapshot,
        query,
        notes,
        threshold,
        rebuild,
    })
}
