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

use super::{Album, Sight};

/// The job's results cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LibraryError {
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
    Library(#[from] LibraryError),
    /// The store refuses it.
    #[error(transparent)]
    Correction(#[from] CorrectionError),
}

/// The rows of the jobs that were looked at last. A clone is the same library.
#[derive(Clone)]
pub(crate) struct Library {
    store: Store,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Default)]
struct Shelf {
    volumes: HashMap<JobId, (Arc<Volume>, u64)>,
    uses: u64,
}

/// What is known of a job.
struct Volume {
    edition: Edition,
    album: OnceCell<Arc<Album>>,
    corrections: AsyncMutex<Option<Arc<Corrections>>>,
}

/// Which file of rows it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edition {
    size_bytes: u64,
    modified: Timestamp,
    tag: Option<String>,
}

impl Library {
    /// Most rows that are kept in memory, those of the job that was looked at last apart.
    const MOST_ROWS: usize = 400_000;

    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            shelf: Arc::default(),
        }
    }

    /// What can be seen of a job's results; `None` when nothing was kept for it.
    pub(crate) async fn look(&self, job: JobId) -> Result<Option<Sight>, LibraryError> {
        let Some(volume) = self.volume(job).await? else {
            return Ok(None);
        };
        let Some(album) = self.album_of(job, &volume).await? else {
            return Ok(None);
        };
        let corrections = self.hear(job, &volume).await?;
        Ok(Some(Sight { album, corrections }))
    }

    /// The rows of a job, as they were when they were looked at last: pictures and rows never
    /// change once they are there.
    pub(crate) async fn album(&self, job: JobId) -> Result<Option<Arc<Album>>, LibraryError> {
        if let Some(album) = self
            .shelf()
            .take(job)
            .and_then(|volume| volume.album.get().cloned())
        {
            return Ok(Some(album));
        }
        match self.volume(job).await? {
            Some(volume) => self.album_of(job, &volume).await,
            None => Ok(None),
        }
    }

    /// Forgets a job that was deleted.
    pub(crate) fn forget(&self, job: JobId) {
        self.shelf().volumes.remove(&job);
    }

    /// Keeps what somebody says about a file of a job; the number under which it is kept.
    ///
    /// # Errors
    /// When the job has no such file, has too many corrections already, or the store fails.
    pub(crate) async fn correct(
        &self,
        job: JobId,
        sight: &Sight,
        media: u32,
        verdict: Verdict,
    ) -> Result<u32, CorrectError> {
        let row = sight.album.row(media).ok_or(CorrectError::NoSuchPicture)?;
        let volume = self.volume(job).await?.ok_or(CorrectError::NoSuchPicture)?;
        let mut kept = volume.corrections.lock().await;
        let heard = kept.get_or_insert_with(|| Arc::clone(&sight.corrections));
        let heard = Arc::make_mut(heard);
        let about = (media, &row.path);
        Ok(self.store.correct(job, heard, about, verdict).await?)
    }

    /// What is known of a job whose rows are there.
    async fn volume(&self, job: JobId) -> Result<Option<Arc<Volume>>, LibraryError> {
        let Some(found) = self.store.find(&JobFolder::of(job).gallery_file()).await? else {
            self.shelf().volumes.remove(&job);
            return Ok(None);
        };
        let edition = Edition {
            size_bytes: found.size,
            modified: Timestamp::from_millisecond(found.last_modified.timestamp_millis())
                .unwrap_or_default(),
            tag: found.e_tag,
        };
        Ok(Some(self.shelf().volume(job, edition)))
    }

    async fn album_of(
        &self,
        job: JobId,
        volume: &Volume,
    ) -> Result<Option<Arc<Album>>, LibraryError> {
        let reading = volume.album.get_or_try_init(|| async {
            let bytes = self.store.get(&JobFolder::of(job).gallery_file()).await?;
            let bytes = bytes.unwrap_or_default();
            let gallery = spawn_blocking(move || Gallery::from_bytes(&bytes)).await??;
            Ok::<_, LibraryError>(Arc::new(Album::new(gallery)))
        });
        let album = Arc::clone(reading.await?);
        self.shelf().make_room(job);
        Ok(Some(album))
    }

    /// What was said about a job until now.
    async fn hear(&self, job: JobId, volume: &Volume) -> Result<Arc<Corrections>, LibraryError> {
        let mut kept = volume.corrections.lock().await;
        let heard = match kept.take() {
            None => Arc::new(self.store.corrections(job).await?),
            Some(mut heard) => {
                // Another process may have taken down what was said since.
                self.store.hear_more(job, Arc::make_mut(&mut heard)).await?;
                heard
            }
        };
        *kept = Some(Arc::clone(&heard));
        Ok(heard)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn take(&mut self, job: JobId) -> Option<Arc<Volume>> {
        self.uses += 1;
        let (volume, used) = self.volumes.get_mut(&job)?;
        *used = self.uses;
        Some(Arc::clone(volume))
    }

    fn volume(&mut self, job: JobId, edition: Edition) -> Arc<Volume> {
        if let Some(volume) = self.take(job)
            && volume.edition == edition
        {
            return volume;
        }
        let volume = Arc::new(Volume {
            edition,
            album: OnceCell::new(),
            corrections: AsyncMutex::default(),
        });
        self.volumes.insert(job, (Arc::clone(&volume), self.uses));
        volume
    }

    /// Puts away the jobs that were not looked at for longest.
    fn make_room(&mut self, newest: JobId) {
        loop {
            let rows: usize = self.volumes.values().map(|(volume, _)| volume.rows()).sum();
            let others = self.volumes.iter().filter(|(job, _)| **job != newest);
            let oldest = others
                .min_by_key(|(_, (_, used))| *used)
                .map(|(job, _)| *job);
            match oldest {
                Some(oldest) if rows > Library::MOST_ROWS || self.volumes.len() > MOST_JOBS => {
                    self.volumes.remove(&oldest);
                }
                _ => return,
            }
        }
    }
}

/// Most jobs that are kept, however small they are.
const MOST_JOBS: usize = 1000;

impl Volume {
    fn rows(&self) -> usize {
        self.album.get().map_or(0, |album| album.len())
    }
}
