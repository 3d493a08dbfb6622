//! `/uploads`: files that come in parts, by tus 1.0.0.

use std::io;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, HttpDate},
    },
    rt,
    web::{self, Data, Payload},
};

use crate::{
    client::{self, header_text},
    error::WebError,
    middleware::count_upload,
    resumable::{
        CHECKSUM_ALGORITHMS, Checksum, Hold, Intake, ResumableError, Sheet, UploadId,
        check_announced, tus,
    },
    state::State,
};

/// What is spoken here.
pub(crate) async fn options(state: Data<State>) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((tus::TUS_VERSION, tus::VERSION))
        .insert_header((tus::TUS_EXTENSION, tus::EXTENSIONS))
        .insert_header((tus::TUS_MAX_SIZE, state.config.max_upload_bytes))
        .insert_header((tus::TUS_CHECKSUM_ALGORITHM, CHECKSUM_ALGORITHMS))
        .finish()
}

/// Begins an upload, perhaps with its first bytes.
pub(crate) async fn create(
    request: HttpRequest,
    state: Data<State>,
    body: Payload,
) -> Result<HttpResponse, WebError> {
    let head = request.head();
    tus::check_version(head)?;
    let client = client::address(&request, &state.config.trusted_proxies);
    let sheet = Sheet::new(tus::length(head)?, &tus::metadata(head)?, Some(client));
    let checksum = tus::checksum(head)?;
    let has_bytes = tus::has_bytes(head);
    if has_bytes {
        check_announced(tus::body_bytes(head), sheet.length)?;
    }
    if let Some(trouble) = state.readiness.refusal().await {
        return Err(WebError::NotReady(trouble));
    }
    if !state.spool.knows_set(sheet.set.as_deref()) {
        count_upload(&request, &state, &state.sets)?;
    }
    let its_state = state.clone();
    let begun = to_the_end(async move {
        let hold = its_state.spool.begin(sheet).await?;
        let here = match has_bytes {
            true => begin_with(&its_state, &hold, checksum, body).await?,
            false => 0,
        };
        Ok((hold, here))
    });
    let (hold, here) = begun.await?;
    let mut answer = HttpResponse::Created();
    answer.insert_header((header::LOCATION, format!("/uploads/{}", hold.slot.id)));
    if has_bytes {
        answer.insert_header((tus::UPLOAD_OFFSET, here));
    }
    finish(answer, &state, &hold, here)
}

/// Takes the first bytes of a new upload, and says how many are here.
async fn begin_with(
    state: &State,
    hold: &Hold,
    checksum: Option<Checksum>,
    body: Payload,
) -> Result<u64, ResumableError> {
    let taken = match Intake::open(&state.spool, hold, 0, checksum).await {
        Ok(intake) => intake.take(body, state.is_stopping.clone()).await,
        Err(error) => Err(error),
    };
    match taken.and_then(|(here, end)| end.check_creation().map(|()| here)) {
        Ok(here) => Ok(here),
        Err(error) => {
            // Its client does not know where it is, so nobody can go on with it.
            state.spool.remove(hold).await?;
            Err(error)
        }
    }
}

/// Does something with an upload to its end, also when its connection is gone: a write that is under
/// way then must not come after those of the next request.
async fn to_the_end<T: 'static>(
    work: impl Future<Output = Result<T, ResumableError>> + 'static,
) -> Result<T, ResumableError> {
    let done = rt::spawn(work).await;
    done.unwrap_or_else(|error| Err(io::Error::other(error).into()))
}

/// How much of an upload is here.
pub(crate) async fn head(
    request: HttpRequest,
    state: Data<State>,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    tus::check_version(request.head())?;
    let hold = state.spool.hold(id(&path)?).await?;
    let here = state.spool.offset(&hold).await?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((tus::UPLOAD_OFFSET, here))
        .insert_header((tus::UPLOAD_LENGTH, hold.slot.sheet.length));
    let metadata = hold.slot.sheet.metadata()?.to_string();
    if !metadata.is_empty() {
        answer.insert_header((tus::UPLOAD_METADATA, metadata));
    }
    finish(answer, &state, &hold, here)
}

/// Takes more bytes of an upload.
pub(crate) async fn patch(
    request: HttpRequest,
    state: Data<State>,
    path: web::Path<String>,
    body: Payload,
) -> Result<HttpResponse, WebError> {
    let head = request.head();
    tus::check_version(head)?;
    if !tus::has_bytes(head) {
        return Err(ResumableError::OtherType.into());
    }
    let (offset, checksum) = (tus::offset(head)?, tus::checksum(head)?);
    let (id, announced) = (id(&path)?, tus::body_bytes(head));
    let its_state = state.clone();
    let added = to_the_end(async move {
        let hold = its_state.spool.hold(id).await?;
        let here = its_state.spool.offset(&hold).await?;
        if offset != here {
            return Err(ResumableError::OtherOffset { here });
        }
        check_announced(announced, hold.slot.sheet.length.saturating_sub(here))?;
        let intake = Intake::open(&its_state.spool, &hold, here, checksum).await?;
        let (here, end) = intake.take(body, its_state.is_stopping.clone()).await?;
        end.check()?;
        Ok((hold, here))
    });
    let (hold, here) = added.await?;
    let mut answer = HttpResponse::NoContent();
    answer.insert_header((tus::UPLOAD_OFFSET, here));
    finish(answer, &state, &hold, here)
}

/// Ends an answer about an upload of which this much is here. What is whole stays until it is a job's.
fn finish(
    mut answer: HttpResponseBuilder,
    state: &State,
    hold: &Hold,
    here: u64,
) -> Result<HttpResponse, WebError> {
    if here < hold.slot.sheet.length {
        answer.insert_header(expires(state, hold)?);
    }
    Ok(answer.finish())
}

/// Removes an upload.
pub(crate) async fn delete(
    request: HttpRequest,
    state: Data<State>,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    tus::check_version(request.head())?;
    let hold = state.spool.hold(id(&path)?).await?;
    state.spool.remove(&hold).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST` that is meant as something else, because a proxy in between lets nothing else pass.
pub(crate) async fn overridden(
    request: HttpRequest,
    state: Data<State>,
    path: web::Path<String>,
    body: Payload,
) -> Result<HttpResponse, WebError> {
    match header_text(request.head(), &tus::METHOD_OVERRIDE) {
        "PATCH" => patch(request, state, path, body).await,
        "DELETE" => delete(request, state, path).await,
        "HEAD" => head(request, state, path).await,
        _ => Ok(HttpResponse::new(StatusCode::METHOD_NOT_ALLOWED)),
    }
}

fn id(text: &str) -> Result<UploadId, WebError> {
    text.parse().map_err(|_| WebError::NoSuchPage)
}

fn expires(state: &State, hold: &Hold) -> Result<(header::HeaderName, HttpDate), WebError> {
    let moment = state.spool.expires(hold)?;
    Ok((tus::UPLOAD_EXPIRES, HttpDate::from(moment)))
}
