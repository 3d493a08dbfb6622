//! What every request needs.

use std::{io, net::IpAddr, ops::Deref, sync::Arc, time::Duration};

use common::{Mailbox, jobs::Jobs};
use tokio::sync::watch;

use crate::{
    config::WebConfig,
    metrics::Metrics,
    own_hosts::OwnHosts,
    quota::KeyedQuota,
    readiness::Readiness,
    results::{JobExistenceCache, ResultsCache},
    resumable::Spool,
    space::Space,
    upload::FormUploads,
    workload::WorkloadWatch,
    wrong_ids::WrongIds,
};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// What every request needs; a clone is the same state.
#[derive(Clone)]
pub(crate) struct State(Arc<Parts>);

/// The parts of the state.
pub(crate) struct Parts {
    pub(crate) config: WebConfig,
    pub(crate) jobs: Jobs,
    /// The results that were looked at last.
    pub(crate) results: ResultsCache,
    /// The jobs that were there a moment ago.
    pub(crate) existence: JobExistenceCache,
    pub(crate) space: Space,
    /// Whether uploads can be taken.
    pub(crate) readiness: Readiness,
    /// Where uploads by form go.
    pub(crate) forms: FormUploads,
    /// Resumable uploads that are no job yet.
    pub(crate) spool: Spool,
    pub(crate) metrics: Metrics,
    pub(crate) workload: WorkloadWatch,
    /// Uploads of each client address.
    pub(crate) uploads: KeyedQuota<IpAddr>,
    /// Addresses of jobs that each client made up.
    pub(crate) wrong_ids: WrongIds,
    /// The names that this service is reached by.
    pub(crate) own_hosts: OwnHosts,
    /// Sets of resumable uploads of each client address.
    pub(crate) sets: KeyedQuota<IpAddr>,
    /// Mails to each recipient, whichever of his addresses is written.
    pub(crate) mails: KeyedQuota<Mailbox>,
    /// Becomes true when the program is about to end.
    pub(crate) is_stopping: watch::Receiver<bool>,
}

impl State {
    /// The state of a program that has just started.
    ///
    /// # Errors
    /// When the folder of resumable uploads cannot be used.
    pub(crate) fn new(
        config: WebConfig,
        jobs: Jobs,
        metrics: Metrics,
        is_stopping: watch::Receiver<bool>,
    ) -> io::Result<Self> {
        let space = Space::of(&jobs.store, config.min_free_bytes);
        Ok(Self(Arc::new(Parts {
            forms: FormUploads::new(&config, &jobs.store, &space, metrics.upload_bytes.clone()),
            spool: Spool::open(&config, &space, metrics.upload_bytes.clone())?,
            readiness: Readiness::new(&config, &jobs, &space),
            space,
            results: ResultsCache::new(jobs.store.clone()),
            existence: JobExistenceCache::new(jobs.store.clone()),
            workload: WorkloadWatch::new(jobs.records.clone()),
            wrong_ids: WrongIds::new(config.wrong_ids_per_minute),
            own_hosts: OwnHosts::of(&config),
            uploads: KeyedQuota::new(config.uploads_per_hour, HOUR),
            sets: KeyedQuota::new(config.uploads_per_hour, HOUR),
            mails: KeyedQuota::new(config.mails_per_day, DAY),
            config,
            jobs,
            metrics,
            is_stopping,
        })))
    }
}

impl Deref for State {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
