//! The main flow of a job: list the files, take each through the pipeline, write the package.

mod resumed;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, atomic::AtomicBool},
    time::Instant,
};

use common::archive::ArchiveLimits;
use jiff::Timestamp;

use crate::{
    detector::pool::DetectorPool,
    input::{InputError, InputItem, InputListing},
    journal::{Journal, JournalError, JournalHeader, JournalRecords},
    media::decode::DecodeLimits,
    model::catalogue::InstalledModel,
    package::{Package, PackageError},
    pipeline::{
        self, Ending, PipelineError, decode_memory::DecodeMemory, dedup::Dedup,
        inspect::PipelineContext, stage::StageClock,
    },
    progress::{Audience, Progress},
    report::{self, FolderCopies, RecordSource, ReportError},
    resources::ResourceUse,
    run_facts::{Counts, ExecutionFacts, RunFacts, RunOptions, per_second},
};
use resumed::Resumed;

/// Version of this program, as it stands in every report.
pub const TRAPLINE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is to be done.
pub struct JobRequest {
    /// Zips, folders, pictures.
    pub inputs: Vec<PathBuf>,
    /// The package: a folder, or a zip.
    pub destination: PathBuf,
    /// How.
    pub options: RunOptions,
    /// Whether to go on with an interrupted run.
    pub resume: bool,
    /// Limits of a picture.
    pub limits: DecodeLimits,
    /// What large pictures may take together.
    pub decode_memory: Arc<DecodeMemory>,
    /// Version of ONNX Runtime, for `run.json`.
    pub onnxruntime_version: String,
    /// Who is told about progress.
    pub audience: Audience,
}

/// Why a job did not end with a package.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The inputs cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The package cannot be written.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// This machine stopped working.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    /// A report cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// It was asked to stop; `--resume` goes on from here.
    #[error(
        "stopped after {done} of {total} files; the same command with --resume goes on from there"
    )]
    Interrupted {
        /// Files that have their record.
        done: usize,
        /// Files in all.
        total: usize,
    },
}

/// A finished job.
pub struct JobResult {
    /// What came of it.
    pub facts: RunFacts,
    /// Where the package is.
    pub package: PathBuf,
}

/// Does a whole job: everything from the inputs to the finished package.
///
/// # Errors
/// When the inputs or this machine cannot be used; never because of a single file.
pub fn run(
    request: &JobRequest,
    model: &InstalledModel,
    detectors: DetectorPool,
    stop: &AtomicBool,
) -> Result<JobResult, JobError> {
    let mut job = Job::open(request, model)?;
    let execution = job.process(detectors, stop)?;
    let facts = RunFacts {
        trapline_version: TRAPLINE_VERSION.to_owned(),
        options: request.options.clone(),
        model: model.facts(),
        inputs: job.listing.facts(),
        names: job.listing.legacy_names(),
        counts: job.counts,
        execution,
    };
    finish(job.package, &facts)?;
    Ok(JobResult {
        facts,
        package: request.destination.clone(),
    })
}

/// When the pipeline of a job began, and what was done by then.
struct Start {
    moment: Instant,
    timestamp: Timestamp,
    records: u64,
    images: u64,
}

/// A job under way.
struct Job<'a> {
    request: &'a JobRequest,
    listing: InputListing,
    package: Package,
    journal: Journal,
    dedup: Mutex<Dedup>,
    counts: Counts,
    /// By how much the records taken over changed the number of images.
    surprise: i64,
}

impl<'a> Job<'a> {
    /// Lists the inputs, begins the package, and takes over what an interrupted run finished.
    fn open(request: &'a JobRequest, model: &InstalledModel) -> Result<Self, JobError> {
        let outputs = [
            request.destination.clone(),
            Package::folder_for(&request.destination),
        ];
        let listing = InputListing::open(
            &request.inputs,
            &outputs,
            ArchiveLimits::default(),
            request.options.names,
        )?;
        if listing.items().iter().all(InputItem::is_folder) {
            return Err(InputError::NoFiles.into());
        }
        let package = Package::begin(&request.destination, request.resume)?;
        let header = JournalHeader {
            format: JournalHeader::FORMAT,
            trapline_version: TRAPLINE_VERSION.to_owned(),
            model_sha256: model.facts().sha256,
            options: request.options.clone(),
            input_fingerprint: listing.fingerprint(),
        };
        let Resumed {
            journal,
            dedup,
            counts,
            surprise,
        } = if request.resume {
            resumed::resume(&listing, &package, &header)?
        } else {
            let journal = Journal::create(&package.journal(), &header)?;
            package.check_is_still_free()?;
            Resumed::nothing(journal)
        };
        Ok(Self {
            request,
            listing,
            package,
            journal,
            dedup: Mutex::new(dedup),
            counts,
            surprise,
        })
    }

    /// Takes every file that has no record yet through the pipeline.
    fn process(
        &mut self,
        detectors: DetectorPool,
        stop: &AtomicBool,
    ) -> Result<ExecutionFacts, JobError> {
        let start = Start {
            moment: Instant::now(),
            timestamp: Timestamp::now(),
            records: self.journal.len() as u64,
            images: self.counts.processed + self.counts.failed,
        };
        let clock = StageClock::default();
        let input_rule = detectors.input_rule().clone();
        let context = PipelineContext {
            listing: &self.listing,
            span: 0..self.listing.items().len(),
            package: &self.package,
            pictures: None,
            options: &self.request.options,
            input_rule: &input_rule,
            limits: self.request.limits,
            memory: &self.request.decode_memory,
            clock: &clock,
        };
        let device = detectors.device();
        let mut handles = detectors.into_handles();
        let threads = handles.len();
        let threshold = self.request.options.threshold;
        let mut progress = self.progress(start.images);
        let counts = &mut self.counts;
        let ending = pipeline::run(
            &context,
            &mut handles,
            &mut self.journal,
            &self.dedup,
            stop,
            |record| {
                counts.add(record, threshold);
                progress.advance(record);
            },
        )?;
        progress.end();
        if ending == Ending::Interrupted {
            return Err(JobError::Interrupted {
                done: self.journal.len(),
                total: self.listing.items().len(),
            });
        }
        Ok(ExecutionFacts {
            device: device.to_string(),
            threads,
            stage_seconds: clock.seconds(),
            ..self.execution_facts(&start)
        })
    }

    /// What people are told from here on, where `images` are done already.
    fn progress(&self, images: u64) -> Progress {
        let total = self.listing.image_count();
        let total = total.saturating_add_signed(self.surprise);
        let request = self.request;
        Progress::begin(request.audience, images, total, request.options.threshold)
    }

    /// What the clock and the kernel say about the pipeline, which has just ended.
    fn execution_facts(&self, start: &Start) -> ExecutionFacts {
        let wall_seconds = start.moment.elapsed().as_secs_f64();
        let used = ResourceUse::now();
        let images = self.counts.processed + self.counts.failed - start.images;
        ExecutionFacts {
            started: start.timestamp.to_string(),
            finished: Timestamp::now().to_string(),
            onnxruntime_version: self.request.onnxruntime_version.clone(),
            images_per_second: per_second(images, wall_seconds),
            wall_seconds,
            cpu_seconds: used.cpu_seconds,
            peak_memory_bytes: used.peak_memory_bytes,
            resumed_records: start.records,
            ..ExecutionFacts::default()
        }
    }
}

/// Writes the reports from the journal and finishes the package.
fn finish(package: Package, facts: &RunFacts) -> Result<(), JobError> {
    let records = JournalRecords::at(&package.journal());
    let copies = FolderCopies(package.folder());
    report::write_all(&records, &copies, facts, package.folder())?;
    let all = records.records().map_err(|source| PackageError::Io {
        path: package.journal(),
        source,
    })?;
    Ok(package.finish(report::files(false), all)?)
}
