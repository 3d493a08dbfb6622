//! `GET /jobs/{id}/results/blanks`: checking what was called blank.

use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;

use super::page;
use crate::{
    error::WebError,
    results::{Visit, sample::SIZES},
    views::results::{Asked, BlanksPage},
};

/// The next picture of the sample, or the one that is asked for.
pub(crate) async fn get(request: HttpRequest, visit: Visit) -> Result<HttpResponse, WebError> {
    let asked = asked(request.query_string());
    page(visit, move |visit| BlanksPage::new(visit, asked)).await
}

/// What makes no sense is the default: 100 pictures, the first that nobody looked at.
fn asked(query: &str) -> Asked {
    let mut asked = Asked {
        size: Some(SIZES[1]),
        place: None,
    };
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "size" if value == "all" => asked.size = None,
            "size" => {
                let size = value.parse().ok().filter(|size| SIZES.contains(size));
                asked.size = size.or(asked.size);
            }
            "place" => asked.place = value.parse().ok().filter(|place| *place > 0),
            _ => {}
        }
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_one_of_the_sizes() {
        let size = |query| asked(query).size;
        assert_eq!(
            [size(""), size("size=200"), size("size=7")],
            [Some(100), Some(200), Some(100)]
        );
        assert_eq!(size("size=all"), None);
        assert_eq!(asked("place=3&threshold=0.2").place, Some(3));
        assert_eq!(asked("place=0").place, None);
    }
}
