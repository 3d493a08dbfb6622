//! The new package, from the kept records to the zip.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use common::{
    Counts, MediaOutcome, MediaRecord, Threshold,
    correction::Corrections,
    job::{DoneFacts, JobId, Outcome, PlanFile, RebuildFile},
    store::Store,
};
use jiff::Timestamp;
use tokio::runtime::Handle;
use zip::result::ZipResult;

use super::{
    super::{
        assemble, detect::journal_header, environment::Environment, error::TaskError,
        lease::HeldLease,
    },
    change::Change,
    error::RebuildError,
    kept_records::KeptRecords,
    old_package::OldPackage,
    originals,
    render::Rendering,
    reported::Reported,
};
use crate::{
    job::{JobError, TRAPLINE_VERSION},
    journal::{Journal, JournalRecords},
    package::{
        Package,
        packing::{self, CopiesToPack, FirstFiles, Zip},
    },
    pipeline::inspect::detection_scale,
    report::{self, CopySource, RecordSource as _},
    run_facts::RunFacts,
};

/// Records that are made at a time.
const AT_ONCE: usize = 256;

/// A package that is ready to be put in place.
pub(super) struct RebuiltPackage {
    pub(super) package: PathBuf,
    pub(super) facts: DoneFacts,
    /// When the job was over, which stays.
    pub(super) ended: Timestamp,
}

/// Makes the package in the scratch folder. Not to be called where the runtime is.
pub(super) fn rebuild_package(
    env: &Environment,
    held: &HeldLease,
    wish: RebuildFile,
    scratch: &Path,
) -> Result<RebuiltPackage, RebuildError> {
    let (job, store, runtime) = (held.claim.job, &env.jobs.store, Handle::current());
    let Finished { ended, done, plan } = runtime.block_on(Finished::of(store, job))?;
    let kept = KeptRecords::of(store, job, &runtime)?;
    let old = OldPackage::open(store, job, &done, &runtime)?;
    let mut facts = old.facts()?;
    let corrections = runtime.block_on(store.corrections(job))?;
    let said = [&corrections.until(done.corrected), &corrections];
    let change = change_between(said, &facts, wish.threshold, &kept)?;
    facts.options.threshold = wish.threshold;
    TRAPLINE_VERSION.clone_into(&mut facts.trapline_version);
    let listing = if needs_uploads(&kept, &change)? {
        Some(runtime.block_on(originals::list(env, job, &plan))?)
    } else {
        None
    };
    let package = Package::begin(&scratch.join("package"), false).map_err(JobError::from)?;
    let side = facts.model.image_size;
    let rendering = Rendering {
        held,
        change: &change,
        listing: listing.as_ref().map(|listing| &listing.files),
        package: &package,
        scale: detection_scale(side, side),
        limits: env.engine.decode_limits,
        memory: &env.engine.decode_memory,
        threads: env.settings.threads.max(1),
    };
    facts.counts = render_all(&kept, &rendering, &facts, &plan)?;
    let zip = scratch.join("results.zip");
    let copies = Copies {
        made: &package,
        old: &old,
    };
    write(&copies, &corrections, &facts, scratch, &zip)?;
    let facts = DoneFacts {
        counts: facts.counts,
        package_bytes: fs::metadata(&zip)?.len(),
        package_blake3: assemble::hash(&zip)?,
        threshold: wish.threshold,
        is_rebuilt: true,
        corrected: if corrections.is_blank() {
            0
        } else {
            corrections.last_number()
        },
        ..done
    };
    Ok(RebuiltPackage {
        package: zip,
        facts,
        ended,
    })
}

/// What differs between the package that was made with these facts and the one at a threshold, by
/// what people had said by then and have said by now.
fn change_between(
    said: [&Corrections; 2],
    facts: &RunFacts,
    threshold: Threshold,
    kept: &KeptRecords,
) -> io::Result<Change> {
    let change = Change::of(&facts.options, threshold);
    let [before, now] = said;
    let reported = [
        Reported::of(before, kept, &change.old)?,
        Reported::of(now, kept, &change.new)?,
    ];
    Ok(change.without_copies_of(reported))
}

/// A job that has results.
struct Finished {
    ended: Timestamp,
    done: DoneFacts,
    plan: PlanFile,
}

impl Finished {
    async fn of(store: &Store, job: JobId) -> Result<Self, RebuildError> {
        let end = store.end_file(job).await?.ok_or(TaskError::Unfounded)?;
        let plan = store.plan_file(job).await?;
        match (end.outcome, plan) {
            (Outcome::Done(done), Some(plan)) => Ok(Self {
                ended: end.ended,
                done,
                plan,
            }),
            _ => Err(RebuildError::impossible(
                "There are no results of this job.",
            )),
        }
    }
}

fn needs_uploads(kept: &KeptRecords, change: &Change) -> io::Result<bool> {
    for record in kept.read() {
        if change.needs_upload(&record?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes the records of the new package into its journal, and tells how far it is meanwhile.
fn render_all(
    kept: &KeptRecords,
    rendering: &Rendering<'_>,
    facts: &RunFacts,
    plan: &PlanFile,
) -> Result<Counts, RebuildError> {
    let header = journal_header(&facts.options, plan);
    let path = rendering.package.journal();
    let mut journal = Journal::create(&path, &header).map_err(JobError::from)?;
    let (mut firsts, mut counts) = (HashMap::new(), Counts::default());
    let mut records = kept.read();
    loop {
        let chunk: io::Result<Vec<_>> = records.by_ref().take(AT_ONCE).collect();
        let mut chunk = chunk?;
        if chunk.is_empty() {
            break;
        }
        rendering.render(journal.len(), &mut chunk)?;
        for record in chunk {
            let record = with_first(record, &mut firsts, &journal)?;
            counts.add(&record, facts.options.threshold);
            let held = rendering.held;
            held.note(|partial| partial.add(&record, facts.options.threshold));
            journal.append(&record).map_err(JobError::from)?;
        }
        journal.flush().map_err(JobError::from)?;
    }
    Ok(counts)
}

/// The record itself, or, of a duplicate, what its first file became.
fn with_first(
    record: MediaRecord,
    firsts: &mut HashMap<String, usize>,
    journal: &Journal,
) -> Result<MediaRecord, RebuildError> {
    let (MediaOutcome::Processed(media), Some(hash)) = (&record.outcome, &record.content_hash)
    else {
        return Ok(record);
    };
    if media.duplicate_of.is_none() {
        firsts.insert(hash.clone(), journal.len());
        return Ok(record);
    }
    let first = firsts.get(hash).copied();
    let first = first.ok_or(TaskError::fault("a duplicate has no first file"))?;
    let first = journal.read(first).map_err(JobError::from)?;
    Ok(first.duplicate_at(record.path))
}

/// The copies of the new package: those that were made, and those of the old one.
struct Copies<'a> {
    made: &'a Package,
    old: &'a OldPackage,
}

impl CopySource for Copies<'_> {
    fn copy(&self, _: usize, path: &str) -> io::Result<Vec<u8>> {
        match fs::read(self.made.folder().join(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.old.file(path),
            read => read,
        }
    }
}

/// The same on their way into the new package.
struct CopiesToMix<'a>(&'a Copies<'a>);

impl CopiesToPack for CopiesToMix<'_> {
    fn add(&mut self, zip: &mut Zip, _: usize, copy: &str) -> ZipResult<()> {
        let made = self.0.made.folder();
        if made.join(copy).try_exists()? {
            return packing::add_copy(zip, made, copy);
        }
        Ok(self
            .0
            .old
            .with(|old| Ok(zip.raw_copy_file(old.by_name(copy)?)?))?)
    }
}

/// Writes the reports, and packs them with all copies into `zip`. Copies of the old package are
/// taken over as they are, without unpacking.
fn write(
    copies: &Copies<'_>,
    corrections: &Corrections,
    facts: &RunFacts,
    scratch: &Path,
    zip: &Path,
) -> Result<(), RebuildError> {
    let records = JournalRecords::at(&copies.made.journal());
    let reports = scratch.join("reports");
    fs::create_dir(&reports)?;
    let written = if corrections.is_blank() {
        report::write_all(&records, copies, facts, &reports)
    } else {
        report::write_all_corrected(corrections, &records, copies, facts, &reports)
    };
    written.map_err(JobError::from)?;
    let first = FirstFiles {
        folder: &reports,
        names: report::files(!corrections.is_blank()),
    };
    let packed = packing::pack(zip, first, records.records()?, &mut CopiesToMix(copies));
    Ok(packed.map_err(JobError::from)?)
}
