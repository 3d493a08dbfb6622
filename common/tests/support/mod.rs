//! What the contract tests share: the two back ends of the queue, with a Redis server of their
//! own, and programs written in Python.
#![allow(
    dead_code,
    unused_macros,
    unreachable_pub,
    reason = "every test binary uses its own part, and nothing outside uses any"
)]

#[macro_use]
mod both_back_ends;
pub mod job;
pub mod mail_server;
pub mod place;
pub mod python_server;
pub mod redis_server;
pub mod s3_server;

use std::time::Duration;

/// Longer than anything here takes on a busy machine; it only ends tests that would never end.
pub const DEADLINE: Duration = Duration::from_secs(90);

/// Waits for something that is bound to happen.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future)
        .await
        .unwrap_or_else(|_| panic!("{what} did not happen within {DEADLINE:?}"))
}

/// Asks again and again until the answer is yes.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let asking = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    soon(what, asking).await;
}
