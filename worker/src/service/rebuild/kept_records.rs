//! The records that a job kept when it ended.

use std::{
    io::{self, BufRead as _, BufReader},
    sync::Arc,
};

use common::{
    MediaRecord,
    job::JobId,
    random_access::{Cursor, RandomAccess},
    store::{JobFolder, Store},
};
use tokio::runtime::Handle;

use super::error::RebuildError;

/// What is read at a time.
const BUFFER_BYTES: usize = 1 << 20;

/// The kept records of a job, to be read as often as needed.
pub(super) struct KeptRecords(Arc<dyn RandomAccess>);

impl KeptRecords {
    /// Finds them; not to be called where the runtime is.
    pub(super) fn of(store: &Store, job: JobId, runtime: &Handle) -> Result<Self, RebuildError> {
        let key = JobFolder::of(job).kept_records();
        if runtime.block_on(store.find(&key))?.is_none() {
            return Err(RebuildError::impossible(
                "This job was finished by an earlier version of Trapline, which kept nothing to make another package of.",
            ));
        }
        Ok(Self(runtime.block_on(store.reader(&key))?))
    }

    /// All of them, from the first.
    pub(super) fn read(&self) -> impl Iterator<Item = io::Result<MediaRecord>> + use<> {
        let cursor = Cursor::new(Arc::clone(&self.0));
        let lines = BufReader::with_capacity(BUFFER_BYTES, cursor).lines();
        lines.map(|line| Ok(serde_json::from_str(&line?)?))
    }
}
