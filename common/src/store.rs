//! Where the files of jobs live: a folder on this machine (or on NFS), or an S3 bucket.
//!
//! Every job has a folder, and everything that lasts is in it; [`JobFolder`] is the only place
//! that knows the names. A file appears whole or not at all, under its final name.

mod error;
mod folder;
mod url;

use std::{path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use object_store::{
    GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutPayload,
    aws::AmazonS3ConfigKey, buffered::BufWriter, path::Path as Key, signer::Signer,
};
use serde::{Serialize, de::DeserializeOwned};

pub use self::url::{InvalidStoreUrl, StoreUrl};
pub use error::StoreError;
pub use folder::JobFolder;

use crate::job::{EndFile, JobFile, JobId, PlanFile};

/// The folder of all jobs.
const JOBS: &str = "jobs";

/// The files of all jobs.
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// The folder, if it is one.
    root: Option<PathBuf>,
    signer: Option<Arc<dyn Signer>>,
}

impl Store {
    /// Opens the store at an address; a folder is made if it is not there.
    ///
    /// # Errors
    /// When it cannot be opened, or the settings of the bucket make no sense.
    pub fn open(url: &StoreUrl) -> Result<Self, StoreError> {
        url.open(&[])
    }

    /// Opens the store with settings of its bucket that go before those in the environment; a
    /// folder has none.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub fn open_with(
        url: &StoreUrl,
        settings: &[(AmazonS3ConfigKey, &str)],
    ) -> Result<Self, StoreError> {
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

    /// Asks the store for something that is not there: whether it answers at all.
    ///
    /// # Errors
    /// When it does not, or refuses. A folder is gone, for example because it is no longer mounted.
    pub async fn probe(&self) -> Result<(), StoreError> {
        if let Some(root) = &self.root {
            let found = tokio::fs::metadata(root).await;
            return found.map(drop).map_err(|source| StoreError::Folder {
                path: root.clone(),
                source,
            });
        }
        self.find(&Key::from("probe")).await.map(drop)
    }

    /// A large file to be written from its start to its end. It appears when the writer is shut
    /// down; a writer that is dropped leaves nothing under the file's name.
    #[must_use]
    pub fn writer(&self, key: &Key) -> BufWriter {
        BufWriter::with_capacity(Arc::clone(&self.objects), key.clone(), PART_BYTES)
            .with_max_concurrency(PARTS_AT_ONCE)
    }

    /// Copies a file of this machine into the store. It appears when it is whole.
    ///
    /// # Errors
    /// When the file cannot be read or the store refuses.
    pub async fn put_file(&self, key: &Key, path: &std::path::Path) -> Result<(), StoreError> {
        let copy = async {
            let mut file = tokio::fs::File::open(path).await?;
            let mut writer = self.writer(key);
            let copied = tokio::io::copy(&mut file, &mut writer).await;
            if copied.is_err() {
                let _ = writer.abort().await;
            }
            copied?;
            tokio::io::AsyncWriteExt::shutdown(&mut writer).await
        };
        copy.await.map_err(|source| StoreError::Copy {
            name: error::last_part(key),
            source,
        })
    }

    /// Moves a file of this machine into the store: a mere renaming where both are on one disk.
    ///
    /// # Errors
    /// When the file cannot be read or the store refuses.
    pub async fn adopt_file(&self, key: &Key, path: &std::path::Path) -> Result<(), StoreError> {
        if let Some(target) = self.local_path(key)
            && adopt(path, &target).await.is_ok()
        {
            return Ok(());
        }
        self.put_file(key, path).await
    }

    /// Copies a file of the store to this machine.
    ///
    /// # Errors
    /// When it is not there, the store fails, or the disk refuses.
    pub async fn fetch_file(&self, key: &Key, path: &std::path::Path) -> Result<(), StoreError> {
        let found = self.objects.get_opts(key, GetOptions::default()).await;
        let mut parts = found.map_err(|e| StoreError::of(key, e))?.into_stream();
        let copy = async {
            let mut file = tokio::fs::File::create(path).await?;
            while let Some(part) = parts.next().await {
                let part = part.map_err(std::io::Error::other)?;
                tokio::io::AsyncWriteExt::write_all(&mut file, &part).await?;
            }
            tokio::io::AsyncWriteExt::flush(&mut file).await
        };
        copy.await.map_err(|source| StoreError::Copy {
            name: error::last_part(key),
            source,
        })
    }

    /// Bytes `range` of a file.
    ///
    /// # Errors
    /// When the store fails or the file ends before.
    pub async fn get_range(
        &self,
        key: &Key,
        range: std::ops::Range<u64>,
    ) -> Result<Bytes, StoreError> {
        let bytes = self.objects.get_range(key, range).await;
        bytes.map_err(|e| StoreError::of(key, e))
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

    /// All folders of jobs, those without a `job.json` too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn jobs(&self) -> Result<Vec<JobId>, StoreError> {
        let jobs = Key::from(JOBS);
        let found = self.objects.list_with_delimiter(Some(&jobs)).await;
        let found = found.map_err(|e| StoreError::of(&jobs, e))?;
        let names = found.common_prefixes.iter().filter_map(Key::filename);
        Ok(names.filter_map(|name| name.parse().ok()).collect())
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

    /// Removes a job's folder with all that is in it; `job.json` goes first, so that what a crash
    /// leaves behind is no job any more.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn remove_job(&self, job: JobId) -> Result<(), StoreError> {
        let folder = JobFolder::of(job);
        self.remove(&folder.job_file()).await?;
        self.remove_below(folder.root()).await
    }

    /// Removes everything below a folder.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn remove_below(&self, folder: &Key) -> Result<(), StoreError> {
        if let Some(path) = self.local_path(folder) {
            // One call, which takes half-written files and empty folders too.
            return match tokio::fs::remove_dir_all(&path).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(StoreError::Copy {
                        name: error::last_part(folder),
                        source: error,
                    })
                }
                _ => Ok(()),
            };
        }
        let keys = self
            .objects
            .list(Some(folder))
            .map_ok(|m| m.location)
            .boxed();
        let removed = self
            .objects
            .delete_stream(keys)
            .try_collect::<Vec<_>>()
            .await;
        removed.map(drop).map_err(|e| StoreError::of(folder, e))
    }

    /// What was asked for; `None` when there is no such job.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn job_file(&self, job: JobId) -> Result<Option<JobFile>, StoreError> {
        self.get_json(&JobFolder::of(job).job_file()).await
    }

    /// How the work is cut, once it is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn plan_file(&self, job: JobId) -> Result<Option<PlanFile>, StoreError> {
        self.get_json(&JobFolder::of(job).plan_file()).await
    }

    /// What came of it, once it is over.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_file(&self, job: JobId) -> Result<Option<EndFile>, StoreError> {
        self.get_json(&JobFolder::of(job).end_file()).await
    }
}

/// Puts a file under its final name, on the disk before it is visible.
async fn adopt(from: &std::path::Path, to: &std::path::Path) -> std::io::Result<()> {
    let folder = to.parent().ok_or(std::io::ErrorKind::InvalidInput)?;
    tokio::fs::create_dir_all(folder).await?;
    tokio::fs::File::open(from).await?.sync_all().await?;
    tokio::fs::rename(from, to).await?;
    tokio::fs::File::open(folder).await?.sync_all().await
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
