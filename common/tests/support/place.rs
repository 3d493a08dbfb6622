//! The two places in which records and wake-ups can be.

use std::sync::Arc;

use common::{
    queue::{self, Queue, QueueUrl},
    records::{RecordStore, Records, RedisRecords, SqliteRecords},
};
use tempfile::TempDir;

use super::redis_server::{Memory, RedisServer};

/// A back end that nobody else uses.
pub enum Place {
    Sqlite(TempDir),
    Redis(RedisServer),
}

impl Place {
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub fn redis() -> Self {
        Self::Redis(RedisServer::start(Memory::Volatile))
    }

    pub fn durable_redis() -> Self {
        Self::Redis(RedisServer::start(Memory::Durable))
    }

    pub fn url(&self) -> QueueUrl {
        match self {
            Self::Sqlite(folder) => QueueUrl::Sqlite(folder.path().join("queue.db")),
            Self::Redis(server) => server.url(),
        }
    }

    /// A connection of its own, as another process has.
    pub async fn connect(&self) -> Arc<dyn RecordStore> {
        match self.url() {
            QueueUrl::Sqlite(path) => Arc::new(SqliteRecords::open(&path).await.unwrap()),
            QueueUrl::Redis(url) => Arc::new(RedisRecords::connect(url.as_str()).await.unwrap()),
        }
    }

    /// Records and queue over connections of their own.
    pub async fn open(&self) -> (Records, Queue) {
        queue::open(&self.url()).await.unwrap()
    }

    /// Everything in it is lost. What was opened before is of no use any more.
    pub async fn lose_everything(&self) {
        match self {
            Self::Redis(server) => server.flush().await,
            Self::Sqlite(folder) => {
                for name in ["queue.db", "queue.db-wal", "queue.db-shm"] {
                    let _ = std::fs::remove_file(folder.path().join(name));
                }
            }
        }
    }

    pub fn server(&mut self) -> &mut RedisServer {
        match self {
            Self::Redis(server) => server,
            Self::Sqlite(_) => panic!("SQLite has no server"),
        }
    }
}
