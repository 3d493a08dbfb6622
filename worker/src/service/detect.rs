//! A shard: its images go through the engine's pipeline; records and copies become one file.

use std::{ops::Range, path::Path, sync::Arc};

use common::{
    Counts,
    job::{PlanFile, ShardFacts, ShardSpan},
    store::JobFolder,
};
use jiff::Timestamp;

use super::{
    Achieved, environment::Environment, fault::TaskError, held_claim::HeldClaim,
    listings::JobListing,
};
use crate::{
    detector::pool::DetectorHandle,
    job::{JobError, TRAPLINE_VERSION},
    journal::{Journal, JournalHeader, JournalRecords},
    package::Package,
    pipeline::{self, Ending, claims::Claims, inspect::PipelineContext, stage::StageClock},
    report::RecordSource as _,
    resources::ResourceUse,
    run_facts::RunOptions,
};

/// Name of the packed shard in the scratch folder.
const PACKED: &str = "shard.zip";

pub(super) async fn run(
    env: &Arc<Environment>,
    held: &HeldClaim,
    shard: u32,
) -> Result<Achieved, TaskError> {
    let (job, store) = (held.claim.job, &env.jobs.store);
    let folder = JobFolder::of(job);
    // A shard that is there was finished by a worker that died before it could say so.
    if let Some(facts) = store
        .get_json::<ShardFacts>(&folder.shard_facts(shard))
        .await?
    {
        return Ok(Achieved::Detected(Box::new(facts.counts)));
    }
    let plan = store.plan_file(job).await?.ok_or(TaskError::Unfounded)?;
    let span = plan.shards.get(shard as usize).copied();
    let span = span.ok_or(TaskError::fault("the plan has no such shard"))?;
    let listing = env.listings.of(env, job).await?;
    if listing.files.fingerprint() != plan.fingerprint {
        return Err(TaskError::fault("the upload is not what was planned"));
    }
    let scratch = env.scratch(job)?;
    let (worker, claim, place) = (Arc::clone(env), held.clone(), scratch.path().to_owned());
    let work = move || detect(&worker, &claim, &listing, &plan, span, &place);
    let facts = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| TaskError::Fault(error.into()))??;
    let packed = scratch.path().join(PACKED);
    store.adopt_file(&folder.shard(shard), &packed).await?;
    store.put_json(&folder.shard_facts(shard), &facts).await?;
    Ok(Achieved::Detected(Box::new(facts.counts)))
}

/// How the engine is to run this job.
pub(super) fn run_options(listing: &JobListing, plan: &PlanFile) -> RunOptions {
    let options = &listing.file.options;
    RunOptions {
        threshold: plan.threshold,
        blur: options.blur.clone(),
        annotate: options.annotate,
        originals: options.originals,
        strip_gps: options.strip_gps,
        full_decode: false,
    }
}

fn detect(
    env: &Environment,
    held: &HeldClaim,
    listing: &JobListing,
    plan: &PlanFile,
    span: ShardSpan,
    scratch: &Path,
) -> Result<ShardFacts, TaskError> {
    let mut slot = env.models.slot_with(plan)?;
    let model = slot.as_mut().ok_or(TaskError::fault("the slot is free"))?;
    let options = run_options(listing, plan);
    let package = Package::begin(&scratch.join("package"), false).map_err(JobError::from)?;
    let header = journal_header(&options, plan);
    let mut journal = Journal::create(&package.journal(), &header).map_err(JobError::from)?;
    let clock = StageClock::default();
    let context = PipelineContext {
        listing: &listing.files,
        span: files_of(span),
        package: &package,
        options: &options,
        input_rule: &model.input_rule,
        limits: env.engine.decode_limits,
        clock: &clock,
    };
    let (started, cpu_before) = (Timestamp::now(), ResourceUse::now().cpu_seconds);
    let counts = look_at_all(&context, &mut model.handles, &mut journal, held)?;
    pack(&package, &scratch.join(PACKED))?;
    let used = ResourceUse::now();
    Ok(ShardFacts {
        counts,
        started,
        finished: Timestamp::now(),
        device: model.device.to_string(),
        onnxruntime_version: env.models.onnxruntime_version(),
        threads: model.handles.len(),
        stage_seconds: clock.seconds(),
        cpu_seconds: used.cpu_seconds - cpu_before,
        peak_memory_bytes: used.peak_memory_bytes,
    })
}

/// Takes the shard's files through the pipeline, and tells how far it is meanwhile.
fn look_at_all(
    context: &PipelineContext<'_>,
    handles: &mut [DetectorHandle],
    journal: &mut Journal,
    held: &HeldClaim,
) -> Result<Counts, TaskError> {
    let threshold = context.options.threshold;
    let mut counts = Counts::default();
    let (claims, stop) = (Claims::default(), held.stop_flag());
    let ending = pipeline::run(context, handles, journal, claims, stop, |record| {
        counts.add(record, threshold);
        held.note(|partial| partial.add(record, threshold));
    })?;
    match ending {
        Ending::Complete => Ok(counts),
        Ending::Interrupted => Err(TaskError::Stopped),
    }
}

/// The first line of the journal of a job or of a part of it.
pub(super) fn journal_header(options: &RunOptions, plan: &PlanFile) -> JournalHeader {
    JournalHeader {
        format: JournalHeader::FORMAT,
        trapline_version: TRAPLINE_VERSION.to_owned(),
        model_sha256: plan.model_sha256.clone(),
        options: options.clone(),
        input_fingerprint: plan.fingerprint.clone(),
    }
}

/// The numbers of a span's files as the listing counts them.
pub(super) fn files_of(span: ShardSpan) -> Range<usize> {
    let number = |file| usize::try_from(file).unwrap_or(usize::MAX);
    number(span.first)..number(span.end)
}

fn pack(package: &Package, zip: &Path) -> Result<(), TaskError> {
    let records = JournalRecords::at(&package.journal());
    let copies = records.records()?.flat_map(|record| match record {
        Ok(record) => record.copies().map(|copy| Ok(copy.to_owned())).collect(),
        Err(error) => vec![Err(error)],
    });
    Ok(package.pack_shard(zip, copies).map_err(JobError::from)?)
}
