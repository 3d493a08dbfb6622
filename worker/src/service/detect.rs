//! A shard: its images go through the engine's pipeline; records and copies become one file, the
//! pictures of the gallery another.

use std::{
    ops::Range,
    path::Path,
    sync::{Arc, Mutex},
};

use common::{
    Counts, MediaRecord,
    job::{PlanFile, ShardFacts, ShardSpan},
    store::{JobFolder, Store, StoreError},
};
use jiff::Timestamp;

use super::{
    Achieved, careful::Care, environment::Environment, fault::TaskError, held_claim::HeldClaim,
    listings::JobListing,
};
use crate::{
    detector::pool::DetectorHandle,
    job::{JobError, TRAPLINE_VERSION},
    journal::{Journal, JournalHeader, JournalRecords},
    package::Package,
    pipeline::{
        self, Ending, claims::Claims, inspect::PipelineContext, picture_pack::PicturePack,
        stage::StageClock,
    },
    report::RecordSource as _,
    resources::ResourceUse,
    run_facts::RunOptions,
};

/// Name of the packed shard in the scratch folder.
const PACKED: &str = "shard.zip";
/// Name of its pictures in the scratch folder.
const PICTURES: &str = "pictures.jpgs";

/// What there is to do.
struct ShardWork {
    number: u32,
    listing: Arc<JobListing>,
    plan: PlanFile,
    span: ShardSpan,
    care: Option<Care>,
}

pub(super) async fn run(
    env: &Arc<Environment>,
    held: &HeldClaim,
    shard: u32,
) -> Result<Achieved, TaskError> {
    let (job, store) = (held.claim.job, &env.jobs.store);
    let folder = JobFolder::of(job);
    // A shard that is there was finished by a worker that died before it could say so.
    if let Some(finished) = finished(store, &folder, shard).await? {
        return Ok(finished);
    }
    let plan = store.plan_file(job).await?.ok_or(TaskError::Unfounded)?;
    let span = plan.shards.get(shard as usize).copied();
    let span = span.ok_or(TaskError::fault("the plan has no such shard"))?;
    let listing = env.listings.of(env, job).await?;
    if listing.files.fingerprint() != plan.fingerprint {
        return Err(TaskError::fault("the upload is not what was planned"));
    }
    let work = ShardWork {
        number: shard,
        listing,
        plan,
        span,
        care: Care::for_shard(env, held, shard).await?,
    };
    let scratch = env.scratch(job)?;
    let (worker, claim, place) = (Arc::clone(env), held.clone(), scratch.path().to_owned());
    let work = move || detect(&worker, &claim, work, &place);
    let facts = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| TaskError::Fault(error.into()))??;
    // Whoever took it for lost and was faster may have its pictures in other places.
    if let Some(finished) = finished(store, &folder, shard).await? {
        return Ok(finished);
    }
    let [pictures, packed] = [PICTURES, PACKED].map(|name| scratch.path().join(name));
    store.adopt_file(&folder.pictures(shard), &pictures).await?;
    store.adopt_file(&folder.shard(shard), &packed).await?;
    store.put_json(&folder.shard_facts(shard), &facts).await?;
    Ok(Achieved::Detected(Box::new(facts.counts)))
}

/// What came of a shard that is finished.
async fn finished(
    store: &Store,
    folder: &JobFolder,
    shard: u32,
) -> Result<Option<Achieved>, StoreError> {
    let facts: Option<ShardFacts> = store.get_json(&folder.shard_facts(shard)).await?;
    Ok(facts.map(|facts| Achieved::Detected(Box::new(facts.counts))))
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
        round_positions: options.round_positions,
        names: options.names,
        full_decode: false,
    }
}

fn detect(
    env: &Environment,
    held: &HeldClaim,
    work: ShardWork,
    scratch: &Path,
) -> Result<ShardFacts, TaskError> {
    let (listing, plan) = (&work.listing, &work.plan);
    let mut slot = env.models.slot_with(plan)?;
    let model = slot.as_mut().ok_or(TaskError::fault("the slot is free"))?;
    let options = run_options(listing, plan);
    let package = Package::begin(&scratch.join("package"), false).map_err(JobError::from)?;
    let header = journal_header(&options, plan);
    let mut journal = Journal::create(&package.journal(), &header).map_err(JobError::from)?;
    let pictures = PicturePack::create(&scratch.join(PICTURES), work.number);
    let pictures = pictures.map_err(JobError::from)?;
    let clock = StageClock::default();
    let context = PipelineContext {
        listing: &listing.files,
        span: files_of(work.span),
        package: &package,
        pictures: Some(&pictures),
        options: &options,
        input_rule: &model.input_rule,
        limits: env.engine.decode_limits,
        clock: &clock,
    };
    let (started, cpu_before) = (Timestamp::now(), ResourceUse::now().cpu_seconds);
    let place = (env, held);
    let counts = look_at_all(place, &context, &mut model.handles, &mut journal, work.care)?;
    pictures.finish().map_err(JobError::from)?;
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
    (env, held): (&Environment, &HeldClaim),
    context: &PipelineContext<'_>,
    handles: &mut [DetectorHandle],
    journal: &mut Journal,
    care: Option<Care>,
) -> Result<Counts, TaskError> {
    let threshold = context.options.threshold;
    let mut counts = Counts::default();
    let seen = |record: &MediaRecord| {
        counts.add(record, threshold);
        held.note(|partial| partial.add(record, threshold));
    };
    let ending = match care {
        Some(care) => care.look_at_all((env, held), context, handles, journal, seen)?,
        None => {
            let claims = Mutex::new(Claims::default());
            pipeline::run(context, handles, journal, &claims, held.stop_flag(), seen)?
        }
    };
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
