//! A file that has arrived, wherever it is now.

use std::{io, path::PathBuf, sync::Arc};

use common::{
    file_signature::PICTURE_HEAD_BYTES,
    random_access::{LocalFile, RandomAccess},
    store::{Store, StoreError},
};
use object_store::path::Path as Key;

/// A file that has arrived.
#[derive(Clone, Debug)]
pub(crate) enum Arrived {
    /// In the job's folder, under its number.
    InStore(Key),
    /// In the spool of resumable uploads; it goes into the store when all is well with it.
    InSpool(PathBuf),
}

/// A file that has arrived cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArrivedError {
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The spool fails.
    #[error(transparent)]
    Spool(#[from] io::Error),
}

impl Arrived {
    /// Its first bytes, as many as tell its kind.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) async fn head(&self, store: &Store) -> Result<Vec<u8>, ArrivedError> {
        match self {
            Self::InStore(key) => Ok(store.stored_file(key).await?.head().to_vec()),
            Self::InSpool(_) => {
                let reader = self.reader(store).await?;
                let size = usize::try_from(reader.size_bytes()).unwrap_or(PICTURE_HEAD_BYTES);
                let mut head = vec![0; PICTURE_HEAD_BYTES.min(size)];
                reader.read_exact_at(&mut head, 0)?;
                Ok(head)
            }
        }
    }

    /// The file, to be read where it is.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) async fn reader(
        &self,
        store: &Store,
    ) -> Result<Arc<dyn RandomAccess>, ArrivedError> {
        match self {
            Self::InStore(key) => Ok(store.reader(key).await?),
            Self::InSpool(path) => Ok(Arc::new(LocalFile::open(path)?)),
        }
    }
}
