//! Wake-ups in Redis, by apalis-redis.

use std::{future::Future, time::Duration};

use apalis::prelude::TaskSink as _;
use apalis_redis::{Config, RedisStorage};
use redis::{AsyncCommands, aio::ConnectionManager};

use super::{HEARTBEAT, Listener, MISSED_HEARTBEATS, WakeUp, name_of, run_monitor};
use crate::{job::Lane, records::RecordsError};

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
        let pushed = self.storage(wake_up.task.lane()).push(wake_up).await;
        pushed.map_err(|error| RecordsError::Queue(error.into()))
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

    /// apalis-redis keeps payload and result of every wake-up for ever.
    pub(super) async fn tidy(&self) -> Result<(), RecordsError> {
        let mut connection = self.connection.clone();
        for lane in Lane::ALL {
            let name = name_of(lane);
            for set in ["done", "dead"] {
                let set = format!("{name}:{set}");
                loop {
                    let ids: Vec<String> = redis::cmd("SPOP")
                        .arg(&set)
                        .arg(500)
                        .query_async(&mut connection)
                        .await?;
                    if ids.is_empty() {
                        break;
                    }
                    let metas: Vec<String> =
                        ids.iter().map(|id| format!("{name}:meta:{id}")).collect();
                    let () = connection.hdel(format!("{name}:data"), &ids).await?;
                    let () = connection.del(metas).await?;
                }
            }
        }
        Ok(())
    }

    pub(super) async fn listen(&self, listener: Listener, stop: impl Future<Output = ()> + Send) {
        let (queue, lane) = (self.clone(), listener.lane);
        run_monitor!(listener, stop, queue.storage(lane));
    }
}
