//! How long a request waits for records and queue, which may not answer.

use std::time::Duration;

use common::jobs::RECORD_TIME;
use tokio::time::timeout;

/// How long a request waits for what it can do without.
pub(crate) const DEADLINE: Duration = RECORD_TIME;

/// What is asked for, if it comes in time.
pub(crate) async fn in_time<T, E>(asked: impl Future<Output = Result<T, E>>) -> Option<T> {
    timeout(DEADLINE, asked).await.ok()?.ok()
}
