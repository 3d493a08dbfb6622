//! `trapline-worker jobs`: what the administrator can do with jobs.

use clap::Subcommand;
use common::{
    job::{JobId, Outcome},
    jobs::{Jobs, Standing},
};
use serde_json::{Value, json};

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
        /// The job's id.
        id: JobId,
    },
    /// Take up again the tasks that were set aside.
    Retry {
        /// The job's id.
        id: JobId,
    },
    /// Stop a job for ever.
    Cancel {
        /// The job's id.
        id: JobId,
    },
    /// Delete a job with its upload and its results.
    Delete {
        /// The job's id.
        id: JobId,
    },
}

/// Runs the command.
///
/// # Errors
/// When the service cannot be reached or there is no such job.
pub fn run(command: &JobsCommand) -> anyhow::Result<()> {
    block_on(async {
        let (_, jobs) = open().await?;
        match command {
            JobsCommand::List { dead, json } => list(&jobs, *dead, *json).await,
            JobsCommand::Show { id } => show(&jobs, *id).await,
            JobsCommand::Retry { id } => retry(&jobs, *id).await,
            JobsCommand::Cancel { id } => {
                let is_stopped = known(&jobs, *id).await? && jobs.cancel(*id).await?;
                print(if is_stopped {
                    "cancelled"
                } else {
                    "it was over already"
                });
                Ok(())
            }
            JobsCommand::Delete { id } => {
                known(&jobs, *id).await?;
                jobs.delete(*id).await?;
                print("deleted");
                Ok(())
            }
        }
    })
}

async fn known(jobs: &Jobs, id: JobId) -> anyhow::Result<bool> {
    anyhow::ensure!(
        jobs.store.job_file(id).await?.is_some(),
        "there is no such job"
    );
    Ok(true)
}

async fn list(jobs: &Jobs, dead: bool, json: bool) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for id in jobs.store.jobs().await? {
        let Some(found) = describe(jobs, id).await? else {
            continue;
        };
        let is_dead = found["set_aside"].as_u64().unwrap_or_default() > 0;
        if is_dead || !dead {
            lines.push(found);
        }
    }
    lines.sort_by_key(|line| (line["ended"].is_string(), line["accepted"].to_string()));
    for line in lines {
        if json {
            print(&line.to_string());
        } else {
            let text = |key: &str| line[key].as_str().unwrap_or("-").to_owned();
            let number = |key: &str| line[key].as_u64().map_or("-".to_owned(), |n| n.to_string());
            print(&format!(
                "{}  {:<12} {:>8} of {:>8} images  accepted {}  set aside: {}",
                text("id"),
                text("stage"),
                number("images_done"),
                number("images"),
                text("accepted"),
                number("set_aside"),
            ));
        }
    }
    Ok(())
}

async fn describe(jobs: &Jobs, id: JobId) -> anyhow::Result<Option<Value>> {
    let Some(sight) = jobs.look(id).await? else {
        return Ok(None);
    };
    let mut found = json!({
        "id": id,
        "accepted": sight.file.accepted,
        "uploads": sight.file.uploads.len(),
        "stage": "accepted",
        "set_aside": 0,
    });
    match sight.standing {
        Standing::Accepted => {}
        Standing::OutOfSight => found["stage"] = json!("unknown"),
        Standing::Open(loaded) => {
            let record = &loaded.record;
            let aside = record.tasks().filter(|(_, task)| task.set_aside.is_some());
            found["set_aside"] = json!(aside.count());
            found["stage"] = json!(record.work().map_or("planning", |_| "detecting"));
            found["images"] = json!(record.work().map(|work| work.images));
            found["images_done"] = json!(record.counts().images());
        }
        Standing::Ended(end) => {
            found["ended"] = json!(end.ended);
            found["stage"] = json!(match &end.outcome {
                Outcome::Done(_) => "done",
                Outcome::Rejected(_) => "rejected",
                Outcome::Cancelled => "cancelled",
            });
            if let Outcome::Done(facts) = &end.outcome {
                found["images"] = json!(facts.counts.images());
                found["images_done"] = json!(facts.counts.images());
            }
        }
    }
    Ok(Some(found))
}

async fn show(jobs: &Jobs, id: JobId) -> anyhow::Result<()> {
    known(jobs, id).await?;
    let mut found = describe(jobs, id).await?.unwrap_or_default();
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
    known(jobs, id).await?;
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
