//! A file that has arrived, wherever it is now.

use std::{path::PathBuf, sync::Arc};

use common::{
    file_signature::PICTURE_HEAD_BYTES,
    random_access::{LocalFile, RandomAccess},
    store::Store,
};
use object_store::path::Path as Key;

use super::SubmissionError;

/// A file that has arrived.
#[derive(Clone, Debug)]
pub(crate) enum Arrived {
    /// In the job's folder, under its number.
    InStore(Key),
    /// In the spool of resumable uploads; it goes into the store when all is well with it.
    InSpool(PathBuf),
}

impl Arrived {
    /// Its first bytes, as many as tell its kind.
    pub(super) async fn head(&self, store: &Store) -> Result<Vec<u8>, SubmissionError> {
        match self {
            Self::InStore(key) => Ok(store.stored_file(key).await?.head().to_vec()),
            Self::InSpool(_) => {
                let reader = self.reader(store).await?;
                let size = usize::try_from(reader.size_bytes()).unwrap_or(usize::MAX);
                let mut head = vec![0; PICTURE_HEAD_BYTES.min(size)];
                let read = reader.read_exact_at(&mut head, 0);
                read.map_err(SubmissionError::Look)?;
                Ok(head)
            }
        }
    }

    /// The file, to be read where it is.
    pub(super) async fn reader(
        &self,
        store: &Store,
    ) -> Result<Arc<dyn RandomAccess>, SubmissionError> {
        match self {
            Self::InStore(key) => Ok(store.reader(key).await?),
            Self::InSpool(path) => {
                let file = LocalFile::open(path).map_err(SubmissionError::Look)?;
                Ok(Arc::new(file))
            }
        }
    }
}
