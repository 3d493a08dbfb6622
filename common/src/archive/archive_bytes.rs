//! The bytes of an archive, wherever they are.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use rawzip::ReaderAt;

use crate::random_access::RandomAccess;

/// The bytes of an archive. Offsets count from where the archive begins, which is not the start
/// of its file when something was put in front of it.
#[derive(Clone)]
pub(super) struct ArchiveBytes {
    file: Arc<dyn RandomAccess>,
    start: u64,
    end: u64,
    phase: Arc<Mutex<Phase>>,
}

/// Whether the archive is being opened. Who looks for the directory of an archive takes what it
/// cannot read for something that is not there, so errors are noted meanwhile.
enum Phase {
    Opening { error: Option<io::Error> },
    Open,
}

impl ArchiveBytes {
    pub(super) fn new(file: Arc<dyn RandomAccess>) -> Self {
        let end = file.size_bytes();
        Self {
            file,
            start: 0,
            end,
            phase: Arc::new(Mutex::new(Phase::Opening { error: None })),
        }
    }

    /// To be called when the archive was opened, or was not.
    ///
    /// # Errors
    /// The first error of the file until now; what was found is worth nothing then.
    pub(super) fn end_opening(&self) -> io::Result<()> {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *phase, Phase::Open) {
            Phase::Opening { error: Some(error) } => Err(error),
            Phase::Opening { error: None } | Phase::Open => Ok(()),
        }
    }

    /// The error itself, or, while the archive is opened, another in its place.
    fn note(&self, error: io::Error) -> io::Error {
        use io::ErrorKind::{Interrupted, UnexpectedEof};
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *phase {
            Phase::Opening { error: first }
                if !matches!(error.kind(), Interrupted | UnexpectedEof) =>
            {
                first.get_or_insert(error);
                io::Error::other("the archive cannot be read")
            }
            _ => error,
        }
    }

    /// Leaves the first bytes out from now on.
    pub(super) fn without_front(self, bytes: u64) -> Self {
        Self {
            start: self.start.saturating_add(bytes).min(self.end),
            ..self
        }
    }

    /// The number of bytes.
    pub(super) fn len(&self) -> u64 {
        self.end - self.start
    }

    /// The file that the archive is in.
    pub(super) fn file(&self) -> &dyn RandomAccess {
        &*self.file
    }

    /// Whether the offsets count from the first byte of the file.
    pub(super) fn is_whole(&self) -> bool {
        self.start == 0
    }

    /// `N` bytes at an offset; `None` where the file ends before.
    pub(super) fn array_at<const N: usize>(&self, offset: u64) -> io::Result<Option<[u8; N]>> {
        let mut bytes = [0; N];
        match self.read_exact_at(&mut bytes, offset) {
            Ok(()) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The offset in the file, if a file can be that long at all.
    fn offset_in_file(&self, offset: u64) -> io::Result<u64> {
        let in_file = self.start.checked_add(offset).filter(|&at| at <= self.end);
        in_file.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl ReaderAt for ArchiveBytes {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let Ok(offset) = self.offset_in_file(offset) else {
            return Ok(0);
        };
        let read = self.file.read_at(bytes, offset);
        read.map_err(|error| self.note(error))
    }

    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        let read = self.file.read_exact_at(bytes, self.offset_in_file(offset)?);
        read.map_err(|error| self.note(error))
    }
}
