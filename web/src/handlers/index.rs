//! `GET /`: the upload page.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::Data,
};

use crate::{
    error::WebError,
    problem::Problem,
    state::State,
    upload::Fields,
    views::{self, IndexPage, Surroundings},
};

/// The upload page.
pub(crate) async fn get(state: Data<State>) -> Result<HttpResponse, WebError> {
    show(&state, &Fields::default(), None).await
}

/// The upload page with what was typed, and what is wrong with it.
pub(crate) async fn show(
    state: &State,
    fields: &Fields,
    problem: Option<&Problem>,
) -> Result<HttpResponse, WebError> {
    let workload = state.workload.now().await;
    let around = Surroundings {
        config: &state.config,
        workload: &workload,
        is_full: state.space.is_full(),
    };
    let page = IndexPage::new(&around, fields, problem);
    let status = problem.map_or(StatusCode::OK, |problem| problem.status);
    let mut answer = views::page(status, &page)?;
    let headers = answer.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-store"),
    );
    Ok(answer)
}
