//! Wake-ups in the SQLite file, by apalis-sqlite.

use std::{future::Future, time::Duration};

use apalis::prelude::TaskSink as _;
use apalis_sqlite::{Config, SqliteStorage};
use sqlx::SqlitePool;

use super::{HEARTBEAT, Listener, MISSED_HEARTBEATS, WakeUp, name_of, run_monitor};
use crate::{
    job::{JobId, Lane},
    records::RecordsError,
};

/// How soon the tables are looked at again when they could not be made.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(100);

#[derive(Clone)]
pub(super) struct SqliteQueue {
    pool: SqlitePool,
}

impl SqliteQueue {
    /// Makes the tables. `SqliteStorage::setup` would also switch off waiting for the disk, on
    /// whichever connection it gets.
    ///
    /// sqlx locks nothing while it does: of two programs that begin with a new file at once, one
    /// finds done what it was about to do, and fails. It sees so when it looks again.
    pub(super) async fn prepare(pool: SqlitePool) -> Result<Self, RecordsError> {
        // It may find so once for each table.
        let migrations = SqliteStorage::<()>::migrations();
        let mut more_looks = migrations.iter().count() + 10;
        while let Err(error) = migrations.run(&pool).await {
            if more_looks == 0 {
                return Err(sqlx::Error::from(error).into());
            }
            more_looks -= 1;
            tokio::time::sleep(LOOK_AGAIN_AFTER).await;
        }
        Ok(Self { pool })
    }

    fn storage(&self, lane: Lane) -> SqliteStorage<WakeUp> {
        let config = Config::default()
            .queue(name_of(lane))
            // With more than one, apalis 1.0.0 sends no heartbeat while fetched wake-ups wait in
            // its buffer.
            .batch_size(1)
            .heartbeat_interval(HEARTBEAT)
            .missed_heartbeats(MISSED_HEARTBEATS);
        SqliteStorage::new(&self.pool).with_config(config)
    }

    pub(super) async fn wake(&self, wake_up: WakeUp) -> Result<(), RecordsError> {
        let pushed = self.storage(wake_up.task.lane()).push(wake_up).await;
        pushed.map_err(|error| RecordsError::Queue(error.into()))
    }

    pub(super) async fn depth(&self, lane: Lane) -> Result<u64, RecordsError> {
        let statement = "SELECT COUNT(*) FROM Jobs WHERE job_type = ? AND status = 'Pending'";
        let depth: i64 = sqlx::query_scalar(statement)
            .bind(name_of(lane))
            .fetch_one(&self.pool)
            .await?;
        Ok(depth.unsigned_abs())
    }

    /// apalis-sqlite keeps every wake-up for ever, and all workers that ever were.
    pub(super) async fn tidy(&self) -> Result<(), RecordsError> {
        for statement in [
            "DELETE FROM Jobs WHERE status IN ('Done', 'Failed', 'Killed')",
            "DELETE FROM Workers WHERE last_seen < unixepoch() - 3600 \
             AND id NOT IN (SELECT lock_by FROM Jobs WHERE lock_by IS NOT NULL)",
        ] {
            sqlx::query(statement).execute(&self.pool).await?;
        }
        Ok(())
    }

    pub(super) async fn forget(&self, job: JobId) -> Result<(), RecordsError> {
        let statement = "DELETE FROM Jobs WHERE status IN ('Pending', 'Done', 'Failed', 'Killed') \
             AND instr(CAST(job AS TEXT), ?) > 0";
        sqlx::query(statement)
            .bind(job.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(super) async fn listen(&self, listener: Listener, stop: impl Future<Output = ()> + Send) {
        let (queue, lane) = (self.clone(), listener.lane);
        run_monitor!(listener, stop, queue.storage(lane));
    }
}
