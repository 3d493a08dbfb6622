//! Somebody looks at the results of a job.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use common::{
    Threshold,
    job::{DoneFacts, JobFile, Outcome},
    jobs::RebuildSight,
};
use futures::future::LocalBoxFuture;

use crate::{
    error::WebError,
    handlers::known_job::KnownJob,
    results::{Query, Sight},
    state::State,
};

/// A request for the results of a job that is done: what can be seen of them, and what is asked
/// for in the address. A request about another job is not handled.
pub(crate) struct Visit {
    pub(crate) file: JobFile,
    pub(crate) facts: DoneFacts,
    pub(crate) sight: Sight,
    pub(crate) query: Query,
    /// What was left out of the query, a sentence each.
    pub(crate) words: Vec<String>,
    /// The threshold that counts.
    pub(crate) threshold: Threshold,
    /// How the wish for another package stands.
    pub(crate) rebuild: RebuildSight,
}

impl FromRequest for Visit {
    type Error = WebError;
    type Future = LocalBoxFuture<'static, Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let known = KnownJob::from_request(request, payload);
        let state = request.app_data::<Data<State>>().cloned();
        let (query, words) = Query::parse(request.query_string());
        Box::pin(async move {
            let (KnownJob(file), state) = (known.await?, state.ok_or(WebError::NoSuchPage)?);
            Self::of(&state, file, query, words).await
        })
    }
}

impl Visit {
    async fn of(
        state: &State,
        file: JobFile,
        query: Query,
        mut words: Vec<String>,
    ) -> Result<Self, WebError> {
        let (store, job) = (&state.jobs.store, file.id);
        let (end, rebuild, sight) = futures::try_join!(
            async { Ok::<_, WebError>(store.end_file(job).await?) },
            async { Ok(state.jobs.rebuild_sight(job).await?) },
            async { Ok(state.library.look(job).await?) },
        )?;
        let no_gallery = |is_done| WebError::NoGallery { job, is_done };
        let Some(Outcome::Done(facts)) = end.map(|end| end.outcome) else {
            return Err(no_gallery(false));
        };
        let sight = sight.ok_or(no_gallery(true))?;
        let threshold = sight.threshold(&query);
        if query.threshold.is_some_and(|asked| asked < threshold) {
            let floor = threshold.value();
            words.push(format!("Below {floor} nothing was kept to look at."));
        }
        Ok(Self {
            file,
            facts,
            sight,
            query,
            words,
            threshold,
            rebuild,
        })
    }
}
