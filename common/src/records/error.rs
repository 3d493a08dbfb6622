//! What can go wrong with a back end.

use crate::job::NoRandomness;

/// The back end of the records, or of the queue, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// Redis does not answer, or refuses.
    #[error("Redis: {0}")]
    Redis(#[from] redis::RedisError),
    /// The database file cannot be read or written.
    #[error("SQLite: {0}")]
    Sqlite(#[from] sqlx::Error),
    /// A wake-up could not be put into the queue.
    #[error("the queue: {0}")]
    Queue(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A record was written by a program that this one does not understand.
    #[error("the record of job {tag} cannot be read; is an older worker still running?")]
    Unreadable {
        /// The job's short name.
        tag: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A key holds something that is not ours.
    #[error("'{0}' stands where a job id belongs")]
    NotAJob(String),
    /// A new record could not be numbered.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl RecordsError {
    /// Whether the back end cannot be reached, as a server that is started again or far away, or a
    /// file that others hold for long because its disk is slow. One that answers and refuses, and a
    /// file that cannot be used, are no such case.
    #[must_use]
    pub fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Redis(error) => {
                error.is_io_error() || error.is_timeout() || error.is_connection_dropped()
            }
            Self::Sqlite(error) => is_locked(error) || matches!(error, sqlx::Error::PoolTimedOut),
            _ => false,
        }
    }
}

/// SQLITE_BUSY, with whatever SQLite adds above the first byte (<https://sqlite.org/rescode.html>).
pub(super) fn is_locked(error: &sqlx::Error) -> bool {
    const BUSY: i32 = 5;
    let code = error.as_database_error().and_then(|error| error.code());
    let code = code.and_then(|code| code.parse::<i32>().ok());
    code.is_some_and(|code| code & 0xff == BUSY)
}
