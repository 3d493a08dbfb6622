//! The pictures of a shard, one at a time, in a process of their own: a picture that the program
//! does not survive ends this process, and not the worker that started it and watches it.
//!
//! It takes over what was saved of the shard, and saves every record before it takes the next
//! picture in hand. It ends with the worker, whatever ends that one.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use anyhow::Context as _;
use common::{
    config::ServiceConfig,
    job::{JobId, PlanFile},
    store::Store,
};

use super::{
    detect::{files_of, journal_header, run_options},
    error::TaskError,
    listings::{self, JobListing},
    model_shelf::ModelShelf,
    saved_shard::SavedShard,
    settings::RunSettings,
    shard_files::ShardFiles,
};
use crate::{
    config::WorkerConfig,
    pipeline::{self, inspect::PipelineContext, stage::StageClock},
};

/// The file in the scratch folder that names the picture in hand.
const IN_HAND: &str = "in-hand";

/// What is to be looked at.
#[derive(Clone, Debug)]
pub struct IsolatedRun {
    /// The job.
    pub job: JobId,
    /// The shard.
    pub shard: u32,
    /// The number of the file to stop before.
    pub until: usize,
    /// An empty folder for unfinished files.
    pub scratch: PathBuf,
}

/// Looks at the pictures.
///
/// # Errors
/// When store or model cannot be used, or this machine is broken.
pub async fn run(
    look: IsolatedRun,
    config: &ServiceConfig,
    engine: WorkerConfig,
    settings: RunSettings,
) -> anyhow::Result<()> {
    end_with_the_worker();
    let store = Store::open(&config.store)?;
    let plan = store.plan_file(look.job).await?.context("no plan")?;
    let listing = listings::list(&store, look.job).await.map_err(why)?;
    let saved = SavedShard::of(&store, look.job, look.shard);
    let looking = move || {
        let settings = RunSettings {
            model: Some(plan.model.clone()),
            ..settings
        };
        let shelf = ModelShelf::open(&engine, &settings)?;
        look_at_all(&look, (&listing, &plan), &shelf, &saved, &engine).map_err(why)
    };
    tokio::task::spawn_blocking(looking).await?
}

/// The worker holds the other end of this process' standard input, and the system closes it when the
/// worker ends.
fn end_with_the_worker() {
    std::thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(1);
    });
}

fn why(error: TaskError) -> anyhow::Error {
    match error {
        TaskError::Fault(error) | TaskError::Broken(error) => error,
        other => anyhow::anyhow!("{other:?}"),
    }
}

fn look_at_all(
    look: &IsolatedRun,
    (listing, plan): (&JobListing, &PlanFile),
    shelf: &ModelShelf,
    saved: &SavedShard,
    engine: &WorkerConfig,
) -> Result<(), TaskError> {
    let span = plan.shards.get(look.shard as usize).copied();
    let span = files_of(span.ok_or(TaskError::fault("the plan has no such shard"))?);
    let mut slot = shelf.slot_with(plan)?;
    let model = slot.as_mut().ok_or(TaskError::fault("the slot is free"))?;
    let options = run_options(listing, plan);
    let header = journal_header(&options, plan);
    let mut files = ShardFiles::begin(&look.scratch, (look.shard, span.start), &header)?;
    let items = listing.files.items().get(span.clone()).unwrap_or_default();
    saved.take_over(items, &mut files, |_| {})?;
    let (clock, stop) = (StageClock::default(), AtomicBool::new(false));
    for file in span.start + files.journal.len()..look.until.min(span.end) {
        let ShardFiles {
            package,
            journal,
            pictures,
            dedup,
            ..
        } = &mut files;
        let context = PipelineContext {
            listing: &listing.files,
            span: span.start..file + 1,
            package,
            pictures: Some(pictures),
            options: &options,
            input_rule: &model.input_rule,
            limits: engine.decode_limits,
            memory: &engine.decode_memory,
            clock: &clock,
        };
        let mut records = Vec::new();
        let seen = |record: &common::MediaRecord| records.push(record.clone());
        fs::write(look.scratch.join(IN_HAND), file.to_string())?;
        pipeline::run(&context, &mut model.handles, journal, dedup, &stop, seen)?;
        fs::remove_file(look.scratch.join(IN_HAND))?;
        saved.save(file - span.start, &records, (package, pictures))?;
    }
    Ok(())
}

/// The number of the file that a process which ended had in hand, if it had one.
pub(super) fn in_hand(scratch: &Path) -> Option<usize> {
    let text = fs::read_to_string(scratch.join(IN_HAND)).ok()?;
    text.parse().ok()
}
