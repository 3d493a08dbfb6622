//! Whether this process can take uploads: it tries, now and then, whether what an upload needs can
//! be reached and written.

mod probe;

use std::time::Duration;

use common::{
    jobs::Jobs,
    records::RecordsError,
    store::{StoreError, probe_folder},
    telemetry,
};

use crate::{config::WebConfig, deadline::in_time, space::Space};
use probe::{Found, Probe};

/// The name of this program's trials.
const WHO: &str = "web";
/// How long what was found holds; a bucket counts every try.
const FRESH_FOR: Duration = Duration::from_secs(3);
const BUCKET_FRESH_FOR: Duration = Duration::from_secs(30);
/// How long records may be out of reach before uploads are refused. Until then they are taken: what
/// is accepted is safe in the store, and a Redis that is started again is back before that.
const AWAY_LIMIT: Duration = Duration::from_secs(300);
/// How long a busy disk may keep uploads waiting for its answer before they are refused.
const SLOW_LIMIT: Duration = Duration::from_secs(10);

/// What an upload needs, tried now and then.
pub(crate) struct Readiness {
    jobs: Jobs,
    space: Space,
    records: Probe,
    store: Probe,
    spool: Probe,
}

/// Something that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The records or the queue do not answer.
    RecordsAway,
    /// The records or the queue answer, and cannot be written.
    RecordsRefuse,
    /// The store does not answer, or is gone.
    StoreAway,
    /// The store cannot be written.
    StoreRefuses,
    /// The folder of uploads in parts cannot be written.
    SpoolRefuses,
    /// The disk of the store is nearly full.
    NoSpace,
}

impl Trouble {
    /// What is broken, in words that give nothing away about this machine.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::RecordsAway => "the records and the queue of jobs do not answer",
            Self::RecordsRefuse => "the records and the queue of jobs cannot be written",
            Self::StoreAway => "the store of uploads and results does not answer",
            Self::StoreRefuses => "the store of uploads and results cannot be written",
            Self::SpoolRefuses => "the folder of unfinished uploads cannot be written",
            Self::NoSpace => "the disk of the store is nearly full",
        }
    }
}

impl Readiness {
    /// Nothing is tried yet.
    pub(crate) fn new(config: &WebConfig, jobs: &Jobs, space: &Space) -> Self {
        let is_bucket = jobs.store.local_root().is_none();
        let fresh_for = if is_bucket {
            BUCKET_FRESH_FOR
        } else {
            FRESH_FOR
        };
        let (records, store) = (jobs.records.clone(), jobs.store.clone());
        let spool = config.upload_dir.clone();
        Self {
            jobs: jobs.clone(),
            space: space.clone(),
            records: Probe::new("the records", FRESH_FOR, move || {
                let records = records.clone();
                Box::pin(async move { found_of_records(records.probe(WHO).await) })
            }),
            store: Probe::new("the store", fresh_for, move || {
                let store = store.clone();
                Box::pin(async move { found_of_store(store.probe_writing(WHO).await) })
            }),
            spool: Probe::new("the folder of uploads", FRESH_FOR, move || {
                let folder = spool.clone();
                Box::pin(async move {
                    let tried = probe_folder(folder).await;
                    tried.map_or_else(|error| Found::Refused(error.to_string()), |()| Found::Good)
                })
            }),
        }
    }

    /// Everything that cannot be used now, or could not a few seconds ago.
    pub(crate) async fn troubles(&self) -> Vec<Trouble> {
        let (answers, there, records, store, spool) = futures::join!(
            in_time(self.jobs.records.store().now_ms()),
            in_time(self.jobs.store.probe()),
            self.records.ask(),
            self.store.ask(),
            self.spool.ask(),
        );
        let mut troubles = Vec::new();
        match records {
            Found::Refused(_) => troubles.push(Trouble::RecordsRefuse),
            Found::Away(_) => troubles.push(Trouble::RecordsAway),
            Found::Good if answers.is_none() => troubles.push(Trouble::RecordsAway),
            Found::Good => {}
        }
        match store {
            _ if there.is_none() => troubles.push(Trouble::StoreAway),
            Found::Good => {}
            Found::Refused(_) => troubles.push(Trouble::StoreRefuses),
            Found::Away(_) => troubles.push(Trouble::StoreAway),
        }
        if !matches!(spool, Found::Good) {
            troubles.push(Trouble::SpoolRefuses);
        }
        if self.space.is_full() {
            troubles.push(Trouble::NoSpace);
        }
        troubles
    }

    /// Why no upload is taken now, if none is. That there is no room is said with each upload's
    /// size in view, and not here.
    pub(crate) async fn refusal(&self) -> Option<Trouble> {
        let (records, store, spool) =
            futures::join!(self.records.ask(), self.store.ask(), self.spool.ask());
        let is_bad = |found: &Found, probe: &Probe, limit: Duration| match found {
            Found::Good => false,
            Found::Refused(_) => true,
            Found::Away(_) => probe.bad_for() >= limit,
        };
        if is_bad(&store, &self.store, SLOW_LIMIT) {
            Some(Trouble::StoreRefuses)
        } else if is_bad(&records, &self.records, AWAY_LIMIT) {
            Some(Trouble::RecordsRefuse)
        } else if is_bad(&spool, &self.spool, SLOW_LIMIT) {
            Some(Trouble::SpoolRefuses)
        } else {
            None
        }
    }
}

impl Readiness {
    /// For how long records or store could not be used.
    pub(crate) fn unusable_for(&self) -> Duration {
        self.records.bad_for().max(self.store.bad_for())
    }
}

fn found_of_records(tried: Result<(), RecordsError>) -> Found {
    match tried {
        Ok(()) => Found::Good,
        Err(error) if error.is_out_of_reach() => Found::Away(telemetry::causes(&error)),
        Err(error) => Found::Refused(telemetry::causes(&error)),
    }
}

fn found_of_store(tried: Result<(), StoreError>) -> Found {
    tried.map_or_else(
        |error| Found::Refused(telemetry::causes(&error)),
        |()| Found::Good,
    )
}
