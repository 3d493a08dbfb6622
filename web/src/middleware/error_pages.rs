//! Errors as a page for people, or as problem details (RFC 9457) for programs.

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, ContentType},
    },
    middleware::Next,
};
use askama::Template;

use crate::{client::AnswerForm, problem::Problem, views::MessagePage};

/// Gives every refusal its words.
pub(crate) async fn error_pages<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let form = AnswerForm::of_error(request.head());
    let is_head = request.method() == Method::HEAD;
    let answer = next.call(request).await?;
    let Some(problem) = problem_of(answer.response()) else {
        return Ok(answer.map_into_left_body());
    };
    Ok(answer.map_body(|head, _| {
        let (content_type, text) = match form {
            AnswerForm::Page => (
                ContentType::html().to_string(),
                MessagePage::of(&problem).render().unwrap_or_default(),
            ),
            AnswerForm::Json => (
                "application/problem+json".to_owned(),
                serde_json::to_string(&problem).unwrap_or_default(),
            ),
        };
        if let Ok(value) = header::HeaderValue::try_from(content_type) {
            head.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        let text = if is_head { String::new() } else { text };
        EitherBody::right(BoxBody::new(text))
    }))
}

/// The problem of an answer: the one a handler gave, or what a status without a body means.
fn problem_of<B: MessageBody>(answer: &HttpResponse<B>) -> Option<Problem> {
    if let Some(problem) = answer.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let status = answer.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let is_own = answer.headers().contains_key(header::CONTENT_TYPE)
        && answer.error().is_none()
        && status != StatusCode::NOT_FOUND;
    (is_error && !is_own).then(|| Problem::of_status(status))
}
