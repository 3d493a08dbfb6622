//! Reading the stream of an upload.

use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use bytes::{Bytes, BytesMut};
use common::{
    job::{JobId, Upload},
    store::{JobFolder, Store},
};
use futures::StreamExt;
use object_store::buffered::BufWriter;
use prometheus::IntCounter;
use tokio::{io::AsyncWriteExt, time::timeout};

use super::{Fields, HalfUpload, UnknownField, UploadError};
use crate::{
    config::WebConfig,
    space::{Reservation, Space},
};

/// The field with the files.
const FILES: &str = "files";
/// Longest text field, bytes.
const TEXT_BYTES: usize = 4096;
/// Most text fields.
const TEXT_FIELDS: usize = 50;
/// Longest file name that is kept, characters.
const NAME_CHARS: usize = 500;
/// What a request may have beside its files, bytes.
const OVERHEAD_BYTES: u64 = 1 << 20;
/// How much of a refused upload is still read, bytes, and for how long.
const DRAIN_BYTES: usize = 32 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// Where uploads by form go, and how much they may bring. A clone is the same.
#[derive(Clone)]
pub(crate) struct FormUploads {
    store: Store,
    space: Space,
    most_files: usize,
    most_bytes: u64,
    /// Bytes that have come, of all uploads.
    received_bytes: IntCounter,
}

impl FormUploads {
    /// Uploads by form go into a store, as long as its disk has space.
    pub(crate) fn new(
        config: &WebConfig,
        store: &Store,
        space: &Space,
        received_bytes: IntCounter,
    ) -> Self {
        Self {
            store: store.clone(),
            space: space.clone(),
            most_files: config.max_upload_files,
            most_bytes: config.max_upload_bytes,
            received_bytes,
        }
    }
}

/// Takes one upload.
pub(crate) struct Receiver {
    /// The text fields so far.
    pub(crate) fields: Fields,
    /// The files so far.
    pub(crate) uploads: Vec<Upload>,
    /// Where they are.
    pub(crate) folder: HalfUpload,
    place: FormUploads,
    room: Reservation,
    bytes: u64,
    text_fields: usize,
}

impl Receiver {
    /// Prepares for an upload, after a look at the size that the request announces.
    ///
    /// # Errors
    /// When it is larger than the limit, or there is no room for it.
    pub(crate) fn prepare(place: &FormUploads, request: &HttpRequest) -> Result<Self, UploadError> {
        let announced = announced_bytes(request);
        let limit = place.most_bytes;
        if announced.is_some_and(|bytes| bytes > limit.saturating_add(OVERHEAD_BYTES)) {
            return Err(UploadError::TooLarge { limit });
        }
        Ok(Self {
            fields: Fields::default(),
            uploads: Vec::new(),
            folder: HalfUpload::new(place.store.clone(), JobId::random()?),
            room: place.space.reserve(announced)?,
            place: place.clone(),
            bytes: 0,
            text_fields: 0,
        })
    }

    /// Reads the whole form.
    pub(crate) async fn receive(&mut self, form: &mut Multipart) -> Result<(), UploadError> {
        while let Some(field) = form.next().await {
            let field = field?;
            let file_name = field
                .content_disposition()
                .and_then(|disposition| disposition.get_filename())
                .map(str::to_owned);
            match file_name {
                Some(name) => self.file(&name, field).await?,
                None => self.text(field).await?,
            }
        }
        if self.uploads.is_empty() {
            return Err(UploadError::NoFiles);
        }
        Ok(())
    }

    async fn text(&mut self, mut field: Field) -> Result<(), UploadError> {
        self.text_fields += 1;
        let mut text = BytesMut::new();
        while let Some(chunk) = field.next().await {
            text.extend_from_slice(&chunk?);
            if text.len() > TEXT_BYTES || self.text_fields > TEXT_FIELDS {
                return Err(UploadError::NotTheForm);
            }
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        let name = field.name().unwrap_or_default().to_owned();
        let known = [&Fields::NAMES[..], &[FILES]].concat();
        UnknownField::check(&name, &known).map_err(UploadError::UnknownField)?;
        self.fields.set(&name, text);
        if name == "email" {
            // Better said before the files come than after.
            self.fields.email()?;
        }
        Ok(())
    }

    async fn file(&mut self, name: &str, mut field: Field) -> Result<(), UploadError> {
        let first = field.next().await.transpose()?;
        // So browsers send a choice of no file.
        if first.is_none() && name.is_empty() {
            return Ok(());
        }
        let limit = self.place.most_files;
        if self.uploads.len() >= limit {
            return Err(UploadError::TooManyFiles { limit });
        }
        let key = JobFolder::of(self.folder.job()).upload(self.uploads.len());
        let mut writer = self.place.store.writer(&key);
        let size_bytes = match self.copy(first, &mut field, &mut writer).await {
            Ok(size_bytes) => size_bytes,
            Err(error) => {
                let _ = writer.abort().await;
                return Err(error);
            }
        };
        // One that cannot be finished has given up its parts itself, and must not be asked again.
        writer.shutdown().await.map_err(UploadError::Finish)?;
        self.uploads.push(Upload {
            name: name.chars().take(NAME_CHARS).collect(),
            size_bytes,
        });
        Ok(())
    }

    async fn copy(
        &mut self,
        first: Option<Bytes>,
        field: &mut Field,
        writer: &mut BufWriter,
    ) -> Result<u64, UploadError> {
        let mut size_bytes = 0;
        let mut chunk = first;
        // A field must not be asked again after its end.
        while let Some(bytes) = chunk {
            let length = bytes.len() as u64;
            size_bytes += length;
            self.bytes += length;
            let limit = self.place.most_bytes;
            if self.bytes > limit {
                return Err(UploadError::TooLarge { limit });
            }
            self.room.take(length)?;
            writer.put(bytes).await.map_err(UploadError::Write)?;
            self.place.received_bytes.inc_by(length);
            chunk = field.next().await.transpose()?;
        }
        Ok(size_bytes)
    }
}

/// How large a request says that it is; one that comes in chunks says nothing.
fn announced_bytes(request: &HttpRequest) -> Option<u64> {
    let length = request
        .headers()
        .get(actix_web::http::header::CONTENT_LENGTH);
    length.and_then(|value| value.to_str().ok()?.parse().ok())
}

/// Reads a little more of a request that is refused, so that a browser still sending gets to
/// reading the answer.
pub(crate) async fn drain(form: &mut Multipart) {
    let read = async {
        let mut bytes = 0;
        while let Some(Ok(mut field)) = form.next().await {
            while let Some(Ok(chunk)) = field.next().await {
                bytes += chunk.len();
                if bytes > DRAIN_BYTES {
                    return;
                }
            }
        }
    };
    let _ = timeout(DRAIN_TIME, read).await;
}
