//! `trapline-worker queue`, `reconcile` and `sweep`: looking after the service.

use clap::{Args, Subcommand};
use common::{env, job::Lane};
use serde_json::json;

use super::service::{block_on, open};
use crate::{
    progress::print,
    service::{scratch, sweep},
};

/// What `queue` can be asked for.
#[derive(Debug, Subcommand)]
pub enum QueueCommand {
    /// Say who works and how much waits, as JSON.
    Stats,
    /// Let workers take no new tasks; those under way are finished.
    Drain,
    /// Let workers take tasks again.
    Resume,
}

/// What `sweep` can be asked for.
#[derive(Debug, Args)]
pub struct SweepArguments {
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
}

/// Runs `queue`.
///
/// # Errors
/// When the service cannot be reached.
pub fn run(command: &QueueCommand) -> anyhow::Result<()> {
    block_on(async {
        let (_, jobs) = open().await?;
        match command {
            QueueCommand::Stats => {
                let mut waiting = serde_json::Map::new();
                for lane in Lane::ALL {
                    let depth = jobs.queue.depth(lane).await?;
                    waiting.insert(lane.name().to_owned(), depth.into());
                }
                let stats = json!({
                    "drained": jobs.records.is_drained().await?,
                    "unfinished_jobs": jobs.records.store().jobs().await?.len(),
                    "waiting": waiting,
                    "workers": jobs.records.workers().await?,
                });
                print(&serde_json::to_string_pretty(&stats)?);
            }
            QueueCommand::Drain => jobs.records.drain(true).await?,
            QueueCommand::Resume => {
                jobs.records.drain(false).await?;
                jobs.wake_all().await?;
            }
        }
        Ok(())
    })
}

/// Runs `reconcile`: every job whose record is gone gets it again.
///
/// # Errors
/// When the service cannot be reached.
pub fn reconcile() -> anyhow::Result<()> {
    block_on(async {
        let (_, jobs) = open().await?;
        let restored = jobs.restore_all().await?;
        let woken = jobs.wake_due().await?;
        print(&format!(
            "{restored} jobs brought back, {woken} tasks woken"
        ));
        Ok(())
    })
}

/// Runs `sweep`. It says nothing when there was nothing to do, so that cron mails nothing.
///
/// # Errors
/// When the service cannot be reached.
pub fn sweep(arguments: &SweepArguments) -> anyhow::Result<()> {
    block_on(async {
        let (config, jobs) = open().await?;
        let unfinished = scratch::folder(env::maybe_parsed("SCRATCH_DIR")?, &jobs.store)?;
        let swept = sweep::run(&jobs, &config, &unfinished, arguments.dry_run).await?;
        if arguments.dry_run || swept != sweep::Swept::default() {
            let sweep::Swept {
                expired,
                warned,
                orphans,
                scratch,
            } = swept;
            let would = if arguments.dry_run { "would be " } else { "" };
            print(&format!(
                "{expired} jobs {would}deleted, {warned} warned, {orphans} unfinished uploads and \
                 {scratch} folders of dead workers {would}removed"
            ));
        }
        Ok(())
    })
}
