//! `trapline-worker process`: inputs in, result package out.

mod summary;

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use anyhow::Context;
use clap::{Args, ValueEnum};
use common::{
    Category, Threshold,
    archive::{NameEncoding, UnknownNameEncoding},
};

use crate::{
    cli::Exit,
    config::WorkerConfig,
    detector::{
        device::Device,
        pool::{DetectorPool, PoolOptions},
        runtime::Runtime,
    },
    input::InputError,
    job::{self, JobError, JobRequest},
    journal::JournalError,
    model::{Catalogue, InstalledModel, ModelId},
    package::{Package, PackageError},
    pipeline::PipelineError,
    progress::{Audience, say},
    run_facts::{AnnotateChoice, RunOptions},
};

/// Examples and exit codes below the options of `process --help`.
const HELP_AFTER_OPTIONS: &str = "\
Examples:
  trapline-worker process /media/card1 --out april
  trapline-worker process april.zip --out april-results.zip --threshold 0.4
  trapline-worker process april.zip --out april-results.zip --resume
  trapline-worker process cards/* --out all --model MDV6-apa-rtdetr-c --originals

Exit codes:
  0    done
  1    could not start, or this machine is broken (disk full, no model, no library)
  2    the arguments are wrong
  3    done, but some files failed: the sheet Failures says what to do
  130  stopped by Ctrl-C; --resume goes on";

/// What `process` can be asked for.
#[derive(Debug, Args)]
#[command(after_help = HELP_AFTER_OPTIONS)]
pub struct ProcessArguments {
    /// Zip archives, folders or pictures; several are kept apart by their names.
    #[arg(required = true)]
    input: Vec<PathBuf>,
    /// Where the package goes: a folder that is new or empty, or a new file ending in .zip.
    #[arg(long, short, value_name = "FOLDER|FILE.zip")]
    out: PathBuf,
    /// The model, one of `models list` [default: yolox-nano, else coco-centernet].
    #[arg(long, value_name = "ID")]
    model: Option<ModelId>,
    /// Lowest confidence that counts, 0 to 1 [default: the model's typical threshold].
    #[arg(long, value_name = "0..1")]
    threshold: Option<Threshold>,
    /// Where the model runs: auto (a GPU if one works), cpu, cuda:N or tensorrt:N.
    #[arg(long, default_value = "auto")]
    device: Device,
    /// Worker threads [default: one for each core].
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// What is made unrecognisable in copies; several with commas between them.
    #[arg(
        long,
        value_name = "WHAT",
        value_delimiter = ',',
        default_value = "people"
    )]
    blur: Vec<Blur>,
    /// Which images get a copy with boxes drawn on it.
    #[arg(long, value_name = "WHICH", value_enum, default_value = "detections")]
    annotate: Annotate,
    /// Copy the originals into the package, except those in which something is blurred.
    #[arg(long)]
    originals: bool,
    /// Drop the GPS position from annotated copies; tables and copies of originals keep it.
    #[arg(long)]
    strip_gps: bool,
    /// Round GPS positions to a hundredth of a degree (about 1 km) in all results, and drop them
    /// from annotated copies; copies of originals keep them.
    #[arg(long)]
    round_positions: bool,
    /// Write text into CSV files as it is. Without this, text that spreadsheet programs would run
    /// as a formula has a ' before it.
    #[arg(long)]
    csv_plain: bool,
    /// The character set of names in zips that do not say that they are Unicode: auto, or one
    /// such as cp850, cp852, windows-1251, gbk, shift-jis.
    #[arg(long, value_name = "ENCODING", default_value = "auto", value_parser = names)]
    names: Names,
    /// How JPEGs are decoded: at a cheaper scale, or in full as the reference program does.
    #[arg(long, value_name = "HOW", value_enum, default_value = "fast")]
    decode: Decode,
    /// Go on with an interrupted run; the other arguments must be the same.
    #[arg(long)]
    resume: bool,
    /// Write progress and the result as JSON lines on standard output, for scripts.
    #[arg(long)]
    json: bool,
}

/// The chosen character set of names; `None` to have it detected.
#[derive(Clone, Copy, Debug)]
struct Names(Option<NameEncoding>);

fn names(text: &str) -> Result<Names, UnknownNameEncoding> {
    match text {
        "auto" => Ok(Names(None)),
        _ => text.parse().map(|encoding| Names(Some(encoding))),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Blur {
    People,
    Vehicles,
    None,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Annotate {
    All,
    Detections,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Decode {
    Fast,
    Full,
}

/// Arguments that make no sense together.
#[derive(Debug, thiserror::Error)]
enum ArgumentError {
    #[error("--blur none cannot be combined with other values")]
    BlurNoneAndMore,
    #[error("{0} is the input: choose another --out for the results")]
    OutIsInput(PathBuf),
}

/// Runs the command.
///
/// # Errors
/// When the job could not be done; [`exit_for`] says what that means.
pub fn run(arguments: ProcessArguments, config: &WorkerConfig) -> anyhow::Result<Exit> {
    let blur = blurred(&arguments.blur)?;
    if let Some(input) = arguments
        .input
        .iter()
        .find(|input| **input == arguments.out)
    {
        return Err(ArgumentError::OutIsInput(input.clone()).into());
    }
    refuse_early(&arguments)?;
    let catalogue = Catalogue::new(&config.models);
    let id = arguments
        .model
        .clone()
        .unwrap_or_else(|| catalogue.default_model());
    let model = catalogue.open(&id)?;
    let runtime = Runtime::load(config.onnxruntime.as_deref(), &config.homes)?;
    let detectors = load_detectors(runtime, &model, &arguments)?;
    let request = request(&arguments, config, blur, &model, runtime.version());
    summary::before(&request, &model, &detectors, runtime.advice());
    let stop = stop_on_signals()?;
    let result = job::run(&request, &model, detectors, &stop)
        .map_err(|error| with_way_on(error, &request.destination))?;
    summary::after(&result, request.audience);
    Ok(if result.facts.counts.failed == 0 {
        Exit::Done
    } else {
        Exit::DoneWithFailures
    })
}

/// What can be seen before a large model is loaded; the job looks again.
fn refuse_early(arguments: &ProcessArguments) -> Result<(), JobError> {
    let is_missing = |input: &&PathBuf| matches!(input.try_exists(), Ok(false));
    if let Some(path) = arguments.input.iter().find(is_missing) {
        let path = path.clone();
        return Err(InputError::Missing { path }.into());
    }
    if !arguments.resume {
        Package::check_is_free(&arguments.out)?;
    }
    Ok(())
}

fn request(
    arguments: &ProcessArguments,
    config: &WorkerConfig,
    blur: Vec<Category>,
    model: &InstalledModel,
    onnxruntime_version: String,
) -> JobRequest {
    JobRequest {
        inputs: arguments.input.clone(),
        destination: arguments.out.clone(),
        options: RunOptions {
            threshold: arguments
                .threshold
                .unwrap_or(model.facts().typical_threshold),
            blur,
            annotate: match arguments.annotate {
                Annotate::All => AnnotateChoice::All,
                Annotate::Detections => AnnotateChoice::Detections,
                Annotate::None => AnnotateChoice::None,
            },
            originals: arguments.originals,
            strip_gps: arguments.strip_gps,
            round_positions: arguments.round_positions,
            csv_plain: arguments.csv_plain,
            names: arguments.names.0,
            full_decode: arguments.decode == Decode::Full,
        },
        resume: arguments.resume,
        limits: config.decode_limits,
        decode_memory: config.decode_memory.clone(),
        onnxruntime_version,
        audience: Audience::of(arguments.json),
    }
}

fn blurred(choices: &[Blur]) -> Result<Vec<Category>, ArgumentError> {
    if choices.contains(&Blur::None) {
        return if choices.len() == 1 {
            Ok(Vec::new())
        } else {
            Err(ArgumentError::BlurNoneAndMore)
        };
    }
    let pairs = [
        (Blur::People, Category::Person),
        (Blur::Vehicles, Category::Vehicle),
    ];
    Ok(pairs
        .into_iter()
        .filter(|(choice, _)| choices.contains(choice))
        .map(|(_, c)| c)
        .collect())
}

fn load_detectors(
    runtime: &Runtime,
    model: &InstalledModel,
    arguments: &ProcessArguments,
) -> anyhow::Result<DetectorPool> {
    let threads = arguments
        .threads
        .or_else(|| thread::available_parallelism().ok());
    let options = PoolOptions::for_threads(threads.map_or(1, NonZeroUsize::get));
    let device = arguments.device;
    DetectorPool::load(runtime, &model.onnx_path, &model.contract, device, options)
        .with_context(|| format!("loading {} on {device}", model.manifest.id))
}

/// The first signal asks the run to stop after the pictures in flight; the second ends it at
/// once, which loses nothing either.
fn stop_on_signals() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        say("stopping after the pictures in hand …");
    })
    .context("listening for Ctrl-C")?;
    Ok(stop)
}

/// Says how to go on after a fault of this machine, where there is something to go on with.
fn with_way_on(error: JobError, destination: &Path) -> anyhow::Error {
    let is_mendable = match &error {
        // It says so itself.
        JobError::Pipeline(PipelineError::InputLost(_)) => false,
        JobError::Pipeline(_)
        | JobError::Report(_)
        | JobError::Journal(JournalError::Io { .. })
        | JobError::Package(PackageError::Io { .. } | PackageError::Zip { .. }) => true,
        _ => false,
    };
    let has_journal = || {
        let found = Package::check_is_free(destination);
        matches!(found, Err(PackageError::Unfinished(_)))
    };
    if is_mendable && has_journal() {
        let way_on = "stopped; once this is mended, the same command with --resume goes on";
        anyhow::Error::new(error).context(way_on)
    } else {
        error.into()
    }
}

/// The exit code for a command that could not be done.
#[must_use]
pub fn exit_for(error: &anyhow::Error) -> Exit {
    if error.is::<ArgumentError>() {
        return Exit::BadArguments;
    }
    match error.downcast_ref::<JobError>() {
        Some(JobError::Interrupted { .. }) => Exit::Interrupted,
        Some(JobError::Input(
            InputError::Missing { .. } | InputError::IsExcluded { .. } | InputError::NoFiles,
        ))
        | Some(JobError::Package(
            PackageError::Exists(_) | PackageError::Unfinished(_) | PackageError::Finished(_),
        ))
        | Some(JobError::Journal(JournalError::Missing(_) | JournalError::OtherRun(_))) => {
            Exit::BadArguments
        }
        _ => Exit::Broken,
    }
}
