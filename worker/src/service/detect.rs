//! A shard: its images go through the engine's pipeline; records and copies become one file, the
//! pictures of the gallery another.

use std::{ops::Range, path::Path, sync::Arc, thread};

use common::{
    Counts, MediaRecord,
    job::{PlanFile, ShardFacts, ShardSpan},
    store::{JobFolder, Store, StoreError},
};
use jiff::Timestamp;

use super::{
    Achieved,
    crash_isolation::{CrashIsolation, IsolatedSpan},
    environment::Environment,
    error::TaskError,
    lease::HeldLease,
    listings::JobListing,
    model_shelf::LoadedModel,
    saved_shard::SavedShard,
    saving::{Saving, Savings},
    shard_files::{PACKED, PICTURES, ShardFiles},
};
use crate::{
    job::TRAPLINE_VERSION,
    journal::JournalHeader,
    pipeline::{self, Ending, inspect::PipelineContext, stage::StageClock},
    resources::ResourceUse,
    run_facts::RunOptions,
};

/// What there is to do.
struct ShardWork {
    number: u32,
    listing: Arc<JobListing>,
    plan: PlanFile,
    span: ShardSpan,
    saved: SavedShard,
    isolation: Option<CrashIsolation>,
}

pub(super) async fn run(
    env: &Arc<Environment>,
    held: &HeldLease,
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
    let saved = SavedShard::of(store, job, shard);
    let work = ShardWork {
        number: shard,
        listing,
        plan,
        span,
        saved: saved.clone(),
        isolation: CrashIsolation::for_shard(env, held, shard).await?,
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
    saved.remove().await?;
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
        csv_plain: options.csv_plain,
        names: options.names,
        full_decode: false,
    }
}

fn detect(
    env: &Environment,
    held: &HeldLease,
    work: ShardWork,
    scratch: &Path,
) -> Result<ShardFacts, TaskError> {
    let mut slot = env.models.slot_with(&work.plan)?;
    let model = slot.as_mut().ok_or(TaskError::fault("the slot is free"))?;
    let header = journal_header(&run_options(&work.listing, &work.plan), &work.plan);
    let first = files_of(work.span).start;
    let mut files = ShardFiles::begin(scratch, (work.number, first), &header)?;
    let clock = StageClock::default();
    let (started, cpu_before) = (Timestamp::now(), ResourceUse::now().cpu_seconds);
    let counts = look_at_all((env, held), work, (&mut files, scratch), model, &clock)?;
    files.pack(&scratch.join(PACKED))?;
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

/// Takes the shard's files through the pipeline, behind those that earlier workers have saved, and
/// tells how far it is meanwhile.
fn look_at_all(
    place: (&Environment, &HeldLease),
    mut work: ShardWork,
    (files, scratch): (&mut ShardFiles, &Path),
    model: &mut LoadedModel,
    clock: &StageClock,
) -> Result<Counts, TaskError> {
    let (_, held) = place;
    let threshold = work.plan.threshold;
    let mut counts = Counts::default();
    let mut seen = |record: &MediaRecord| {
        counts.add(record, threshold);
        held.note(|partial| partial.add(record, threshold));
    };
    let span = files_of(work.span);
    let items = work.listing.files.items().get(span.clone());
    let items = items.unwrap_or_default();
    work.saved.take_over(items, files, &mut seen)?;
    if !files.journal.is_empty() {
        let saved = files.journal.len();
        tracing::info!(files = saved, "going on behind what was saved");
    }
    let ending = match work.isolation.take() {
        Some(isolation) => {
            let span = IsolatedSpan {
                items,
                first: span.start,
                saved: &work.saved,
                scratch,
            };
            isolation.look_at_all(place, &span, files, seen)?
        }
        None => look_and_save(place, &work, files, (model, clock), seen)?,
    };
    match ending {
        Ending::Complete => Ok(counts),
        Ending::Interrupted => Err(TaskError::Stopped),
    }
}

/// Takes the files through the pipeline, and saves what is finished while others are in hand.
fn look_and_save(
    place: (&Environment, &HeldLease),
    work: &ShardWork,
    files: &mut ShardFiles,
    (model, clock): (&mut LoadedModel, &StageClock),
    mut seen: impl FnMut(&MediaRecord),
) -> Result<Ending, TaskError> {
    let (env, held) = place;
    let before = files.journal.len();
    let ShardFiles {
        package,
        journal,
        pictures,
        dedup,
        ..
    } = files;
    let (package, pictures): (&_, &_) = (package, pictures);
    let options = run_options(&work.listing, &work.plan);
    let context = PipelineContext {
        listing: &work.listing.files,
        span: files_of(work.span),
        package,
        pictures: Some(pictures),
        options: &options,
        input_rule: &model.input_rule,
        limits: env.engine.decode_limits,
        memory: &env.engine.decode_memory,
        clock,
    };
    let savings = Savings {
        saved: &work.saved,
        package,
        pictures,
        before,
        worker: place,
    };
    thread::scope(|scope| {
        let saving = Saving::begin(scope, savings);
        let seen = |record: &MediaRecord| {
            saving.add(record);
            seen(record);
        };
        let handles = &mut model.handles;
        let ending = pipeline::run(&context, handles, journal, dedup, held.stop_flag(), seen);
        saving.end(matches!(ending, Ok(Ending::Complete)));
        Ok(ending?)
    })
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
