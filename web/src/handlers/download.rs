//! `GET /jobs/{id}/results.zip`: the package.

use std::{
    io::{self, SeekFrom},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        Method, StatusCode,
        header::{
            self, ByteRangeSpec, ContentDisposition, ContentRange, ContentRangeSpec,
            DispositionParam, DispositionType, EntityTag, Header as _, IfNoneMatch, IfRange, Range,
        },
    },
    web,
};
use bytes::Bytes;
use common::{
    job::{DoneFacts, JobId, Outcome},
    store::JobFolder,
};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::id;
use crate::{error::WebError, state::State};

/// How long an address of a bucket can be used.
const SIGNED_FOR: Duration = Duration::from_secs(15 * 60);
/// How much is read from the disk at a time, bytes. A client that does not take it holds a few
/// times as much of our memory.
const CHUNK_BYTES: usize = 32 << 10;

/// Hands out the package: by nginx, from a bucket, or itself.
pub(crate) async fn get(
    request: HttpRequest,
    state: web::Data<State>,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let job = id(&path)?;
    let mut known = facts(&state, job).await?;
    loop {
        let answered = hand_out(&request, &state, job, &known).await;
        if !matches!(answered, Err(WebError::NoResult)) {
            return answered;
        }
        // Another package may have taken its place since.
        let now = facts(&state, job).await?;
        if now == known {
            return answered;
        }
        known = now;
    }
}

async fn hand_out(
    request: &HttpRequest,
    state: &State,
    job: JobId,
    facts: &DoneFacts,
) -> Result<HttpResponse, WebError> {
    let key = JobFolder::of(job).package_of(facts);
    // An address is signed for one method: what HEAD asks for is answered here.
    if request.method() == Method::GET
        && let Some(url) = state.jobs.store.signed_url(&key, SIGNED_FOR).await?
    {
        return Ok(HttpResponse::Found()
            .insert_header((header::LOCATION, url))
            .finish());
    }
    let tag = EntityTag::new_strong(facts.package_blake3.clone());
    let mut answer = HttpResponse::Ok();
    answer
        .content_type("application/zip")
        .insert_header(disposition(job))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header(header::ETag(tag.clone()));
    if let Some(prefix) = &state.config.accel_redirect_prefix {
        return Ok(answer
            .insert_header(("X-Accel-Redirect", format!("{prefix}{key}")))
            .finish());
    }
    if is_known(request, &tag) {
        return Ok(answer.status(StatusCode::NOT_MODIFIED).finish());
    }
    let Some(file) = state.jobs.store.local_path(&key) else {
        let nothing = futures::stream::empty::<io::Result<Bytes>>();
        return Ok(answer.no_chunking(facts.package_bytes).streaming(nothing));
    };
    let file = tokio::fs::File::open(&file)
        .await
        .map_err(|_| WebError::NoResult)?;
    send(request, answer, file, facts.package_bytes, &tag).await
}

/// What is known of the package.
async fn facts(state: &State, job: JobId) -> Result<DoneFacts, WebError> {
    if let Some(end) = state.jobs.store.end_file(job).await?
        && let Outcome::Done(facts) = end.outcome
    {
        return Ok(facts);
    }
    let file = state.jobs.store.job_file(job).await?;
    Err(file.map_or(WebError::NoSuchJob, |_| WebError::NoResult))
}

fn disposition(job: JobId) -> ContentDisposition {
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(job.package_name())],
    }
}

/// Whether the asker has the file with this tag.
pub(super) fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

async fn send(
    request: &HttpRequest,
    mut answer: HttpResponseBuilder,
    mut file: tokio::fs::File,
    size_bytes: u64,
    tag: &EntityTag,
) -> Result<HttpResponse, WebError> {
    let (first, length) = match requested_range(request, size_bytes, tag) {
        RequestedRange::Whole => (0, size_bytes),
        RequestedRange::Part { first, last } => {
            let range = Some((first, last));
            answer
                .status(StatusCode::PARTIAL_CONTENT)
                .insert_header(content_range(range, size_bytes));
            (first, last - first + 1)
        }
        RequestedRange::Nothing => {
            let unsatisfiable = answer.status(StatusCode::RANGE_NOT_SATISFIABLE);
            return Ok(unsatisfiable
                .insert_header(content_range(None, size_bytes))
                .finish());
        }
    };
    file.seek(SeekFrom::Start(first))
        .await
        .map_err(|_| WebError::NoResult)?;
    let bytes = ReaderStream::with_capacity(file.take(length), CHUNK_BYTES);
    Ok(answer.no_chunking(length).streaming(bytes))
}

fn content_range(range: Option<(u64, u64)>, size_bytes: u64) -> ContentRange {
    ContentRange(ContentRangeSpec::Bytes {
        range,
        instance_length: Some(size_bytes),
    })
}

/// The part of the file that is wanted, as RFC 9110 14 has it.
#[derive(Debug, PartialEq, Eq)]
enum RequestedRange {
    Whole,
    Part { first: u64, last: u64 },
    Nothing,
}

fn requested_range(request: &HttpRequest, size_bytes: u64, tag: &EntityTag) -> RequestedRange {
    // Whoever goes on with an interrupted download says which file it had.
    if request.headers().contains_key(header::IF_RANGE) {
        match IfRange::parse(request) {
            Ok(IfRange::EntityTag(had)) if had.strong_eq(tag) => {}
            _ => return RequestedRange::Whole,
        }
    }
    // Several ranges at once are not needed by anybody; the whole file is a lawful answer.
    let Ok(Range::Bytes(ranges)) = Range::parse(request) else {
        return RequestedRange::Whole;
    };
    let [range] = ranges.as_slice() else {
        return RequestedRange::Whole;
    };
    match ByteRangeSpec::to_satisfiable_range(range, size_bytes) {
        Some((first, last)) => RequestedRange::Part { first, last },
        None => RequestedRange::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn wanted(headers: &[(&str, &str)]) -> RequestedRange {
        let mut request = TestRequest::get();
        for header in headers {
            request = request.insert_header(*header);
        }
        let tag = EntityTag::new_strong("right".to_owned());
        requested_range(&request.to_http_request(), 100, &tag)
    }

    #[test]
    fn ranges_are_cut_to_the_file() {
        let part = |first, last| RequestedRange::Part { first, last };
        assert_eq!(wanted(&[]), RequestedRange::Whole);
        assert_eq!(wanted(&[("range", "bytes=0-9")]), part(0, 9));
        assert_eq!(wanted(&[("range", "bytes=90-")]), part(90, 99));
        assert_eq!(wanted(&[("range", "bytes=90-1000")]), part(90, 99));
        assert_eq!(wanted(&[("range", "bytes=-10")]), part(90, 99));
        assert_eq!(wanted(&[("range", "bytes=100-")]), RequestedRange::Nothing);
        assert_eq!(wanted(&[("range", "bytes=0-1,5-6")]), RequestedRange::Whole);
        assert_eq!(wanted(&[("range", "lines=1-2")]), RequestedRange::Whole);
    }

    #[test]
    fn a_download_goes_on_only_with_the_same_file() {
        let range = ("range", "bytes=50-");
        let part = RequestedRange::Part {
            first: 50,
            last: 99,
        };
        assert_eq!(wanted(&[range, ("if-range", "\"right\"")]), part);
        assert_eq!(
            wanted(&[range, ("if-range", "\"wrong\"")]),
            RequestedRange::Whole
        );
        let date = "Sat, 21 Nov 2026 10:00:00 GMT";
        assert_eq!(wanted(&[range, ("if-range", date)]), RequestedRange::Whole);
    }
}
