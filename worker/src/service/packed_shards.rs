//! The packed shards of a job, read where they lie.

use std::{
    io::{self, BufReader},
    sync::Arc,
};

use common::{
    job::JobId,
    random_access::{Cursor, RandomAccess},
    store::{JobFolder, Store},
};
use tokio::runtime::Handle;
use zip::ZipArchive;

/// What is read of a shard at a time. Copies lie one behind the other, but each is looked for
/// anew, and then what was read of the next is dropped.
const BUFFER_BYTES: usize = 64 << 10;

/// The packed shards of a job, which are opened one after the other: there can be thousands.
pub(super) struct PackedShards {
    store: Store,
    folder: JobFolder,
    count: u32,
    runtime: Handle,
}

/// An open shard.
pub(super) type PackedShard = ZipArchive<BufReader<Cursor>>;

impl PackedShards {
    /// The first `count` shards of a job. To be called where the runtime is.
    pub(super) fn of(store: &Store, job: JobId, count: usize) -> Self {
        Self {
            store: store.clone(),
            folder: JobFolder::of(job),
            count: u32::try_from(count).unwrap_or(u32::MAX),
            runtime: Handle::current(),
        }
    }

    /// Opens one after the other; not to be called where the runtime is.
    pub(super) fn open_each(&self) -> impl Iterator<Item = io::Result<PackedShard>> {
        (0..self.count).map(|number| self.open(number))
    }

    /// Opens one; not to be called where the runtime is.
    pub(super) fn open(&self, number: u32) -> io::Result<PackedShard> {
        let key = self.folder.shard(number);
        let bytes = self.runtime.block_on(self.store.reader(&key));
        open_zip(bytes.map_err(io::Error::other)?)
    }
}

/// Opens a zip that lies in the store.
pub(super) fn open_zip(bytes: Arc<dyn RandomAccess>) -> io::Result<PackedShard> {
    let cursor = Cursor::new(bytes);
    Ok(ZipArchive::new(BufReader::with_capacity(
        BUFFER_BYTES,
        cursor,
    ))?)
}
