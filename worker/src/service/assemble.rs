//! The last task of the work: all shards become the package.

use std::{collections::BTreeMap, fs::File, io, path::Path, sync::Arc};

use common::{
    job::{DoneFacts, EndFile, JobId, MailKind, Outcome, PlanFile, ShardFacts},
    store::{JobFolder, Store, StoreError},
};
use jiff::Timestamp;

use super::{
    Achieved, PlanFacts,
    detect::{journal_header, run_options},
    environment::Environment,
    error::TaskError,
    kept_results::{self, KeptResults},
    lease::HeldLease,
    listings::JobListing,
    merge,
    packed_shards::PackedShards,
};
use crate::{
    job::TRAPLINE_VERSION,
    run_facts::{ExecutionFacts, RunFacts, per_second},
};

/// Name of the package in the scratch folder.
const PACKAGE: &str = "results.zip";

pub(super) async fn run(env: &Arc<Environment>, held: &HeldLease) -> Result<Achieved, TaskError> {
    let (job, store) = (held.claim.job, &env.jobs.store);
    let folder = JobFolder::of(job);
    if store.end_file(job).await?.is_some() {
        return Ok(Achieved::Ended(MailKind::Done));
    }
    let plan = store.plan_file(job).await?.ok_or(TaskError::Unfounded)?;
    let facts: Option<PlanFacts> = store.get_json(&folder.facts_file()).await?;
    let facts = facts.ok_or(TaskError::fault("the facts of the plan are missing"))?;
    let listing = env.listings.of(env, job).await?;
    let scratch = env.scratch(job)?;
    let shards = Shards::gather(store, job, &plan).await?;
    let place = scratch.path().to_owned();
    let assembled =
        tokio::task::spawn_blocking(move || assemble(&shards, &listing, &plan, facts, &place));
    let done = assembled
        .await
        .map_err(|error| TaskError::Fault(error.into()))??;
    if held.is_stopped() {
        return Err(TaskError::Stopped);
    }
    kept_results::adopt(store, &folder, scratch.path()).await?;
    let package = scratch.path().join(PACKAGE);
    store
        .adopt_download(&folder.package(), &package, &job.package_name())
        .await?;
    let end = EndFile {
        ended: Timestamp::now(),
        outcome: Outcome::Done(done),
    };
    let is_first = store.create_json(&folder.end_file(), &end).await?;
    env.listings.forget(job).await;
    if !is_first {
        withdraw(store, job).await?;
        return Err(TaskError::Stopped);
    }
    // What they hold is in the package now.
    store.remove_below(&folder.shards()).await?;
    store.remove_below(&folder.all_saved()).await?;
    Ok(Achieved::Ended(MailKind::Done))
}

/// Somebody else has ended the job. Where it was stopped, it has no results.
async fn withdraw(store: &Store, job: JobId) -> Result<(), StoreError> {
    let end = store.end_file(job).await?;
    if !end.is_some_and(|end| matches!(end.outcome, Outcome::Cancelled)) {
        return Ok(());
    }
    let folder = JobFolder::of(job);
    for made in [
        folder.package(),
        folder.gallery_file(),
        folder.kept_records(),
    ] {
        store.remove(&made).await?;
    }
    Ok(())
}

/// The finished shards of a job.
struct Shards {
    packed: PackedShards,
    facts: Vec<ShardFacts>,
}

impl Shards {
    async fn gather(store: &Store, job: JobId, plan: &PlanFile) -> Result<Self, TaskError> {
        let count = plan.shards.len();
        let facts = store.shard_facts(job, count).await?;
        let facts: Option<Vec<ShardFacts>> = facts.into_iter().collect();
        Ok(Self {
            packed: PackedShards::of(store, job, count),
            facts: facts.ok_or(TaskError::fault("a shard is missing"))?,
        })
    }

    /// What the workers of all shards say about their work.
    fn execution(&self, images: u64) -> ExecutionFacts {
        let mut execution = ExecutionFacts::default();
        let mut devices: Vec<&str> = Vec::new();
        let mut stages: BTreeMap<String, f64> = BTreeMap::new();
        for facts in &self.facts {
            if !devices.contains(&facts.device.as_str()) {
                devices.push(&facts.device);
            }
            for (stage, seconds) in &facts.stage_seconds {
                *stages.entry(stage.clone()).or_default() += seconds;
            }
            execution.cpu_seconds += facts.cpu_seconds;
            execution.threads = execution.threads.max(facts.threads);
            execution.peak_memory_bytes = execution.peak_memory_bytes.max(facts.peak_memory_bytes);
            execution
                .onnxruntime_version
                .clone_from(&facts.onnxruntime_version);
        }
        let started = self.facts.iter().map(|facts| facts.started).min();
        let finished = self.facts.iter().map(|facts| facts.finished).max();
        if let (Some(started), Some(finished)) = (started, finished) {
            let seconds = finished.duration_since(started).as_secs_f64();
            execution.started = started.to_string();
            execution.finished = finished.to_string();
            execution.wall_seconds = seconds;
            execution.images_per_second = per_second(images, seconds);
        }
        execution.device = devices.join(", ");
        execution.stage_seconds = stages;
        execution
    }
}

fn assemble(
    shards: &Shards,
    listing: &JobListing,
    plan: &PlanFile,
    facts: PlanFacts,
    scratch: &Path,
) -> Result<DoneFacts, TaskError> {
    let options = run_options(listing, plan);
    let header = journal_header(&options, plan);
    let journal = scratch.join("journal.jsonl");
    let mut kept = KeptResults::begin(scratch, plan.threshold)?;
    let merged = merge::merge_records(
        &shards.packed,
        &header,
        plan.threshold,
        &journal,
        |record| kept.add(record),
    )?;
    kept.finish()?;
    if merged.counts.images() == 0 {
        return Err(TaskError::no_images(plan.files));
    }
    let facts = RunFacts {
        trapline_version: TRAPLINE_VERSION.to_owned(),
        options,
        model: facts.model,
        inputs: facts.inputs,
        names: plan.names.clone(),
        execution: shards.execution(merged.counts.images()),
        counts: merged.counts.clone(),
    };
    let reports = scratch.join("reports");
    std::fs::create_dir(&reports)?;
    let package = scratch.join(PACKAGE);
    merge::write_package(&shards.packed, &merged, &facts, &reports, &package)?;
    Ok(DoneFacts {
        counts: merged.counts,
        package_bytes: std::fs::metadata(&package)?.len(),
        package_blake3: hash(&package)?,
        model: facts.model.display_name,
        threshold: plan.threshold,
        is_rebuilt: false,
        corrected: 0,
    })
}

pub(super) fn hash(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}
