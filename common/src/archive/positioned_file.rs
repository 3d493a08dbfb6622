//! A file that many threads read at once.

use std::{fs::File, io, os::unix::fs::FileExt};

use rawzip::ReaderAt;

/// A file without a cursor. Offsets count from where the archive begins in it, which is not the
/// start of the file when something was put in front of the archive.
#[derive(Debug)]
pub(super) struct PositionedFile {
    file: File,
    start: u64,
    end: u64,
}

impl PositionedFile {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let end = file.metadata()?.len();
        Ok(Self {
            file,
            start: 0,
            end,
        })
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

    /// Looks whether the file is still as long as it was when it was opened.
    pub(super) fn check_length(&self) -> io::Result<()> {
        if self.file.metadata()?.len() >= self.end {
            Ok(())
        } else {
            let what = "it has become shorter since it was opened";
            Err(io::Error::new(io::ErrorKind::UnexpectedEof, what))
        }
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

impl ReaderAt for PositionedFile {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let Ok(offset) = self.offset_in_file(offset) else {
            return Ok(0);
        };
        FileExt::read_at(&self.file, bytes, offset)
    }

    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        FileExt::read_exact_at(&self.file, bytes, self.offset_in_file(offset)?)
    }
}
