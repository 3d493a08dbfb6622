//! The journal: one JSON line for every finished file, in path order, so that an interrupted
//! run goes on where it was and every report can be written from the disk.
//!
//! The first line says what the run is about (its *header*). A line counts once it is whole; a
//! torn last line, as a killed process leaves it, is cut off when the journal is opened again.
//! While it is open it is locked, so that two runs never write one package.
//!
//! New lines wait in memory until [`Journal::flush`], and a caller that names copies in them puts
//! these on the disk first. So whatever a power cut leaves of the journal, the copies it names
//! are whole.

mod error;
mod header;
mod records;

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use common::{MediaOutcome, MediaRecord};
use serde::Serialize;

use crate::package::durable;

pub use error::JournalError;
pub use header::JournalHeader;
pub use records::JournalRecords;

/// How long a finished record may wait in memory, which a killed process loses.
const FLUSH_AFTER: Duration = Duration::from_secs(1);
/// How many finished records of images may wait. Each flush waits for the disk, so that fewer
/// would cost speed. What was skipped is soon skipped again.
const MOST_PENDING: usize = 32;
/// How many bytes may wait.
const MOST_PENDING_BYTES: usize = 1 << 20;
/// How long a lock that is held is asked for again, and how often.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);
const LOCK_RETRY: Duration = Duration::from_millis(10);

/// An open journal: records are appended in path order, and read back by their number.
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Byte offset of each record's line.
    offsets: Vec<u64>,
    /// Bytes of the file.
    end: u64,
    /// Lines that are to follow.
    pending: Vec<u8>,
    /// How many records of images they hold.
    pending_images: usize,
    last_flush: Instant,
}

impl Journal {
    /// Starts a new journal.
    ///
    /// # Errors
    /// When another run was quicker, or the disk refuses.
    pub fn create(path: &Path, header: &JournalHeader) -> Result<Self, JournalError> {
        let io_error = |source| JournalError::Io {
            path: path.to_owned(),
            source,
        };
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path);
        let file = match opened {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(JournalError::InUse(path.to_owned()));
            }
            other => other.map_err(io_error)?,
        };
        lock(path, &file)?;
        Self::begin(path, file, header)
    }

    fn begin(path: &Path, file: File, header: &JournalHeader) -> Result<Self, JournalError> {
        let mut journal = Self::over(path, file, 0);
        journal.write_line(header)?;
        journal.flush()?;
        Ok(journal)
    }

    /// Opens the journal of an interrupted run and cuts off a torn last line.
    /// `visit` sees every whole record in order and says whether it is to be kept; the first one
    /// that is not, and all after it, are cut off too. A journal that was interrupted within its
    /// header is started again.
    ///
    /// # Errors
    /// When there is none, it belongs to another run or is in use, or the disk refuses.
    pub fn resume(
        path: &Path,
        header: &JournalHeader,
        mut visit: impl FnMut(usize, &MediaRecord) -> bool,
    ) -> Result<Self, JournalError> {
        let io_error = |source| JournalError::Io {
            path: path.to_owned(),
            source,
        };
        let file = match OpenOptions::new().read(true).write(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(JournalError::Missing(path.to_owned()));
            }
            other => other.map_err(io_error)?,
        };
        lock(path, &file)?;
        if !has_whole_line(&file).map_err(io_error)? {
            file.set_len(0).map_err(io_error)?;
            (&file).rewind().map_err(io_error)?;
            return Self::begin(path, file, header);
        }
        let mut lines = BufReader::new(&file);
        let mut line = String::new();
        let mut end = read_whole_line(&mut lines, &mut line).map_err(io_error)?;
        let found: JournalHeader =
            serde_json::from_str(&line).map_err(|_| JournalError::Damaged(path.to_owned()))?;
        if let Some(difference) = header.difference(&found) {
            return Err(JournalError::OtherRun(difference));
        }
        let mut offsets = Vec::new();
        loop {
            let length = read_whole_line(&mut lines, &mut line).map_err(io_error)?;
            let Ok(record) = serde_json::from_str::<MediaRecord>(&line) else {
                break;
            };
            if length == 0 || !visit(offsets.len(), &record) {
                break;
            }
            offsets.push(end);
            end += length;
        }
        file.set_len(end).map_err(io_error)?;
        (&file).seek(SeekFrom::Start(end)).map_err(io_error)?;
        let mut journal = Self::over(path, file, end);
        journal.offsets = offsets;
        Ok(journal)
    }

    fn over(path: &Path, file: File, end: u64) -> Self {
        Self {
            path: path.to_owned(),
            file,
            offsets: Vec::new(),
            end,
            pending: Vec::new(),
            pending_images: 0,
            last_flush: Instant::now(),
        }
    }

    /// How many records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Whether it holds no record yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    /// Appends the next record, which waits for [`Self::flush`].
    ///
    /// # Errors
    /// When the record cannot be written as JSON.
    pub fn append(&mut self, record: &MediaRecord) -> Result<(), JournalError> {
        self.offsets.push(self.end + self.pending.len() as u64);
        let is_skipped = matches!(record.outcome, MediaOutcome::Skipped(_));
        self.pending_images += usize::from(!is_skipped);
        self.write_line(record)
    }

    /// Whether so much is waiting, or for so long, that it is time for [`Self::flush`].
    #[must_use]
    pub fn is_flush_due(&self) -> bool {
        self.pending_images >= MOST_PENDING
            || self.pending.len() >= MOST_PENDING_BYTES
            || (!self.pending.is_empty() && self.last_flush.elapsed() >= FLUSH_AFTER)
    }

    /// Reads a record back by its number.
    ///
    /// # Errors
    /// When there is no such record or the disk refuses.
    pub fn read(&self, number: usize) -> Result<MediaRecord, JournalError> {
        let path = self.path.clone();
        let io_error = |source| JournalError::Io { path, source };
        let missing = || io::Error::new(io::ErrorKind::NotFound, format!("no record {number}"));
        let read = || -> io::Result<MediaRecord> {
            let start = *self.offsets.get(number).ok_or_else(missing)?;
            if let Some(at) = start.checked_sub(self.end) {
                let at = usize::try_from(at).map_err(io::Error::other)?;
                let waiting = self.pending.get(at..).unwrap_or_default();
                let line = waiting.split_inclusive(|&byte| byte == b'\n').next();
                return Ok(serde_json::from_slice(line.unwrap_or_default())?);
            }
            let end = self.offsets.get(number + 1).copied().unwrap_or(self.end);
            let length = usize::try_from(end - start).map_err(io::Error::other)?;
            let mut line = vec![0; length];
            self.file.read_exact_at(&mut line, start)?;
            Ok(serde_json::from_slice(&line)?)
        };
        read().map_err(io_error)
    }

    /// Puts everything appended so far on the disk, where it survives a power cut.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn flush(&mut self) -> Result<(), JournalError> {
        let written = self.file.write_all(&self.pending);
        let stored = written.and_then(|()| durable::store(&self.file));
        stored.map_err(|source| JournalError::Io {
            path: self.path.clone(),
            source,
        })?;
        self.end += self.pending.len() as u64;
        self.pending.clear();
        self.pending_images = 0;
        self.last_flush = Instant::now();
        Ok(())
    }

    fn write_line(&mut self, value: &impl Serialize) -> Result<(), JournalError> {
        let io_error = |source| JournalError::Io {
            path: self.path.clone(),
            source,
        };
        serde_json::to_writer(&mut self.pending, value).map_err(|error| io_error(error.into()))?;
        self.pending.push(b'\n');
        Ok(())
    }
}

/// Keeps other processes out for as long as the file is open.
///
/// A lock that was given back a moment ago can still be held: a program that another thread is
/// just starting has copies of all open files until it is loaded. So a lock is asked for again
/// before another run is blamed.
fn lock(path: &Path, file: &File) -> Result<(), JournalError> {
    let asked = Instant::now();
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if asked.elapsed() < LOCK_PATIENCE => {
                thread::sleep(LOCK_RETRY);
            }
            Err(TryLockError::WouldBlock) => return Err(JournalError::InUse(path.to_owned())),
            // Some network file systems know no locks; a run there is better than none.
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(()),
        }
    }
}

/// Whether a file holds a line end; afterwards it is read from its start again.
fn has_whole_line(mut file: &File) -> io::Result<bool> {
    let found = BufReader::new(file).skip_until(b'\n')?;
    file.rewind()?;
    if found == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.read_exact_at(&mut last, found as u64 - 1)?;
    Ok(last == *b"\n")
}

/// Reads one line with its line end into `line` and gives its length; 0 at the end of the file
/// and for a line that is torn or not text.
fn read_whole_line(lines: &mut impl BufRead, line: &mut String) -> io::Result<u64> {
    line.clear();
    match lines.read_line(line) {
        Ok(length) if line.ends_with('\n') => Ok(length as u64),
        Ok(_) => {
            line.clear();
            Ok(0)
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            line.clear();
            Ok(0)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        process::Command,
        sync::atomic::{AtomicBool, Ordering},
    };

    use common::{Failure, FailureCode, MediaPath, SkipReason, media::CameraFacts};

    use super::*;
    use crate::report::RecordSource as _;

    fn header() -> JournalHeader {
        JournalHeader::sample()
    }

    fn record(number: usize) -> MediaRecord {
        MediaRecord {
            path: MediaPath::from_display_name(&format!("cam/{number}.txt")),
            size_bytes: number as u64,
            content_hash: None,
            camera: CameraFacts::default(),
            outcome: MediaOutcome::Skipped(SkipReason::NotAnImage),
        }
    }

    fn journal_of(count: usize) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let mut journal = Journal::create(&path, &header()).unwrap();
        for number in 0..count {
            journal.append(&record(number)).unwrap();
        }
        journal.flush().unwrap();
        (folder, path)
    }

    #[test]
    fn records_of_skipped_files_wait_until_they_are_many() {
        let (_folder, path) = journal_of(0);
        let mut journal = Journal::resume(&path, &header(), |_, _| true).unwrap();
        let mut waiting = 0;
        while journal.pending.len() < MOST_PENDING_BYTES {
            assert_eq!(journal.pending_images, 0);
            journal.append(&record(waiting)).unwrap();
            waiting += 1;
        }
        assert!(waiting > 100 * MOST_PENDING && journal.is_flush_due());
        journal.flush().unwrap();
        let failure = Failure::new(FailureCode::Unreadable, "damaged");
        for number in 0..MOST_PENDING {
            let outcome = MediaOutcome::Failed(failure.clone());
            let failed = MediaRecord {
                outcome,
                ..record(number)
            };
            journal.append(&failed).unwrap();
        }
        assert!(journal.is_flush_due());
    }

    #[test]
    fn a_cut_at_any_byte_keeps_every_whole_record() {
        let (_folder, path) = journal_of(5);
        let bytes = std::fs::read(&path).unwrap();
        let header_end = bytes.iter().position(|&b| b == b'\n').unwrap() + 1;
        for cut in header_end..=bytes.len() {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            let whole = bytes[header_end..cut]
                .iter()
                .filter(|&&b| b == b'\n')
                .count();
            let mut journal = Journal::resume(&path, &header(), |_, _| true).unwrap();
            assert_eq!(journal.len(), whole, "cut at byte {cut}");
            for number in whole..5 {
                journal.append(&record(number)).unwrap();
            }
            journal.flush().unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "cut at byte {cut}");
        }
    }

    #[test]
    fn records_are_read_back_between_appends() {
        let (_folder, path) = journal_of(3);
        let mut journal = Journal::resume(&path, &header(), |_, _| true).unwrap();
        assert_eq!(journal.read(1).unwrap(), record(1));
        journal.append(&record(3)).unwrap();
        journal.append(&record(4)).unwrap();
        for number in 0..5 {
            assert_eq!(journal.read(number).unwrap(), record(number), "waiting");
        }
        assert!(journal.read(5).is_err());
        let lines = JournalRecords::at(&path).records().unwrap().count();
        assert_eq!(lines, 3, "what waits is not on the disk yet");
        journal.flush().unwrap();
        assert_eq!(journal.read(4).unwrap(), record(4));
        let all: Vec<_> = JournalRecords::at(&path)
            .records()
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(all, (0..5).map(record).collect::<Vec<_>>());
    }

    #[test]
    fn a_refused_record_and_all_after_it_are_cut_off() {
        let (_folder, path) = journal_of(5);
        let journal = Journal::resume(&path, &header(), |number, _| number < 2).unwrap();
        assert_eq!(journal.len(), 2);
        drop(journal);
        assert_eq!(JournalRecords::at(&path).records().unwrap().count(), 2);
    }

    #[test]
    fn a_header_that_was_cut_is_written_again() {
        let (_folder, path) = journal_of(1);
        let bytes = std::fs::read(&path).unwrap();
        let header_end = bytes.iter().position(|&b| b == b'\n').unwrap() + 1;
        for cut in [0, 1, header_end - 1] {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            let mut journal = Journal::resume(&path, &header(), |_, _| true).unwrap();
            assert!(journal.is_empty());
            journal.append(&record(0)).unwrap();
            journal.flush().unwrap();
            drop(journal);
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "cut at byte {cut}");
        }
        std::fs::write(&path, b"\xff\n").unwrap();
        assert!(matches!(
            Journal::resume(&path, &header(), |_, _| true),
            Err(JournalError::Damaged(_))
        ));
    }

    #[test]
    fn a_journal_in_use_is_left_alone() {
        let (_folder, path) = journal_of(2);
        let journal = Journal::resume(&path, &header(), |_, _| true).unwrap();
        assert!(matches!(
            Journal::resume(&path, &header(), |_, _| true),
            Err(JournalError::InUse(_))
        ));
        assert!(matches!(
            Journal::create(&path, &header()),
            Err(JournalError::InUse(_))
        ));
        drop(journal);
        assert!(Journal::resume(&path, &header(), |_, _| true).is_ok());
    }

    #[test]
    fn programs_that_are_started_meanwhile_are_not_taken_for_another_run() {
        let (_folder, path) = journal_of(1);
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        Command::new("true").status().unwrap();
                    }
                });
            }
            let resumed = (0..300).all(|_| Journal::resume(&path, &header(), |_, _| true).is_ok());
            done.store(true, Ordering::Relaxed);
            assert!(resumed);
        });
    }

    #[test]
    fn a_journal_that_is_gone_is_named() {
        let (_folder, path) = journal_of(1);
        std::fs::remove_file(&path).unwrap();
        let error = JournalRecords::at(&path).records().err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(error.to_string().contains("journal.jsonl"), "{error}");
    }

    #[test]
    fn another_run_is_not_resumed() {
        let (_folder, path) = journal_of(1);
        let other = JournalHeader {
            model_sha256: "def".to_owned(),
            ..header()
        };
        let error = Journal::resume(&path, &other, |_, _| true).err().unwrap();
        assert!(
            matches!(error, JournalError::OtherRun("the model")),
            "{error}"
        );
    }
}
