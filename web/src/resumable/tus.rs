//! The words of tus 1.0.0 (<https://tus.io/protocols/resumable-upload>), and what requests say in
//! them.

use actix_web::{dev::RequestHead, http::header::HeaderName};

use super::{Checksum, Metadata, ResumableError};
use crate::client::header_text;

/// The version that is spoken here.
pub(crate) const VERSION: &str = "1.0.0";
/// What is spoken beside the core.
pub(crate) const EXTENSIONS: &str = "creation,creation-with-upload,termination,expiration,checksum";
/// The type of a body with bytes of an upload.
const CONTENT_TYPE: &str = "application/offset+octet-stream";

/// The version of a message.
pub(crate) const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
/// All versions that a server speaks.
pub(crate) const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
/// All extensions that a server speaks.
pub(crate) const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
/// The most bytes of an upload.
pub(crate) const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
/// How checksums can be made.
pub(crate) const TUS_CHECKSUM_ALGORITHM: HeaderName =
    HeaderName::from_static("tus-checksum-algorithm");
/// How many bytes are here.
pub(crate) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// How many bytes there are.
pub(crate) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
/// What else there is to say about an upload.
pub(crate) const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
/// Until when an unfinished upload is kept.
pub(crate) const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
/// What a request is meant as, where a proxy lets only `POST` pass.
pub(crate) const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const UPLOAD_DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");

/// Refuses a request in another version than that which is spoken here.
pub(crate) fn check_version(head: &RequestHead) -> Result<(), ResumableError> {
    if header_text(head, &TUS_RESUMABLE) == VERSION {
        Ok(())
    } else {
        Err(ResumableError::OtherVersion)
    }
}

/// How many bytes a new upload will have.
pub(crate) fn length(head: &RequestHead) -> Result<u64, ResumableError> {
    if head.headers().contains_key(UPLOAD_DEFER_LENGTH) {
        return Err(ResumableError::NoLength);
    }
    number(head, &UPLOAD_LENGTH).ok_or(ResumableError::NoLength)
}

/// Where the bytes of a request begin.
pub(crate) fn offset(head: &RequestHead) -> Result<u64, ResumableError> {
    number(head, &UPLOAD_OFFSET).ok_or(ResumableError::NoOffset)
}

/// How many bytes the body of a request has, if it says so.
pub(crate) fn body_bytes(head: &RequestHead) -> Option<u64> {
    number(head, &actix_web::http::header::CONTENT_LENGTH)
}

/// What a new upload says about itself.
pub(crate) fn metadata(head: &RequestHead) -> Result<Metadata, ResumableError> {
    match head.headers().get(UPLOAD_METADATA) {
        None => Ok(Metadata::default()),
        Some(value) => {
            let text = value.to_str().map_err(|_| ResumableError::NotMetadata)?;
            text.parse().map_err(|_| ResumableError::NotMetadata)
        }
    }
}

/// What the body of a request must add up to, if it says so.
pub(crate) fn checksum(head: &RequestHead) -> Result<Option<Checksum>, ResumableError> {
    match head.headers().get(UPLOAD_CHECKSUM) {
        None => Ok(None),
        Some(value) => {
            let text = value.to_str().map_err(|_| ResumableError::NotAChecksum)?;
            text.parse()
                .map(Some)
                .map_err(|_| ResumableError::NotAChecksum)
        }
    }
}

/// Whether the body of a request is bytes of an upload.
pub(crate) fn has_bytes(head: &RequestHead) -> bool {
    header_text(head, &actix_web::http::header::CONTENT_TYPE) == CONTENT_TYPE
}

/// Digits alone: a sign or a blank would be another number to somebody else.
fn number(head: &RequestHead, name: &HeaderName) -> Option<u64> {
    let text = header_text(head, name);
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn length_of(text: &str) -> Option<u64> {
        let request = TestRequest::post().insert_header(("upload-length", text));
        length(request.to_http_request().head()).ok()
    }

    #[test]
    fn a_length_is_digits_alone() {
        assert_eq!(length_of("0"), Some(0));
        assert_eq!(length_of("68719476736"), Some(68_719_476_736));
        for text in [
            "",
            "-1",
            "+1",
            "1.5",
            "0x10",
            "99999999999999999999",
            "1, 2",
        ] {
            assert_eq!(length_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_length_that_is_told_later_is_none() {
        let request = TestRequest::post().insert_header(("upload-defer-length", "1"));
        let request = request.insert_header(("upload-length", "5"));
        assert!(length(request.to_http_request().head()).is_err());
    }
}
