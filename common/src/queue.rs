//! Waking workers, by apalis.
//!
//! A wake-up says "look at this task" and nothing more: whether there is something to do stands in
//! the [record](crate::job::JobRecord). Lost wake-ups are repeated, doubled ones are answered with
//! "not open". So nothing that apalis or its back ends do can lose a job or do it twice.

mod redis;
mod slots;
mod sqlite;
mod steady_poll;
mod url;

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use futures::FutureExt as _;
use serde::{Deserialize, Serialize};

use self::slots::Slots;
pub use self::url::{InvalidQueueUrl, QueueUrl};
use crate::{
    job::{JobId, Lane, Task},
    records::{Records, RecordsError, RedisRecords, SqliteRecords},
};

/// How often a worker looks for wake-ups.
const POLL: Duration = Duration::from_millis(250);
/// How often a worker tells apalis that it lives, and how many times it may miss that.
const HEARTBEAT: Duration = Duration::from_secs(5);
const MISSED_HEARTBEATS: usize = 6;

/// How long apalis may take to end by itself.
const STOP_PATIENCE: Duration = Duration::from_secs(1);

/// Tells a worker to look at a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WakeUp {
    /// The job.
    pub job: JobId,
    /// The task.
    pub task: Task,
}

/// What a worker does with a wake-up. It never fails: what goes wrong is kept in the record.
pub type Handler = Arc<dyn Fn(WakeUp) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Who listens, and for what.
#[derive(Clone)]
pub struct Listener {
    /// The worker's name, new at every start.
    pub worker: String,
    /// The queue.
    pub lane: Lane,
    /// How many wake-ups it handles at a time.
    pub slots: usize,
    /// What it does with them.
    pub handler: Handler,
}

/// The wake-ups of all jobs.
#[derive(Clone)]
pub struct Queue(Backend);

#[derive(Clone)]
enum Backend {
    Redis(redis::RedisQueue),
    Sqlite(sqlite::SqliteQueue),
}

/// Opens the records and the queue at an address.
///
/// # Errors
/// When the back end does not answer or the file cannot be opened.
pub async fn open(url: &QueueUrl) -> Result<(Records, Queue), RecordsError> {
    match url {
        QueueUrl::Redis(url) => {
            let records = RedisRecords::connect(url.as_str()).await?;
            let queue = redis::RedisQueue::new(records.connection());
            let queue = Queue(Backend::Redis(queue));
            Ok((Records::new(Arc::new(records)), queue))
        }
        QueueUrl::Sqlite(path) => {
            let records = SqliteRecords::open(path).await?;
            let queue = sqlite::SqliteQueue::prepare(records.pool().clone()).await?;
            let queue = Queue(Backend::Sqlite(queue));
            Ok((Records::new(Arc::new(records)), queue))
        }
    }
}

impl Queue {
    /// Puts a wake-up at the end of its queue.
    ///
    /// # Errors
    /// When the back end fails. The reconciler repeats it later.
    pub async fn wake(&self, wake_up: WakeUp) -> Result<(), RecordsError> {
        match &self.0 {
            Backend::Redis(queue) => queue.wake(wake_up).await,
            Backend::Sqlite(queue) => queue.wake(wake_up).await,
        }
    }

    /// How many wake-ups wait in a queue.
    ///
    /// # Errors
    /// When the back end fails.
    pub async fn depth(&self, lane: Lane) -> Result<u64, RecordsError> {
        match &self.0 {
            Backend::Redis(queue) => queue.depth(lane).await,
            Backend::Sqlite(queue) => queue.depth(lane).await,
        }
    }

    /// Removes what apalis keeps of wake-ups that were handled.
    ///
    /// # Errors
    /// When the back end fails.
    pub async fn tidy(&self) -> Result<(), RecordsError> {
        match &self.0 {
            Backend::Redis(queue) => queue.tidy().await,
            Backend::Sqlite(queue) => queue.tidy().await,
        }
    }

    /// Removes the wake-ups of a job, but for those that are being handled: they are
    /// [tidied](Self::tidy) away afterwards.
    ///
    /// # Errors
    /// When the back end fails.
    pub async fn forget(&self, job: JobId) -> Result<(), RecordsError> {
        match &self.0 {
            Backend::Redis(queue) => queue.forget(job).await,
            Backend::Sqlite(queue) => queue.forget(job).await,
        }
    }

    /// Handles wake-ups until `stop` ends, then waits for those under way. When the back end
    /// fails, it begins anew.
    pub async fn listen(&self, listener: Listener, stop: impl Future<Output = ()> + Send) {
        let slots = Slots::new(listener.slots);
        let listener = Listener {
            handler: slots.bound(listener.handler),
            ..listener
        };
        let stop = async {
            stop.await;
            slots.stop();
        };
        match &self.0 {
            Backend::Redis(queue) => queue.listen(listener, stop).await,
            Backend::Sqlite(queue) => {
                // Told to stop, apalis waits for the work under way, but no longer goes on with its
                // own transaction, if it was amid one; and the work waits for that transaction to
                // enter what came of it. So after a while apalis is dropped, which ends its
                // transaction. The work does not depend on it.
                let stop = stop.shared();
                let patience = stop.clone().then(|()| tokio::time::sleep(STOP_PATIENCE));
                tokio::select! {
                    () = queue.listen(listener, stop) => {}
                    () = patience => {}
                }
            }
        }
        slots.all_free().await;
    }
}

/// The name of a lane's queue in a back end.
fn name_of(lane: Lane) -> String {
    format!("trapline:wake:{}", lane.name())
}

/// The handler as apalis calls it. The work runs in a task of its own: when the connection breaks,
/// apalis drops what it was waiting for, but the work goes on.
async fn handle(
    wake_up: WakeUp,
    handler: apalis::prelude::Data<Handler>,
) -> Result<(), apalis::prelude::BoxDynError> {
    if tokio::spawn(handler(wake_up)).await.is_err() {
        tracing::error!(job = wake_up.job.tag(), task = %wake_up.task, "a task panicked");
    }
    Ok(())
}

/// Builds and runs the monitor of a lane; the back end differs, nothing else.
macro_rules! run_monitor {
    ($listener:expr, $stop:expr, $storage:expr) => {{
        use apalis::{
            layers::WorkerBuilderExt as _,
            prelude::{Monitor, WorkerBuilder},
        };
        use apalis_core::backend::ext::BackendExt as _;
        use $crate::queue::steady_poll::SteadyPoll;

        let listener: $crate::queue::Listener = $listener;
        let name = format!("{}-{}", listener.worker, listener.lane.name());
        let build = move |restarts: usize| {
            WorkerBuilder::new(format!("{name}-{restarts}"))
                .backend($storage.poll_with_strategy(SteadyPoll::new($crate::queue::POLL)))
                .data(std::sync::Arc::clone(&listener.handler))
                .concurrency(listener.slots)
                .build($crate::queue::handle)
        };
        let ended = Monitor::new()
            .register(build)
            .should_restart(|_, error| {
                tracing::warn!(%error, "the queue failed; beginning anew");
                // The only place to wait; the runtime has other threads.
                std::thread::sleep(std::time::Duration::from_millis(500));
                true
            })
            .run_with_signal(async {
                $stop.await;
                Ok(())
            })
            .await;
        if let Err(error) = ended {
            tracing::warn!(%error, "the queue did not end well");
        }
    }};
}
use run_monitor;
