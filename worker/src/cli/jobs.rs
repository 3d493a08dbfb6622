//! `trapline-worker jobs`: what the administrator can do with jobs.

mod damaged;
mod name;
mod report;

use anyhow::Context as _;
use clap::Subcommand;
use common::{
    config::ServiceConfig,
    job::{JobId, MailKind},
    jobs::Jobs,
    store::JobFolder,
};
use serde::Serialize;
use serde_json::json;

use self::{damaged::DamagedJob, name::JobName, report::JobReport};
use super::service::{block_on, open};
use crate::progress::print;

/// What `jobs` can be asked for.
#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// List jobs, the unfinished first.
    List {
        /// Only jobs with tasks that were set aside after failing too often.
        #[arg(long)]
        dead: bool,
        /// One JSON object for each job.
        #[arg(long)]
        json: bool,
    },
    /// Show a job with its open tasks, as JSON.
    Show {
        /// The job's id, or its tag as logs have it.
        job: JobName,
    },
    /// Take up again the tasks that were set aside.
    Retry {
        /// The job's id, or its tag as logs have it.
        job: JobName,
    },
    /// Stop a job for ever.
    Cancel {
        /// The job's id, or its tag as logs have it.
        job: JobName,
    },
    /// Delete a job with its upload and its results.
    Delete {
        /// The job's id, or its tag as logs have it.
        job: JobName,
    },
}

/// What is said where there is no such job.
const NO_SUCH_JOB: &str = "there is no such job";

/// Runs the command.
///
/// # Errors
/// When the service cannot be reached or there is no such job.
pub fn run(command: &JobsCommand) -> anyhow::Result<()> {
    block_on(async {
        let (config, jobs) = open().await?;
        match command {
            JobsCommand::List { dead, json } => list(&jobs, &config, *dead, *json).await,
            JobsCommand::Show { job } => show(&jobs, &config, job.find(&jobs).await?).await,
            JobsCommand::Retry { job } => retry(&jobs, job.find(&jobs).await?).await,
            JobsCommand::Cancel { job } => {
                let is_stopped = jobs.cancel(job.find(&jobs).await?).await?;
                print(if is_stopped {
                    "cancelled"
                } else {
                    "it was over already"
                });
                Ok(())
            }
            JobsCommand::Delete { job } => {
                jobs.delete(job.find(&jobs).await?).await?;
                print("deleted");
                Ok(())
            }
        }
    })
}

async fn list(jobs: &Jobs, config: &ServiceConfig, dead: bool, json: bool) -> anyhow::Result<()> {
    let (mut found, mut damaged) = (Vec::new(), Vec::new());
    for id in jobs.store.jobs().await? {
        match JobReport::of(jobs, config, id).await {
            Ok(Some(report)) if report.set_aside > 0 || !dead => found.push(report),
            Ok(_) => {}
            // One of them must not hide all others.
            Err(error) => damaged.push(DamagedJob::of(id, error)?),
        }
    }
    found.sort_by_key(|report| (report.ended.is_some(), report.accepted));
    for job in damaged {
        print(&line(&job, json)?);
    }
    for report in found {
        print(&line(&report, json)?);
    }
    Ok(())
}

/// A job in a list.
fn line<T: Serialize + ToString>(job: &T, json: bool) -> serde_json::Result<String> {
    if json {
        serde_json::to_string(job)
    } else {
        Ok(job.to_string())
    }
}

async fn show(jobs: &Jobs, config: &ServiceConfig, id: JobId) -> anyhow::Result<()> {
    let mut found = match JobReport::of(jobs, config, id).await {
        Ok(report) => json!(report.context(NO_SUCH_JOB)?),
        Err(error) => json!(DamagedJob::of(id, error)?),
    };
    if let Some(loaded) = jobs.records.store().load(id).await? {
        let tasks = loaded.record.tasks().map(|(task, state)| {
            json!({
                "task": task,
                "worker": state.worker(loaded.now_ms),
                "crashes": state.crashes,
                "faults": state.faults,
                "set_aside": state.set_aside,
            })
        });
        found["tasks"] = tasks.collect();
    }
    print(&serde_json::to_string_pretty(&found)?);
    Ok(())
}

async fn retry(jobs: &Jobs, id: JobId) -> anyhow::Result<()> {
    // If it is stuck once more, its owner is to hear of it once more.
    let told = JobFolder::of(id).mail(MailKind::Stuck);
    jobs.store.remove(&told).await?;
    let mut taken_up = 0;
    let changed = jobs.change_and_wake(id, |record, _| {
        taken_up = record.take_up();
        Ok::<_, std::convert::Infallible>(())
    });
    match changed.await {
        Ok(_) => print(&format!("{taken_up} tasks are taken up again")),
        Err(common::records::ChangeError::NoRecord) => {
            let is_restored = jobs.restore(id).await?;
            print(if is_restored {
                "its record is made again"
            } else {
                "nothing is left to do"
            });
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
