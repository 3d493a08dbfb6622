//! The files of a job as a whole, and the few that everybody reads.

use std::{io, path::Path};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use object_store::{ObjectStore as _, path::Path as Key};

use super::{JOBS, JobFolder, Store, StoreError, error};
use crate::job::{DoneFacts, EndFile, JobFile, JobId, PlanFile, RebuildFile, ShardFacts};

/// Small files that are read at a time.
const AT_ONCE: usize = 16;

impl Store {
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
            return match remove_folder(&path).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::Copy {
                    name: error::last_part(folder),
                    source: error,
                }),
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

    /// Removes every package of a job but the one that these facts are about.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove_other_packages(
        &self,
        job: JobId,
        facts: &DoneFacts,
    ) -> Result<(), StoreError> {
        let folder = JobFolder::of(job);
        let current = folder.package_of(facts);
        for file in self.list(folder.root()).await? {
            if folder.is_package(&file.location) && file.location != current {
                self.remove(&file.location).await?;
            }
        }
        Ok(())
    }

    /// Whether there is such a job: it was accepted, and not deleted since.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_job(&self, job: JobId) -> Result<bool, StoreError> {
        Ok(self.find(&JobFolder::of(job).job_file()).await?.is_some())
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

    /// What each of the first `shards` shards adds up to; `None` for one that is not finished.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn shard_facts(
        &self,
        job: JobId,
        shards: usize,
    ) -> Result<Vec<Option<ShardFacts>>, StoreError> {
        let found = stream::iter((0..).take(shards)).map(|number| {
            let (store, key) = (self.clone(), JobFolder::of(job).shard_facts(number));
            async move { store.get_json(&key).await }
        });
        found.buffered(AT_ONCE).try_collect().await
    }

    /// What came of it, once it is over.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_file(&self, job: JobId) -> Result<Option<EndFile>, StoreError> {
        self.get_json(&JobFolder::of(job).end_file()).await
    }

    /// The wish to have the package again; `None` when there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rebuild_file(&self, job: JobId) -> Result<Option<RebuildFile>, StoreError> {
        self.get_json(&JobFolder::of(job).rebuild_file()).await
    }
}

/// Removes a folder with all that is in it. Who writes into it meanwhile, as a worker that does not
/// know yet, makes it not empty again: then once more.
async fn remove_folder(path: &Path) -> io::Result<()> {
    let mut more_times = 10;
    loop {
        match tokio::fs::remove_dir_all(path).await {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty && more_times > 0 => {
                more_times -= 1;
            }
            removed => return removed,
        }
    }
}
