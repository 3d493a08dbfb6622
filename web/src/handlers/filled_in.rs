//! Small forms, as a button sends them, or as JSON from a program.

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::header::CONTENT_TYPE,
    web::{self, Query},
};
use bytes::Bytes;
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::{
    client::header_text,
    error::WebError,
    pace,
    upload::{UnknownField, UploadError},
};

/// Most bytes of a small form.
const MOST_BYTES: usize = 16 << 10;

/// What can be filled in.
pub(crate) trait SmallForm: DeserializeOwned + 'static {
    /// The names of its fields.
    const FIELDS: &'static [&'static str];
}

/// A form as it was filled in. A request without it, or with fields that it has not, is not handled.
pub(crate) struct FilledIn<T>(pub(crate) T);

impl<T: SmallForm> FromRequest for FilledIn<T> {
    type Error = WebError;
    type Future = LocalBoxFuture<'static, Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = header_text(request.head(), &CONTENT_TYPE).starts_with("application/json");
        let body = web::Payload::from_request(request, payload);
        Box::pin(async move {
            let body = body.await.map_err(|_| UploadError::NotTheForm)?;
            let bytes = read(body, MOST_BYTES).await?;
            let form = if is_json {
                of_json(&bytes)
            } else {
                of_pairs(&bytes)
            };
            Ok(form.map(Self)?)
        })
    }
}

/// The bytes of a form that is not longer than a limit.
pub(crate) async fn read(body: web::Payload, limit: usize) -> Result<Bytes, UploadError> {
    match body.to_bytes_limited(limit).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => match error.as_error::<PayloadError>() {
            Some(error) if pace::is_too_slow(error) => Err(UploadError::Stalled),
            _ => Err(UploadError::NotTheForm),
        },
        Err(_too_long) => Err(UploadError::NotTheForm),
    }
}

fn of_json<T: SmallForm>(bytes: &[u8]) -> Result<T, UploadError> {
    let object: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|_| UploadError::NotTheForm)?;
    for name in object.keys() {
        check_name::<T>(name)?;
    }
    T::deserialize(Value::Object(object)).map_err(|_| UploadError::NotTheForm)
}

fn of_pairs<T: SmallForm>(bytes: &[u8]) -> Result<T, UploadError> {
    for (name, _) in form_urlencoded::parse(bytes) {
        check_name::<T>(&name)?;
    }
    let text = std::str::from_utf8(bytes).map_err(|_| UploadError::NotTheForm)?;
    let form = Query::<T>::from_query(text).map_err(|_| UploadError::NotTheForm)?;
    Ok(form.into_inner())
}

fn check_name<T: SmallForm>(name: &str) -> Result<(), UploadError> {
    UnknownField::check(name, T::FIELDS).map_err(UploadError::UnknownField)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Eq, Deserialize)]
    struct Form {
        media: u32,
    }

    impl SmallForm for Form {
        const FIELDS: &'static [&'static str] = &["media"];
    }

    #[test]
    fn a_form_is_read_as_it_is_sent() {
        let three = Form { media: 3 };
        assert_eq!(of_pairs::<Form>(b"media=3&_charset_=").unwrap(), three);
        assert_eq!(of_json::<Form>(b"{\"media\": 3}").unwrap(), three);
        for text in ["", "media=x", "media=1&media=2", "media=%FF"] {
            let refused = of_pairs::<Form>(text.as_bytes());
            assert!(matches!(refused, Err(UploadError::NotTheForm)), "{text}");
        }
        for text in ["", "[]", "{}", "{\"media\": \"x\"}"] {
            let refused = of_json::<Form>(text.as_bytes());
            assert!(matches!(refused, Err(UploadError::NotTheForm)), "{text}");
        }
    }

    #[test]
    fn a_field_that_the_form_has_not_is_named() {
        let unknown = |refused: Result<Form, UploadError>| match refused {
            Err(UploadError::UnknownField(unknown)) => unknown.name,
            other => panic!("{other:?}"),
        };
        assert_eq!(unknown(of_pairs(b"media=3&medai=4")), "medai");
        assert_eq!(unknown(of_json(b"{\"media\": 3, \"x\": 1}")), "x");
    }
}
