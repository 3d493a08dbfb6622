//! An upload on its way, which leaves nothing behind unless it becomes a job.

use common::{
    job::JobId,
    store::{JobFolder, Store},
};

/// The folder of an upload that is no job yet. When this is dropped, the folder goes too.
pub(crate) struct HalfUpload {
    store: Option<Store>,
    job: JobId,
}

impl HalfUpload {
    /// A folder under a new id.
    pub(crate) fn new(store: Store, job: JobId) -> Self {
        Self {
            store: Some(store),
            job,
        }
    }

    /// The id.
    pub(crate) fn job(&self) -> JobId {
        self.job
    }

    /// The folder stays: it belongs to a job now.
    pub(crate) fn keep(mut self) {
        self.store = None;
    }

    /// Removes the folder now.
    pub(crate) async fn discard(mut self) {
        if let Some(store) = self.store.take() {
            remove(store, self.job).await;
        }
    }
}

impl Drop for HalfUpload {
    fn drop(&mut self) {
        let Some(store) = self.store.take() else {
            return;
        };
        // Without a runtime the program is ending; the daily sweep takes the folder then.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(remove(store, self.job));
        }
    }
}

async fn remove(store: Store, job: JobId) {
    if let Err(error) = store.remove_below(JobFolder::of(job).root()).await {
        tracing::warn!(%error, "a half upload stays until the next sweep");
    }
}
