//! Whole files on their way between this machine and the store.

use futures::StreamExt as _;
use object_store::{GetOptions, ObjectStore as _, path::Path as Key};

use super::{Store, StoreError, error};

impl Store {
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
}

/// Puts a file under its final name, on the disk before it is visible.
async fn adopt(from: &std::path::Path, to: &std::path::Path) -> std::io::Result<()> {
    let folder = to.parent().ok_or(std::io::ErrorKind::InvalidInput)?;
    tokio::fs::create_dir_all(folder).await?;
    tokio::fs::File::open(from).await?.sync_all().await?;
    tokio::fs::rename(from, to).await?;
    tokio::fs::File::open(folder).await?.sync_all().await
}
