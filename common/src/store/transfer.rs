//! Whole files on their way from this machine into the store.

use std::path::Path;

use object_store::{Attribute, Attributes, path::Path as Key};
use tokio::io::AsyncWriteExt as _;

use super::{PART_BYTES, Store, StoreError, error};

/// The most parts that S3 makes one file of.
const MOST_PARTS: u64 = 10_000;

impl Store {
    /// Copies a file of this machine into the store. It appears when it is whole.
    ///
    /// # Errors
    /// When the file cannot be read or the store refuses.
    pub async fn put_file(&self, key: &Key, path: &Path) -> Result<(), StoreError> {
        self.copy(key, path, Attributes::new()).await
    }

    /// Moves a file of this machine into the store: a mere renaming where both are on one disk.
    ///
    /// # Errors
    /// When the file cannot be read or the store refuses.
    pub async fn adopt_file(&self, key: &Key, path: &Path) -> Result<(), StoreError> {
        self.adopt(key, path, Attributes::new()).await
    }

    /// As [`Self::adopt_file`], for a zip that people fetch. From a bucket, they get it under
    /// `name`; from a folder, whoever hands it out names it.
    ///
    /// # Errors
    /// When the file cannot be read or the store refuses.
    pub async fn adopt_download(
        &self,
        key: &Key,
        path: &Path,
        name: &str,
    ) -> Result<(), StoreError> {
        let disposition = format!("attachment; filename=\"{name}\"");
        let attributes = Attributes::from_iter([
            (Attribute::ContentType, "application/zip".to_owned()),
            (Attribute::ContentDisposition, disposition),
        ]);
        self.adopt(key, path, attributes).await
    }

    async fn adopt(
        &self,
        key: &Key,
        path: &Path,
        attributes: Attributes,
    ) -> Result<(), StoreError> {
        let Some(target) = self.local_path(key) else {
            return self.copy(key, path, attributes).await;
        };
        if rename(path, &target).await.is_ok() {
            return Ok(());
        }
        // Folders know no attributes.
        self.copy(key, path, Attributes::new()).await
    }

    async fn copy(&self, key: &Key, path: &Path, attributes: Attributes) -> Result<(), StoreError> {
        let copy = async {
            let mut file = tokio::fs::File::open(path).await?;
            let part_bytes = part_bytes(file.metadata().await?.len());
            let mut writer = self.writer_in_parts(key, part_bytes);
            writer = writer.with_attributes(attributes);
            let copied = tokio::io::copy(&mut file, &mut writer).await;
            if copied.is_err() {
                let _ = writer.abort().await;
            }
            copied?;
            writer.shutdown().await
        };
        copy.await.map_err(|source| StoreError::Copy {
            name: error::last_part(key),
            source,
        })
    }
}

/// The size of the parts of a file: larger where there would be too many.
fn part_bytes(file_bytes: u64) -> usize {
    let needed = usize::try_from(file_bytes.div_ceil(MOST_PARTS));
    needed.unwrap_or(usize::MAX).max(PART_BYTES)
}

/// Puts a file under its final name, on the disk before it is visible.
async fn rename(from: &Path, to: &Path) -> std::io::Result<()> {
    let folder = to.parent().ok_or(std::io::ErrorKind::InvalidInput)?;
    tokio::fs::create_dir_all(folder).await?;
    tokio::fs::File::open(from).await?.sync_all().await?;
    tokio::fs::rename(from, to).await?;
    tokio::fs::File::open(folder).await?.sync_all().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_has_more_parts_than_a_bucket_takes() {
        assert_eq!(part_bytes(0), PART_BYTES);
        assert_eq!(
            part_bytes(80 << 30),
            (80_u64 << 30).div_ceil(10_000) as usize
        );
        for size in [1_u64, 1 << 36, 5 << 40] {
            assert!(size.div_ceil(part_bytes(size) as u64) <= MOST_PARTS);
        }
    }
}
