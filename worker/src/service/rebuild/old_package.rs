//! The package that is there while another is made.

use std::{
    io::{self, Read as _},
    sync::{Mutex, PoisonError},
};

use common::{job::DoneFacts, job::JobId, store::JobFolder, store::Store};
use tokio::runtime::Handle;

use super::super::packed_shards::{PackedShard, open_zip};
use crate::{report::RUN_JSON, run_facts::RunFacts};

/// The package that is there.
pub(super) struct OldPackage(Mutex<PackedShard>);

impl OldPackage {
    /// Opens it; not to be called where the runtime is.
    pub(super) fn open(
        store: &Store,
        job: JobId,
        done: &DoneFacts,
        runtime: &Handle,
    ) -> io::Result<Self> {
        let key = JobFolder::of(job).package_of(done);
        let bytes = runtime.block_on(store.reader(&key));
        Ok(Self(Mutex::new(open_zip(
            bytes.map_err(io::Error::other)?,
        )?)))
    }

    /// What it was made with.
    pub(super) fn facts(&self) -> io::Result<RunFacts> {
        Ok(serde_json::from_slice(&self.file(RUN_JSON)?)?)
    }

    /// One file of it.
    pub(super) fn file(&self, name: &str) -> io::Result<Vec<u8>> {
        self.with(|zip| {
            let mut bytes = Vec::new();
            zip.by_name(name)?.read_to_end(&mut bytes)?;
            Ok(bytes)
        })
    }

    /// Does something with the zip itself.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&mut PackedShard) -> io::Result<T>,
    ) -> io::Result<T> {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
