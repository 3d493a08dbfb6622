//! The rows of the jobs that were looked at last.
//!
//! A page of results needs all rows of its job at once, and reading a hundred thousand takes a
//! while. So they stay in memory for as long as there is room, and are shared by all visitors.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use common::{
    correction::{Corrections, Verdict},
    gallery::{Gallery, GalleryError},
    job::JobId,
    store::{CorrectionError, JobFolder, Store, StoreError},
};
use jiff::Timestamp;
use tokio::{
    sync::{Mutex as AsyncMutex, OnceCell},
    task::{JoinError, spawn_blocking},
};

use super::{Album, ResultsSnapshot};

/// The job's results cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResultsError {
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the worker kept cannot be read.
    #[error("the gallery of a job cannot be read")]
    Gallery(#[from] GalleryError),
    /// A kept record cannot be read.
    #[error("a kept record cannot be read")]
    Record(#[source] serde_json::Error),
    /// Reading it ended in the middle.
    #[error("reading the gallery of a job broke off")]
    Reading(#[from] JoinError),
}

/// What somebody says about a result cannot be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CorrectError {
    /// The job has no such picture.
    #[error("no such picture")]
    NoSuchPicture,
    /// The job's results cannot be looked at.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// The store refuses it.
    #[error(transparent)]
    Correction(#[from] CorrectionError),
}

/// The rows of the jobs that were looked at last. A clone is the same cache.
#[derive(Clone)]
pub(crate) struct ResultsCache {
    store: Store,
    entries: Arc<Mutex<Entries>>,
}

#[derive(Default)]
struct Entries {
    by_job: HashMap<JobId, (Arc<Entry>, u64)>,
    uses: u64,
}

/// What is known of a job.
struct Entry {
    version: FileVersion,
    album: OnceCell<Arc<Album>>,
    corrections: AsyncMutex<Option<Arc<Corrections>>>,
}

/// Which file of rows it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FileVersion {
    size_bytes: u64,
    modified: Timestamp,
    tag: Option<String>,
}

impl ResultsCache {
    /// Most rows that are kept in memory, those of the job that was looked at last apart.
    const MOST_ROWS: usize = 400_000;

    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            entries: Arc::default(),
        }
    }

    /// What can be seen of a job's results; `None` when nothing was kept for it.
    pub(crate) async fn look(&self, job: JobId) -> Result<Option<ResultsSnapshot>, ResultsError> {
        let Some(entry) = self.entry(job).await? else {
            return Ok(None);
        };
        let Some(album) = self.album_of(job, &entry).await? else {
            return Ok(None);
        };
        let corrections = self.load_corrections(job, &entry).await?;
        Ok(Some(ResultsSnapshot { album, corrections }))
    }

    /// The rows of a job, as they were when they were looked at last: pictures and rows never
    /// change once they are there.
    pub(crate) async fn album(&self, job: JobId) -> Result<Option<Arc<Album>>, ResultsError> {
        if let Some(album) = self
            .entries()
            .take(job)
            .and_then(|entry| entry.album.get().cloned())
        {
            return Ok(Some(album));
        }
        match self.entry(job).await? {
            Some(entry) => self.album_of(job, &entry).await,
            None => Ok(None),
        }
    }

    /// Forgets a job that was deleted.
    pub(crate) fn forget(&self, job: JobId) {
        self.entries().by_job.remove(&job);
    }

    /// Keeps what somebody says about a file of a job; the number under which it is kept.
    ///
    /// # Errors
    /// When the job has no such file, has too many corrections already, or the store fails.
    pub(crate) async fn correct(
        &self,
        job: JobId,
        snapshot: &ResultsSnapshot,
        media: u32,
        verdict: Verdict,
    ) -> Result<u32, CorrectError> {
        let row = snapshot
            .album
            .row(media)
            .ok_or(CorrectError::NoSuchPicture)?;
        let entry = self.entry(job).await?.ok_or(CorrectError::NoSuchPicture)?;
        let mut kept = entry.corrections.lock().await;
        let known = kept.get_or_insert_with(|| Arc::clone(&snapshot.corrections));
        let known = Arc::make_mut(known);
        let about = (media, &row.path);
        Ok(self.store.correct(job, known, about, verdict).await?)
    }

    /// What is known of a job whose rows are there.
    async fn entry(&self, job: JobId) -> Result<Option<Arc<Entry>>, ResultsError> {
        let Some(found) = self.store.find(&JobFolder::of(job).gallery_file()).await? else {
            self.entries().by_job.remove(&job);
            return Ok(None);
        };
        let version = FileVersion {
            size_bytes: found.size,
            modified: Timestamp::from_millisecond(found.last_modified.timestamp_millis())
                .unwrap_or_default(),
            tag: found.e_tag,
        };
        Ok(Some(self.entries().entry(job, version)))
    }

    async fn album_of(
        &self,
        job: JobId,
        entry: &Entry,
    ) -> Result<Option<Arc<Album>>, ResultsError> {
        let reading = entry.album.get_or_try_init(|| async {
            let bytes = self.store.get(&JobFolder::of(job).gallery_file()).await?;
            let bytes = bytes.unwrap_or_default();
            let gallery = spawn_blocking(move || Gallery::from_bytes(&bytes)).await??;
            Ok::<_, ResultsError>(Arc::new(Album::new(gallery)))
        });
        let album = Arc::clone(reading.await?);
        self.entries().make_room(job);
        Ok(Some(album))
    }

    /// The corrections of a job until now.
    async fn load_corrections(
        &self,
        job: JobId,
        entry: &Entry,
    ) -> Result<Arc<Corrections>, ResultsError> {
        let mut kept = entry.corrections.lock().await;
        let known = match kept.take() {
            None => Arc::new(self.store.corrections(job).await?),
            Some(mut known) => {
                // Another process may have taken down more since.
                self.store.hear_more(job, Arc::make_mut(&mut known)).await?;
                known
            }
        };
        *kept = Some(Arc::clone(&known));
        Ok(known)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn take(&mut self, job: JobId) -> Option<Arc<Entry>> {
        self.uses += 1;
        let (entry, used) = self.by_job.get_mut(&job)?;
        *used = self.uses;
        Some(Arc::clone(entry))
    }

    fn entry(&mut self, job: JobId, version: FileVersion) -> Arc<Entry> {
        if let Some(entry) = self.take(job)
            && entry.version == version
        {
            return entry;
        }
        let entry = Arc::new(Entry {
            version,
            album: OnceCell::new(),
            corrections: AsyncMutex::default(),
        });
        self.by_job.insert(job, (Arc::clone(&entry), self.uses));
        entry
    }

    /// Puts away the jobs that were not looked at for longest.
    fn make_room(&mut self, newest: JobId) {
        loop {
            let rows: usize = self.by_job.values().map(|(entry, _)| entry.rows()).sum();
            let others = self.by_job.iter().filter(|(job, _)| **job != newest);
            let oldest = others
                .min_by_key(|(_, (_, used))| *used)
                .map(|(job, _)| *job);
            match oldest {
                Some(oldest) if rows > ResultsCache::MOST_ROWS || self.by_job.len() > MOST_JOBS => {
                    self.by_job.remove(&oldest);
                }
                _ => return,
            }
        }
    }
}

/// Most jobs that are kept, however small they are.
const MOST_JOBS: usize = 1000;

impl Entry {
    fn rows(&self) -> usize {
        self.album.get().map_or(0, |album| album.len())
    }
}
