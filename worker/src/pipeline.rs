//! The pipeline: every listed file goes through reading, decoding, detection and drawing on its
//! way into the journal.
//!
//! Each worker thread takes a file and does everything for it ("run to completion"): on CPUs
//! with one session per thread this keeps every core busy without handing pictures around, and
//! with a shared session (a GPU, or a model too big to hold once per thread) the threads wait
//! together for their batch. The thread that called [`run`] writes the journal in path order.
//!
//! Memory is bounded by tickets: a worker needs one to begin a file, and gets it back only when
//! the file's record is in the journal. One slow picture therefore cannot let the others run
//! ahead without limit. Large pictures wait for their memory, too ([`decode_memory`]): a thread
//! holds what it needs for one, and asks for nothing more until it gives it back.
//!
//! Files that the listing says are to be skipped cost nothing and can be millions: the writer
//! writes their records itself, and no worker hears of them.

pub mod blame;
pub mod copies;
pub mod copying;
pub mod decode_memory;
pub mod dedup;
pub mod inspect;
pub mod picture_pack;
pub mod record_writer;
pub mod stage;

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use common::MediaRecord;
use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::{
    detector::pool::DetectorHandle,
    input::{InputError, InputListing},
    journal::{Journal, JournalError},
    package::PackageError,
    pipeline::{
        dedup::Dedup,
        inspect::{Inspected, Inspector, PipelineContext},
        record_writer::RecordWriter,
    },
};

/// Files in flight for each worker thread: enough that a worker is not held up by a slower
/// neighbour, few enough that finished records waiting for it stay small.
const TICKETS_PER_WORKER: usize = 4;

/// Why the pipeline had to stop. None of these is the fault of a single file; what is in the
/// journal stays.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The journal could not be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A copy could not be written.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The model no longer runs on this machine, not even on a plain grey picture.
    #[error("the model stopped working on this machine: {0}")]
    BrokenDetector(String),
    /// What holds the input can no longer be read, whichever file is asked for.
    #[error(transparent)]
    InputLost(#[from] InputError),
    /// This machine gives no further threads.
    #[error("no worker thread could be started")]
    NoThread(#[source] io::Error),
    /// A worker thread panicked.
    #[error("a worker thread ended unexpectedly")]
    WorkerPanicked,
    /// A thread panicked while it noted whose content is whose.
    #[error("a thread ended while it compared the contents of files")]
    DedupPoisoned,
    /// A number was asked for that no file of the listing has.
    #[error("there is no file with the number {number} in the listing")]
    NotListed {
        /// The number.
        number: usize,
    },
    /// All threads ended, nobody asked them to, and files are left without a record.
    #[error("the pipeline ended before every file had its record")]
    Unfinished,
}

/// How the pipeline ended when nothing was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every file has its record.
    Complete,
    /// It was asked to stop; the journal holds what was finished.
    Interrupted,
}

/// Takes every file of the span that the journal does not hold yet through the pipeline. `dedup`
/// has the contents of those it does hold; `seen` is told of each new record, in path order.
///
/// # Errors
/// When this machine, not a file, is at fault.
pub fn run(
    context: &PipelineContext<'_>,
    handles: &mut [DetectorHandle],
    journal: &mut Journal,
    dedup: &Mutex<Dedup>,
    stop: &AtomicBool,
    mut seen: impl FnMut(&MediaRecord),
) -> Result<Ending, PipelineError> {
    let first = context.span.start + journal.len();
    let ticket_count = handles.len() * TICKETS_PER_WORKER;
    let (ticket_sender, tickets) = bounded(ticket_count);
    for _ in 0..ticket_count {
        // The channel was made for exactly this many.
        let _ = ticket_sender.try_send(());
    }
    let (finished_sender, finished) = unbounded();
    let queue = Queue {
        next: AtomicUsize::new(first),
        end: context.span.end,
        stop,
        tickets,
        listing: context.listing,
    };
    thread::scope(|scope| {
        let started = handles.iter_mut().try_for_each(|handle| {
            let (queue, dedup, finished) = (&queue, dedup, finished_sender.clone());
            let work = move || {
                work(
                    &mut Inspector::new(context, dedup, handle),
                    queue,
                    &finished,
                );
            };
            let thread = thread::Builder::new().spawn_scoped(scope, work);
            thread.map(drop).map_err(PipelineError::NoThread)
        });
        drop(finished_sender);
        let writer = RecordWriter::new(journal, context, first);
        let written = started
            .and_then(|()| write_in_order(writer, &finished, &ticket_sender, stop, &mut seen));
        if written.is_err() {
            stop.store(true, Ordering::Relaxed);
        }
        // Workers that wait for a ticket see the closed channel and end.
        drop(ticket_sender);
        written
    })?;
    let is_complete = journal.len() == context.span.len();
    match (is_complete, stop.load(Ordering::Relaxed)) {
        (true, _) => Ok(Ending::Complete),
        (false, true) => Ok(Ending::Interrupted),
        (false, false) => Err(PipelineError::Unfinished),
    }
}

/// What the workers share: which file is next, and whether there may be a next one.
struct Queue<'a> {
    next: AtomicUsize,
    end: usize,
    stop: &'a AtomicBool,
    tickets: Receiver<()>,
    listing: &'a InputListing,
}

impl Queue<'_> {
    /// Waits for a ticket and takes the next file that is not just skipped.
    fn take(&self) -> Option<usize> {
        self.tickets.recv().ok()?;
        while !self.stop.load(Ordering::Relaxed) {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= self.end {
                break;
            }
            if record_writer::skip_reason(self.listing, index).is_none() {
                return Some(index);
            }
        }
        None
    }
}

fn work(
    inspector: &mut Inspector<'_>,
    queue: &Queue<'_>,
    finished: &Sender<Result<Inspected, PipelineError>>,
) {
    while let Some(index) = queue.take() {
        // A thread that died of a panic would keep its ticket, and the others would wait for it.
        let inspected = catch_unwind(AssertUnwindSafe(|| inspector.inspect(index)))
            .unwrap_or(Err(PipelineError::WorkerPanicked));
        let is_broken = inspected.is_err();
        if finished.send(inspected).is_err() || is_broken {
            break;
        }
    }
}

fn write_in_order(
    mut writer: RecordWriter<'_>,
    finished: &Receiver<Result<Inspected, PipelineError>>,
    tickets: &Sender<()>,
    stop: &AtomicBool,
    seen: &mut impl FnMut(&MediaRecord),
) -> Result<(), PipelineError> {
    let mut write_known = |writer: &mut RecordWriter<'_>| -> Result<(), PipelineError> {
        loop {
            while let Some(record) = writer.write_next()? {
                // More tickets than the channel holds cannot come back.
                let _ = tickets.try_send(());
                seen(&record);
            }
            if stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            let Some(record) = writer.write_skipped()? else {
                return Ok(());
            };
            seen(&record);
        }
    };
    let mut write_all = || -> Result<(), PipelineError> {
        write_known(&mut writer)?;
        for inspected in finished {
            writer.accept(inspected?);
            write_known(&mut writer)?;
        }
        Ok(())
    };
    let written = write_all();
    // What is finished is kept, whatever came after it.
    let flushed = writer.flush();
    written.and(flushed)
}
