//! What the commands about the running service share.

use std::future::Future;

use anyhow::Context as _;
use common::{config::ServiceConfig, jobs::Jobs};

/// Runs something asynchronous to its end.
///
/// # Errors
/// Those of what is run, or when no threads are to be had.
pub(super) fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the threads of the service")?
        .block_on(work)
}

/// Opens the service that the environment describes.
///
/// # Errors
/// When a setting makes no sense, or store or queue cannot be used.
pub(super) async fn open() -> anyhow::Result<(ServiceConfig, Jobs)> {
    let config = ServiceConfig::from_env()?;
    let jobs = Jobs::open(&config).await?;
    Ok((config, jobs))
}
