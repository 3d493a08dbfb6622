//! `POST /jobs/{id}/results/corrections`: somebody says that a result is wrong.

use actix_web::{HttpRequest, HttpResponse, web};
use common::{Label, correction::Verdict};
use serde::Deserialize;
use serde_json::json;

use crate::{
    client::AnswerForm,
    error::WebError,
    handlers::{
        filled_in::{FilledIn, SmallForm},
        see,
    },
    results::Visit,
    state::State,
    views::path_of,
};

/// What is sent, as a form or as JSON.
#[derive(Deserialize)]
pub(crate) struct CorrectionForm {
    /// The number of the picture.
    media: u32,
    /// `animal`, `person`, `vehicle`, `blank`; `wrong-3` for a detection, `undo-7` for a
    /// correction.
    verdict: String,
    /// The address to go on at, below the job's results.
    #[serde(default)]
    back: String,
}

impl SmallForm for CorrectionForm {
    const FIELDS: &'static [&'static str] = &["media", "verdict", "back"];
}

/// Takes down what is form.
pub(crate) async fn post(
    request: HttpRequest,
    state: web::Data<State>,
    visit: Visit,
    FilledIn(form): FilledIn<CorrectionForm>,
) -> Result<HttpResponse, WebError> {
    let verdict = verdict(&form.verdict).ok_or(WebError::NoCorrection)?;
    check(&visit, form.media, verdict)?;
    let job = visit.file.id;
    let number = state
        .results
        .correct(job, &visit.snapshot, form.media, verdict)
        .await?;
    if AnswerForm::of(request.head()) == AnswerForm::Json {
        return Ok(HttpResponse::Created().json(json!({ "number": number })));
    }
    Ok(see(&way_back(&path_of(job), &form.back)))
}

/// Whether it can be said about the picture.
fn check(visit: &Visit, media: u32, verdict: Verdict) -> Result<(), WebError> {
    let row = visit
        .snapshot
        .album
        .row(media)
        .ok_or(WebError::NoSuchPicture)?;
    let is_possible = match verdict {
        Verdict::Shows(_) => row.is_processed(),
        Verdict::WrongDetection(number) => usize::from(number) < row.sightings.len(),
        Verdict::Undo(number) => {
            let mut list = visit.snapshot.corrections.list().iter();
            list.any(|entry| {
                let is_undo = matches!(entry.verdict, Verdict::Undo(_));
                entry.number == number && entry.media == media && !is_undo
            })
        }
    };
    is_possible.then_some(()).ok_or(WebError::NoCorrection)
}

fn verdict(text: &str) -> Option<Verdict> {
    if let Some(label) = Label::ALL.into_iter().find(|label| label.name() == text) {
        return Some(Verdict::Shows(label));
    }
    match text.split_once('-')? {
        ("wrong", number) => number.parse().ok().map(Verdict::WrongDetection),
        ("undo", number) => number.parse().ok().map(Verdict::Undo),
        _ => None,
    }
}

/// Where to go on: at the address that was sent, if it is one of the job's results.
fn way_back(job: &str, back: &str) -> String {
    let results = format!("{job}/results");
    let is_own = back.strip_prefix(&results).is_some_and(|rest| {
        let is_below = rest.is_empty() || rest.starts_with(['/', '?']);
        is_below && rest.bytes().all(|byte| byte.is_ascii_graphic())
    });
    if is_own { back.to_owned() } else { results }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_read_from_their_names() {
        assert_eq!(verdict("blank"), Some(Verdict::Shows(Label::Blank)));
        assert_eq!(verdict("wrong-2"), Some(Verdict::WrongDetection(2)));
        assert_eq!(verdict("undo-17"), Some(Verdict::Undo(17)));
        for text in ["", "fish", "wrong", "wrong-x", "undo--1"] {
            assert_eq!(verdict(text), None, "{text}");
        }
    }

    #[test]
    fn the_way_back_leads_nowhere_else() {
        let own = [
            "/jobs/a/results",
            "/jobs/a/results/media/3?show=blank",
            "/jobs/a/results?page=2",
        ];
        for back in own {
            assert_eq!(way_back("/jobs/a", back), back);
        }
        for back in [
            "",
            "//evil.example.org",
            "/jobs/b/results",
            "/jobs/a/resultsx",
            "/jobs/a/results\r\nx: y",
        ] {
            assert_eq!(way_back("/jobs/a", back), "/jobs/a/results", "{back:?}");
        }
    }
}
