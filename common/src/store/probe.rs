//! Whether the store can be used at all.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use object_store::path::Path as Key;

use super::{JOBS, Store, StoreError};

/// What is written to a folder, bytes: a block, which a disk that is full has no room for.
const TRIAL_BYTES: usize = 4096;

impl Store {
    /// Asks the store for something that is not there: whether it answers at all.
    ///
    /// # Errors
    /// When it does not, or refuses. A folder is gone, for example because it is no longer mounted.
    pub async fn probe(&self) -> Result<(), StoreError> {
        if let Some(root) = &self.root {
            let found = tokio::fs::metadata(root).await;
            return found.map(drop).map_err(|source| of_folder(root, source));
        }
        self.find(&Key::from("probe")).await.map(drop)
    }

    /// Tries whether the store can be written. Nothing stays of it; `who` is the same for whoever
    /// tries it again, so that a bucket keeps one file at most, if a program dies amid it.
    ///
    /// # Errors
    /// When it cannot: full, read-only, forbidden, out of reach.
    pub async fn probe_writing(&self, who: &str) -> Result<(), StoreError> {
        let Some(root) = &self.root else {
            let key = Key::from_iter(["probe", who]);
            self.put(&key, Bytes::from_static(b"trial")).await?;
            return self.remove(&key).await;
        };
        // New jobs need room there; before the first one there is no such folder.
        let jobs = root.join(JOBS);
        let folder = if jobs.is_dir() { jobs } else { root.clone() };
        probe_folder(folder)
            .await
            .map_err(|source| of_folder(root, source))
    }
}

/// Tries whether a folder can be written. What is written has no name, so that nothing can stay.
///
/// # Errors
/// When it cannot: full, read-only, forbidden, gone.
pub async fn probe_folder(folder: PathBuf) -> io::Result<()> {
    let tried = tokio::task::spawn_blocking(move || {
        let mut file = tempfile::tempfile_in(folder)?;
        file.write_all(&[0; TRIAL_BYTES])?;
        // Some file systems say only then that they have no room.
        file.sync_all()
    });
    tried.await.map_err(io::Error::other)?
}

fn of_folder(path: &Path, source: io::Error) -> StoreError {
    StoreError::Folder {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreUrl;

    #[tokio::test]
    async fn nothing_stays_of_a_trial_and_a_folder_that_is_gone_is_found_out() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&StoreUrl::folder(folder.path().to_owned())).unwrap();
        for jobs in [false, true] {
            if jobs {
                std::fs::create_dir_all(folder.path().join(JOBS)).unwrap();
            }
            store.probe_writing("test").await.unwrap();
            let files = walk(folder.path());
            assert!(files.iter().all(|path| path.is_dir()), "{files:?}");
        }
        folder.close().unwrap();
        assert!(store.probe().await.is_err());
        assert!(store.probe_writing("test").await.is_err());
    }

    fn walk(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}
