//! Wake-ups in Redis, by apalis-redis.

use std::{future::Future, sync::LazyLock, time::Duration};

use apalis::prelude::TaskSink as _;
use apalis_redis::{Config, RedisStorage};
use futures::TryStreamExt as _;
use redis::{AsyncCommands, Script, aio::ConnectionManager};

use super::{HEARTBEAT, Listener, MISSED_HEARTBEATS, WakeUp, name_of, run_monitor};
use crate::{
    job::{JobId, Lane},
    records::RecordsError,
};

/// apalis-redis 1.0.0 puts every wake-up among those for later first, and cannot take them from
/// there any more once some 8,000 are due: "too many results to unpack". So they are moved at
/// once. No time is looked at, because nothing of ours is for later.
///
/// Keys: wake-ups for later, those for now.
static HURRY: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local later = redis.call('ZPOPMIN', KEYS[1], 1000)
         for place = 1, #later, 2 do redis.call('RPUSH', KEYS[2], later[place]) end
         return #later / 2",
    )
});

/// Keys: workers by the time they were last seen, what is told of a worker, what it has under
/// way. Arguments: its name. It is forgotten when it was silent for an hour and has nothing.
static FORGET: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local seen = redis.call('ZSCORE', KEYS[1], ARGV[1])
         if seen and tonumber(seen) > redis.call('TIME')[1] - 3600 then return 0 end
         if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
         redis.call('ZREM', KEYS[1], ARGV[1])
         return redis.call('DEL', KEYS[2])",
    )
});

/// Keys: wake-ups for now, for later, those that were handled, those that failed, what they say,
/// and what is told of this one. Arguments: its id. One that is being handled is in none of the
/// first four, and stays.
static FORGET_WAKE_UP: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local found = redis.call('LREM', KEYS[1], 0, ARGV[1])
             + redis.call('ZREM', KEYS[2], ARGV[1])
             + redis.call('SREM', KEYS[3], ARGV[1])
             + redis.call('SREM', KEYS[4], ARGV[1])
         if found == 0 then return 0 end
         redis.call('HDEL', KEYS[5], ARGV[1])
         return redis.call('DEL', KEYS[6])",
    )
});

#[derive(Clone)]
pub(super) struct RedisQueue {
    connection: ConnectionManager,
}

impl RedisQueue {
    pub(super) fn new(connection: ConnectionManager) -> Self {
        Self { connection }
    }

    fn storage(&self, lane: Lane) -> RedisStorage<WakeUp> {
        let config = Config::default()
            .queue(name_of(lane))
            // With more than one, apalis-redis 1.0.0 sends no heartbeat while fetched wake-ups
            // wait in its buffer.
            .batch_size(1)
            .emit_events(false)
            .heartbeat_interval(HEARTBEAT)
            .missed_heartbeats(MISSED_HEARTBEATS)
            // Without a time, apalis-redis 1.0.0 asks Redis to forget keys at once.
            .idempotency_ttl(Some(Duration::from_secs(86_400)));
        RedisStorage::new(self.connection.clone()).with_config(config)
    }

    pub(super) async fn wake(&self, wake_up: WakeUp) -> Result<(), RecordsError> {
        let lane = wake_up.task.lane();
        let pushed = self.storage(lane).push(wake_up).await;
        pushed.map_err(|error| RecordsError::Queue(error.into()))?;
        let name = name_of(lane);
        let _: u64 = HURRY
            .key(format!("{name}:scheduled"))
            .key(format!("{name}:active"))
            .invoke_async(&mut self.connection.clone())
            .await?;
        Ok(())
    }

    pub(super) async fn depth(&self, lane: Lane) -> Result<u64, RecordsError> {
        let name = name_of(lane);
        let (active, scheduled): (u64, u64) = redis::pipe()
            .llen(format!("{name}:active"))
            .zcard(format!("{name}:scheduled"))
            .query_async(&mut self.connection.clone())
            .await?;
        Ok(active + scheduled)
    }

    /// apalis-redis keeps payload and result of every wake-up for ever, and all workers that ever
    /// were.
    pub(super) async fn tidy(&self) -> Result<(), RecordsError> {
        for lane in Lane::ALL {
            let name = name_of(lane);
            for set in ["done", "dead"] {
                self.forget_wake_ups(&name, set).await?;
            }
            self.forget_workers(&name).await?;
        }
        Ok(())
    }

    pub(super) async fn forget(&self, job: JobId) -> Result<(), RecordsError> {
        let job = job.to_string();
        for name in Lane::ALL.map(name_of) {
            for id in self.wake_ups_of(&name, &job).await? {
                let keys = ["active", "scheduled", "done", "dead", "data"];
                let mut script = FORGET_WAKE_UP.prepare_invoke();
                for key in keys {
                    script.key(format!("{name}:{key}"));
                }
                let _: u64 = script
                    .key(format!("{name}:meta:{id}"))
                    .arg(id)
                    .invoke_async(&mut self.connection.clone())
                    .await?;
            }
        }
        Ok(())
    }

    /// The ids of a job's wake-ups in a queue.
    async fn wake_ups_of(&self, name: &str, job: &str) -> Result<Vec<String>, RecordsError> {
        let mut connection = self.connection.clone();
        let found = connection
            .hscan::<_, (String, Vec<u8>)>(format!("{name}:data"))
            .await?;
        let all: Vec<(String, Vec<u8>)> = found.try_collect().await?;
        let is_of_job = |payload: &[u8]| {
            let mut places = payload.windows(job.len());
            places.any(|place| place == job.as_bytes())
        };
        let ids = all.into_iter().filter(|(_, payload)| is_of_job(payload));
        Ok(ids.map(|(id, _)| id).collect())
    }

    async fn forget_wake_ups(&self, name: &str, set: &str) -> Result<(), RecordsError> {
        let mut connection = self.connection.clone();
        let set = format!("{name}:{set}");
        loop {
            let ids: Vec<String> = connection.srandmember_multiple(&set, 500).await?;
            if ids.is_empty() {
                return Ok(());
            }
            let metas: Vec<String> = ids.iter().map(|id| format!("{name}:meta:{id}")).collect();
            // They leave the set last: what a crash leaves behind is found again.
            let () = redis::pipe()
                .hdel(format!("{name}:data"), &ids)
                .del(metas)
                .srem(&set, &ids)
                .query_async(&mut connection)
                .await?;
        }
    }

    async fn forget_workers(&self, name: &str) -> Result<(), RecordsError> {
        let prefix = format!("{name}:workers:metadata:");
        let mut connection = self.connection.clone();
        let found = connection.scan_match(format!("{prefix}*")).await?;
        let keys: Vec<String> = found.try_collect().await?;
        for key in keys {
            let worker = key.strip_prefix(&prefix).unwrap_or_default();
            let _: u64 = FORGET
                .key(format!("{name}:workers"))
                .key(&key)
                .key(format!("{name}:inflight:{worker}"))
                .arg(worker)
                .invoke_async(&mut self.connection.clone())
                .await?;
        }
        Ok(())
    }

    pub(super) async fn listen(&self, listener: Listener, stop: impl Future<Output = ()> + Send) {
        let (queue, lane) = (self.clone(), listener.lane);
        run_monitor!(listener, stop, queue.storage(lane));
    }
}
