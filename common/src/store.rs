//! Where the files of jobs live: a folder on this machine (or on NFS), or an S3 bucket.
//!
//! Every job has a folder, and everything that lasts is in it; [`JobFolder`] is the only place
//! that knows the names. A file appears whole or not at all, under its final name.

mod block_cache;
mod block_reader;
mod corrections;
mod error;
mod folder;
mod job_files;
mod probe;
mod stored_file;
mod transfer;
mod url;

use std::{ops::Range, path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::{
    GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutPayload, buffered::BufWriter,
    path::Path as Key, signer::Signer,
};
use serde::{Serialize, de::DeserializeOwned};

pub use self::url::{InvalidStoreUrl, StoreUrl};
pub use corrections::CorrectionError;
pub use error::{StoreError, is_full};
pub use folder::JobFolder;
pub use probe::probe_folder;
pub use stored_file::StoredFile;

use block_cache::BlockCache;

/// The folder of all jobs.
const JOBS: &str = "jobs";

/// The files of all jobs.
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// The folder, if it is one.
    root: Option<PathBuf>,
    signer: Option<Arc<dyn Signer>>,
    blocks: Arc<BlockCache>,
}

impl Store {
    /// Opens the store at an address; a folder is made if it is not there.
    ///
    /// # Errors
    /// When it cannot be opened, or the settings of the bucket make no sense.
    pub fn open(url: &StoreUrl) -> Result<Self, StoreError> {
        url.open(&[])
    }

    /// Opens the store with settings of its bucket, by the names that they have in the
    /// environment, which they go before; a folder has none.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub fn open_with(url: &StoreUrl, settings: &[(&str, &str)]) -> Result<Self, StoreError> {
        url.open(settings)
    }

    /// Where a file is on this machine's disk, if the store is a folder.
    #[must_use]
    pub fn local_path(&self, key: &Key) -> Option<PathBuf> {
        let root = self.root.as_ref()?;
        Some(
            key.parts()
                .fold(root.clone(), |path, part| path.join(part.as_ref())),
        )
    }

    /// The folder that the store is, if it is one.
    #[must_use]
    pub fn local_root(&self) -> Option<&std::path::Path> {
        self.root.as_deref()
    }

    /// Writes a small file, in place of any that is there.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn put(&self, key: &Key, bytes: Bytes) -> Result<(), StoreError> {
        let written = self.objects.put(key, PutPayload::from_bytes(bytes)).await;
        written.map(drop).map_err(|e| StoreError::of(key, e))
    }

    /// Writes a small file as JSON, in place of any that is there.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn put_json<T: Serialize + Sync>(
        &self,
        key: &Key,
        value: &T,
    ) -> Result<(), StoreError> {
        self.put(key, to_json(key, value)?).await
    }

    /// Writes a small file as JSON unless there is one. `false` when there is.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn create_json<T: Serialize + Sync>(
        &self,
        key: &Key,
        value: &T,
    ) -> Result<bool, StoreError> {
        let payload = PutPayload::from_bytes(to_json(key, value)?);
        let written = self
            .objects
            .put_opts(key, payload, PutMode::Create.into())
            .await;
        match written {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(StoreError::of(key, error)),
        }
    }

    /// Reads a small JSON file; `None` when it is not there.
    ///
    /// # Errors
    /// When the store fails, or the file is not what it should be.
    pub async fn get_json<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let Some(bytes) = self.get(key).await? else {
            return Ok(None);
        };
        let value = serde_json::from_slice(&bytes).map_err(|source| StoreError::Unreadable {
            name: error::last_part(key),
            source,
        })?;
        Ok(Some(value))
    }

    /// Reads a small file; `None` when it is not there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn get(&self, key: &Key) -> Result<Option<Bytes>, StoreError> {
        let found = match self.objects.get_opts(key, GetOptions::default()).await {
            Ok(found) => found.bytes().await,
            Err(error) => Err(error),
        };
        match found {
            Ok(bytes) => Ok(Some(bytes)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(StoreError::of(key, error)),
        }
    }

    /// Reads a part of a file; `None` when the file is not there.
    ///
    /// # Errors
    /// When the store fails, or the file ends before the part begins.
    pub async fn get_range(
        &self,
        key: &Key,
        part: Range<u64>,
    ) -> Result<Option<Bytes>, StoreError> {
        match self.objects.get_range(key, part).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(StoreError::of(key, error)),
        }
    }

    /// Size and time of a file; `None` when it is not there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find(&self, key: &Key) -> Result<Option<ObjectMeta>, StoreError> {
        match self.objects.head(key).await {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(StoreError::of(key, error)),
        }
    }

    /// A large file to be written from its start to its end. It appears when the writer is shut
    /// down; a writer that is dropped leaves nothing under the file's name.
    #[must_use]
    pub fn writer(&self, key: &Key) -> BufWriter {
        self.writer_in_parts(key, PART_BYTES)
    }

    fn writer_in_parts(&self, key: &Key, part_bytes: usize) -> BufWriter {
        BufWriter::with_capacity(Arc::clone(&self.objects), key.clone(), part_bytes)
            .with_max_concurrency(PARTS_AT_ONCE)
    }

    /// An address from which anybody can fetch the file for `lifetime`; `None` when the store is
    /// a folder.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub async fn signed_url(
        &self,
        key: &Key,
        lifetime: Duration,
    ) -> Result<Option<String>, StoreError> {
        let Some(signer) = &self.signer else {
            return Ok(None);
        };
        let url = signer.signed_url(http_get(), key, lifetime).await;
        url.map(|url| Some(url.into()))
            .map_err(|e| StoreError::of(key, e))
    }

    /// All files below a folder.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, folder: &Key) -> Result<Vec<ObjectMeta>, StoreError> {
        let found = self.objects.list(Some(folder)).try_collect().await;
        found.map_err(|e| StoreError::of(folder, e))
    }

    /// Removes a file; it is fine when it is not there.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn remove(&self, key: &Key) -> Result<(), StoreError> {
        match self.objects.delete(key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(StoreError::of(key, error)),
        }
    }
}

/// Size of the parts that large files are written in; S3 takes no smaller ones.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts of one file that are on their way at a time; each is held in memory.
const PARTS_AT_ONCE: usize = 2;

fn to_json<T: Serialize>(key: &Key, value: &T) -> Result<Bytes, StoreError> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|source| StoreError::Unreadable {
        name: error::last_part(key),
        source,
    })?;
    text.push(b'\n');
    Ok(Bytes::from(text))
}

/// The method of a download, in the type that the signer wants.
fn http_get() -> http::Method {
    http::Method::GET
}
