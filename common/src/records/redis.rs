//! Records in Redis, for a service on many machines.

use std::{sync::LazyLock, time::Duration};

use async_trait::async_trait;
use redis::{
    AsyncCommands, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use super::{Loaded, RecordStore, RecordsError, revision, text};
use crate::job::{JobId, JobRecord};

/// The index of jobs: ids by the time of their acceptance.
const JOBS: &str = "trapline:jobs";

fn key(job: JobId) -> String {
    format!("trapline:job:{job}")
}

fn note_key(key: &str) -> String {
    format!("trapline:note:{key}")
}

/// Keys: record, index. Arguments: id, accepted, record, revision.
static CREATE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
         redis.call('HSET', KEYS[1], 'record', ARGV[3], 'revision', ARGV[4])
         redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
         return 1",
    )
});

/// Keys: record. Gives record, revision, seconds, microseconds.
static LOAD: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local found = redis.call('HMGET', KEYS[1], 'record', 'revision')
         if not found[1] then return false end
         local time = redis.call('TIME')
         return {found[1], found[2], time[1], time[2]}",
    )
});

/// Keys: record, index. Arguments: id, revision, record (blank: remove).
static SWAP: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('HGET', KEYS[1], 'revision') ~= ARGV[2] then return 0 end
         if ARGV[3] == '' then
             redis.call('DEL', KEYS[1])
             redis.call('ZREM', KEYS[2], ARGV[1])
         else
             redis.call('HSET', KEYS[1], 'record', ARGV[3])
             redis.call('HINCRBY', KEYS[1], 'revision', 1)
         end
         return 1",
    )
});

/// Keys: role. Arguments: holder, milliseconds.
static HOLD: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local holder = redis.call('GET', KEYS[1])
         if holder and holder ~= ARGV[1] then return 0 end
         redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
         return 1",
    )
});

/// Records in Redis.
#[derive(Clone)]
pub struct RedisRecords {
    connection: ConnectionManager,
}

impl RedisRecords {
    /// Connects. The connection comes back by itself when Redis does.
    ///
    /// # Errors
    /// When the address makes no sense or Redis does not answer.
    pub async fn connect(url: &str) -> Result<Self, RecordsError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(5)))
            // A Redis that forks for a snapshot can be silent for longer than the default of
            // half a second.
            .set_response_timeout(Some(Duration::from_secs(30)));
        let client = redis::Client::open(url)?;
        let connection = client.get_connection_manager_with_config(config).await?;
        Ok(Self { connection })
    }

    /// The connection, which the queue shares.
    #[must_use]
    pub fn connection(&self) -> ConnectionManager {
        self.connection.clone()
    }
}

#[async_trait]
impl RecordStore for RedisRecords {
    async fn create(&self, record: &JobRecord) -> Result<bool, RecordsError> {
        let created: u8 = CREATE
            .key(key(record.job))
            .key(JOBS)
            .arg(record.job.to_string())
            .arg(record.accepted_ms)
            .arg(text::write(record)?)
            .arg(revision::first()?)
            .invoke_async(&mut self.connection())
            .await?;
        Ok(created == 1)
    }

    async fn load(&self, job: JobId) -> Result<Option<Loaded>, RecordsError> {
        let found: Option<(String, u64, u64, u64)> = LOAD
            .key(key(job))
            .invoke_async(&mut self.connection())
            .await?;
        let Some((record, revision, seconds, micros)) = found else {
            return Ok(None);
        };
        Ok(Some(Loaded {
            record: text::read(job, &record)?,
            revision,
            now_ms: seconds * 1000 + micros / 1000,
        }))
    }

    async fn swap(
        &self,
        job: JobId,
        revision: u64,
        record: Option<&JobRecord>,
    ) -> Result<bool, RecordsError> {
        let swapped: u8 = SWAP
            .key(key(job))
            .key(JOBS)
            .arg(job.to_string())
            .arg(revision)
            .arg(record.map(text::write).transpose()?.unwrap_or_default())
            .invoke_async(&mut self.connection())
            .await?;
        Ok(swapped == 1)
    }

    async fn remove(&self, job: JobId) -> Result<(), RecordsError> {
        let () = redis::pipe()
            .atomic()
            .del(key(job))
            .ignore()
            .zrem(JOBS, job.to_string())
            .ignore()
            .query_async(&mut self.connection())
            .await?;
        Ok(())
    }

    async fn jobs(&self) -> Result<Vec<JobId>, RecordsError> {
        let ids: Vec<String> = self.connection().zrange(JOBS, 0, -1).await?;
        ids.into_iter()
            .map(|text| text.parse().map_err(|_| RecordsError::NotAJob(text)))
            .collect()
    }

    async fn now_ms(&self) -> Result<u64, RecordsError> {
        let (seconds, micros): (u64, u64) = redis::cmd("TIME")
            .query_async(&mut self.connection())
            .await?;
        Ok(seconds * 1000 + micros / 1000)
    }

    async fn leave_note(
        &self,
        key: &str,
        text: &str,
        lifetime: Duration,
    ) -> Result<(), RecordsError> {
        let milliseconds = milliseconds(lifetime);
        let () = self
            .connection()
            .pset_ex(note_key(key), text, milliseconds)
            .await?;
        Ok(())
    }

    async fn notes(&self, prefix: &str) -> Result<Vec<(String, String)>, RecordsError> {
        let mut connection = self.connection();
        let mut keys = Vec::new();
        let mut cursor = 0_u64;
        loop {
            let (next, found): (u64, Vec<String>) = redis::cmd("SCAN")
                .arg(cursor)
                .arg("MATCH")
                .arg(format!("{}*", literally(&note_key(prefix))))
                .arg("COUNT")
                .arg(1000)
                .query_async(&mut connection)
                .await?;
            keys.extend(found);
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
        keys.sort_unstable();
        keys.dedup();
        let mut notes = Vec::with_capacity(keys.len());
        for key in keys {
            let text: Option<String> = connection.get(&key).await?;
            let name = key.strip_prefix(&note_key("")).unwrap_or(&key).to_owned();
            notes.extend(text.map(|text| (name, text)));
        }
        Ok(notes)
    }

    async fn remove_note(&self, key: &str) -> Result<(), RecordsError> {
        let () = self.connection().del(note_key(key)).await?;
        Ok(())
    }

    async fn hold(
        &self,
        role: &str,
        holder: &str,
        lifetime: Duration,
    ) -> Result<bool, RecordsError> {
        let held: u8 = HOLD
            .key(format!("trapline:role:{role}"))
            .arg(holder)
            .arg(milliseconds(lifetime))
            .invoke_async(&mut self.connection())
            .await?;
        Ok(held == 1)
    }
}

/// A text as a pattern that only it matches.
fn literally(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '*' | '?' | '[' | ']' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis())
        .unwrap_or(u64::MAX)
        .max(1)
}
