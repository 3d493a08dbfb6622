//! One file of the store, read where it is and for as long as it is the same.

use std::{io, ops::Range, sync::Arc};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use object_store::{
    GetOptions, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt, path::Path as Key,
};
use tokio::runtime::Handle;

use super::{Store, StoreError, block_cache::BlockCache};
use crate::file_signature::PICTURE_HEAD_BYTES;

/// How many of its first bytes a file is found with: those that tell its kind.
const HEAD_BYTES: u64 = PICTURE_HEAD_BYTES as u64;
/// Files that are looked for at a time.
const AT_ONCE: usize = 32;

/// A file of the store as it was when it was found; when another one has come into its place,
/// reading fails. It is read by threads that do not belong to the asynchronous runtime, and every
/// error is a [`StoreError`] in an [`io::Error`]. Takes about 300 bytes of memory.
#[derive(Clone)]
pub struct StoredFile {
    store: Store,
    key: Key,
    size_bytes: u64,
    /// The store's own word for this content.
    tag: Option<String>,
    head: Bytes,
    runtime: Handle,
}

impl Store {
    /// Finds a file.
    ///
    /// # Errors
    /// When it is not there, or the store fails.
    pub async fn stored_file(&self, key: &Key) -> Result<StoredFile, StoreError> {
        let (found, head) = find(&*self.objects, key)
            .await
            .map_err(|error| StoreError::of(key, error))?;
        Ok(StoredFile {
            store: self.clone(),
            key: key.clone(),
            size_bytes: found.size,
            tag: found.e_tag,
            head,
            runtime: Handle::current(),
        })
    }

    /// Finds many files, and returns them in the order of their keys.
    ///
    /// # Errors
    /// When one is not there, or the store fails.
    pub async fn stored_files(&self, keys: Vec<Key>) -> Result<Vec<StoredFile>, StoreError> {
        let found = stream::iter(keys).map(|key| {
            let store = self.clone();
            async move { store.stored_file(&key).await }
        });
        found.buffered(AT_ONCE).try_collect().await
    }
}

/// Size and tag of a file, and its first bytes.
async fn find(objects: &dyn ObjectStore, key: &Key) -> object_store::Result<(ObjectMeta, Bytes)> {
    let range = Some((0..HEAD_BYTES).into());
    let options = GetOptions {
        range,
        ..GetOptions::default()
    };
    match objects.get_opts(key, options).await {
        Ok(found) => {
            let meta = found.meta.clone();
            Ok((meta, found.bytes().await?))
        }
        Err(error @ object_store::Error::NotFound { .. }) => Err(error),
        // Of a file without bytes there is no such part.
        Err(error) => match objects.head(key).await {
            Ok(meta) if meta.size == 0 => Ok((meta, Bytes::new())),
            _ => Err(error),
        },
    }
}

impl StoredFile {
    /// How many bytes it has.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Its name in its folder.
    #[must_use]
    pub fn name(&self) -> &str {
        self.key.filename().unwrap_or_default()
    }

    /// Its first bytes: 64, or all of a smaller file.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The blocks that all readers of its store share.
    pub(super) fn blocks(&self) -> &Arc<BlockCache> {
        &self.store.blocks
    }

    /// Fills `bytes` from an offset on, in one request.
    ///
    /// # Errors
    /// When the store fails, the file ends before, or is not the same any more.
    pub fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let reading = self.fill(bytes, offset);
        self.runtime.block_on(reading).map_err(io::Error::other)
    }

    async fn fill(&self, bytes: &mut [u8], offset: u64) -> Result<(), StoreError> {
        let range = offset..offset.saturating_add(bytes.len() as u64);
        let mut parts = self.get(range).await?.into_stream();
        let mut free = bytes;
        while let Some(part) = parts.try_next().await.map_err(|e| self.error(e))? {
            let Some((target, rest)) = free.split_at_mut_checked(part.len()) else {
                return Err(self.changed());
            };
            target.copy_from_slice(&part);
            free = rest;
        }
        if free.is_empty() {
            Ok(())
        } else {
            Err(self.changed())
        }
    }

    async fn get(&self, range: Range<u64>) -> Result<GetResult, StoreError> {
        let options = GetOptions {
            range: Some(range.into()),
            if_match: self.tag.clone(),
            ..GetOptions::default()
        };
        let found = self.store.objects.get_opts(&self.key, options).await;
        let found = found.map_err(|error| self.error(error))?;
        self.check_same(&found.meta)?;
        Ok(found)
    }

    /// Looks whether the file is still there, and the same.
    ///
    /// # Errors
    /// When it is not, or the store fails.
    pub fn check_unchanged(&self) -> io::Result<()> {
        let look = async {
            let found = self.store.objects.head(&self.key).await;
            self.check_same(&found.map_err(|error| self.error(error))?)
        };
        self.runtime.block_on(look).map_err(io::Error::other)
    }

    /// Not every store heeds the condition of a request.
    fn check_same(&self, found: &ObjectMeta) -> Result<(), StoreError> {
        if found.size == self.size_bytes && found.e_tag == self.tag {
            Ok(())
        } else {
            Err(self.changed())
        }
    }

    fn changed(&self) -> StoreError {
        StoreError::Changed {
            name: self.name().to_owned(),
        }
    }

    fn error(&self, error: object_store::Error) -> StoreError {
        match error {
            object_store::Error::Precondition { .. } => self.changed(),
            error => StoreError::of(&self.key, error),
        }
    }
}
