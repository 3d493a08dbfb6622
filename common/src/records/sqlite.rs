//! Records in a SQLite file, for a service on one machine.

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Connection as _, Row, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Loaded, RecordStore, RecordsError, error::is_locked, revision, text};
use crate::job::{JobId, JobRecord};

/// Three tables; names that the queue's own tables in the same file do not have.
const SCHEMA: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS job_records (job TEXT PRIMARY KEY, accepted_ms INTEGER NOT NULL, \
     revision INTEGER NOT NULL, record TEXT NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, text TEXT NOT NULL, \
     until_ms INTEGER NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS roles (role TEXT PRIMARY KEY, holder TEXT NOT NULL, \
     until_ms INTEGER NOT NULL) STRICT",
];

/// How soon a file that is locked is tried again.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// Milliseconds since 1970 on the clock of the machine that has the file.
const NOW: &str = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

/// Records in a SQLite file.
#[derive(Clone)]
pub struct SqliteRecords {
    pool: SqlitePool,
}

impl SqliteRecords {
    /// Opens the file, and makes it if it is not there.
    ///
    /// # Errors
    /// When it cannot be opened or is no database.
    pub async fn open(path: &Path) -> Result<Self, RecordsError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A record that was written must outlive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            // What is deleted is gone from the file, too.
            .pragma("secure_delete", "ON");
        let pool = connect(options).await?;
        for statement in SCHEMA {
            sqlx::query(statement).execute(&pool).await?;
        }
        Ok(Self { pool })
    }

    /// The connections, which the queue in the same file shares.
    #[must_use]
    pub fn pool(&self) -> &SqlitePool {
        &self.pool
    }
}

/// Connects. Of programs that begin with a new file at once, all but one may be told that it is
/// locked, however patient they are: SQLite waits for nobody while it changes the journal's mode.
async fn connect(options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let mut more_tries = 10;
    loop {
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .after_release(|connection, _| Box::pin(is_free_of_transactions(connection)));
        match pool.connect_with(options.clone()).await {
            Err(error) if more_tries > 0 && is_locked(&error) => more_tries -= 1,
            connected => return connected,
        }
        tokio::time::sleep(TRY_AGAIN_AFTER).await;
    }
}

/// Whether a connection may be used again. SQLite itself takes a transaction back that a full disk
/// broke (<https://sqlite.org/lang_transaction.html>, 3.), and sqlx 0.9.0 then fails to take it
/// back once more and counts it as open for ever. What it begins next on the same connection is a
/// savepoint, and when that is taken back, the transaction around it stays, with the file locked
/// for everybody. Such a connection is closed.
async fn is_free_of_transactions(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // What was told to the connection before, such as to take a transaction back, is done then.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

#[async_trait]
impl RecordStore for SqliteRecords {
    async fn create(&self, record: &JobRecord) -> Result<bool, RecordsError> {
        let statement = "INSERT INTO job_records (job, accepted_ms, revision, record) \
             VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
        let done = sqlx::query(statement)
            .bind(record.job.to_string())
            .bind(signed(record.accepted_ms))
            .bind(signed(revision::first()?))
            .bind(text::write(record)?)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn load(&self, job: JobId) -> Result<Option<Loaded>, RecordsError> {
        let statement = sqlx::AssertSqlSafe(format!(
            "SELECT revision, record, {NOW} AS now_ms FROM job_records WHERE job = ?"
        ));
        let row = sqlx::query(statement)
            .bind(job.to_string())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Loaded {
            record: text::read(job, row.try_get("record")?)?,
            revision: row.try_get::<i64, _>("revision")?.unsigned_abs(),
            now_ms: row.try_get::<i64, _>("now_ms")?.unsigned_abs(),
        }))
    }

    async fn swap(
        &self,
        job: JobId,
        revision: u64,
        record: Option<&JobRecord>,
    ) -> Result<bool, RecordsError> {
        let done = match record {
            Some(record) => {
                let statement = "UPDATE job_records SET record = ?, revision = revision + 1 \
                     WHERE job = ? AND revision = ?";
                sqlx::query(statement)
                    .bind(text::write(record)?)
                    .bind(job.to_string())
                    .bind(signed(revision))
                    .execute(&self.pool)
                    .await?
            }
            None => {
                sqlx::query("DELETE FROM job_records WHERE job = ? AND revision = ?")
                    .bind(job.to_string())
                    .bind(signed(revision))
                    .execute(&self.pool)
                    .await?
            }
        };
        Ok(done.rows_affected() == 1)
    }

    async fn remove(&self, job: JobId) -> Result<(), RecordsError> {
        sqlx::query("DELETE FROM job_records WHERE job = ?")
            .bind(job.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn jobs(&self) -> Result<Vec<JobId>, RecordsError> {
        let rows = sqlx::query("SELECT job FROM job_records ORDER BY accepted_ms, job")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let text: String = row.try_get("job")?;
                text.parse().map_err(|_| RecordsError::NotAJob(text))
            })
            .collect()
    }

    async fn now_ms(&self) -> Result<u64, RecordsError> {
        let statement = sqlx::AssertSqlSafe(format!("SELECT {NOW}"));
        let now: i64 = sqlx::query_scalar(statement).fetch_one(&self.pool).await?;
        Ok(now.unsigned_abs())
    }

    async fn leave_note(
        &self,
        key: &str,
        text: &str,
        lifetime: Duration,
    ) -> Result<(), RecordsError> {
        let statement = sqlx::AssertSqlSafe(format!(
            "INSERT INTO notes (key, text, until_ms) VALUES (?, ?, {NOW} + ?) \
             ON CONFLICT (key) DO UPDATE SET text = excluded.text, until_ms = excluded.until_ms"
        ));
        sqlx::query(statement)
            .bind(key)
            .bind(text)
            .bind(milliseconds(lifetime))
            .execute(&self.pool)
            .await?;
        let statement = sqlx::AssertSqlSafe(format!("DELETE FROM notes WHERE until_ms <= {NOW}"));
        sqlx::query(statement).execute(&self.pool).await?;
        Ok(())
    }

    async fn notes(&self, prefix: &str) -> Result<Vec<(String, String)>, RecordsError> {
        let statement = sqlx::AssertSqlSafe(format!(
            "SELECT key, text FROM notes WHERE substr(key, 1, length(?1)) = ?1 \
             AND until_ms > {NOW} ORDER BY key"
        ));
        Ok(sqlx::query_as(statement)
            .bind(prefix)
            .fetch_all(&self.pool)
            .await?)
    }

    async fn remove_note(&self, key: &str) -> Result<(), RecordsError> {
        sqlx::query("DELETE FROM notes WHERE key = ?")
            .bind(key)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn hold(
        &self,
        role: &str,
        holder: &str,
        lifetime: Duration,
    ) -> Result<bool, RecordsError> {
        let statement = sqlx::AssertSqlSafe(format!(
            "INSERT INTO roles (role, holder, until_ms) VALUES (?, ?, {NOW} + ?) \
             ON CONFLICT (role) DO UPDATE SET holder = excluded.holder, \
             until_ms = excluded.until_ms \
             WHERE roles.holder = excluded.holder OR roles.until_ms <= {NOW}"
        ));
        let done = sqlx::query(statement)
            .bind(role)
            .bind(holder)
            .bind(milliseconds(lifetime))
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}

/// SQLite's integers are signed; ours are times and counters that stay far below its limit.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Leaves a note in a transaction that is given up. Whether it could be written.
    async fn leave_and_give_up(records: &SqliteRecords, bytes: usize, is_full: bool) -> bool {
        let mut transaction = records.pool.begin().await.unwrap();
        if is_full {
            // No more pages than there are.
            let limit = sqlx::query("PRAGMA max_page_count = 1");
            limit.execute(&mut *transaction).await.unwrap();
        }
        let left = sqlx::query("INSERT INTO notes VALUES ('a', ?, 0)").bind("x".repeat(bytes));
        left.execute(&mut *transaction).await.is_ok()
    }

    #[tokio::test]
    async fn a_transaction_that_a_full_disk_broke_leaves_nothing_locked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue.db");
        let records = SqliteRecords::open(&path).await.unwrap();
        let others = SqliteRecords::open(&path).await.unwrap();
        for _ in 0..8 {
            assert!(!leave_and_give_up(&records, 1 << 20, true).await);
        }
        assert!(leave_and_give_up(&records, 1, false).await);
        let minute = Duration::from_secs(60);
        others.leave_note("b", "", minute).await.unwrap();
        records.leave_note("c", "", minute).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_deleted_cannot_be_read_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue.db");
        let records = SqliteRecords::open(&path).await.unwrap();
        let (mark, minute) = ("deleted for good", Duration::from_secs(60));
        records.leave_note("a", mark, minute).await.unwrap();
        records.remove_note("a").await.unwrap();
        let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
        checkpoint.execute(&records.pool).await.unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(16).any(|part| part == mark.as_bytes()));
    }
}
