//! Bytes that can be read at any place, without a cursor: a file of this machine, or one in a
//! bucket. An archive is read where it lies, and only the parts of it that are needed.

mod cursor;
mod local_file;

use std::io;

pub use cursor::Cursor;
pub use local_file::LocalFile;

/// Bytes that many threads can read at any place at once. They are those that were there when this
/// was opened: where others have come into their place, reading fails.
pub trait RandomAccess: Send + Sync {
    /// How many bytes there are.
    fn size_bytes(&self) -> u64;

    /// Reads from an offset on, and says how many bytes came. None are the end; fewer than there
    /// is room for are not.
    ///
    /// # Errors
    /// When the bytes cannot be had.
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize>;

    /// How many bytes are best read at a time, by those who read many.
    fn chunk_bytes(&self) -> u64;

    /// Looks whether this can still be read as a whole; to be asked when a part of it could not.
    ///
    /// # Errors
    /// When it is lost: what holds it is gone, or it was cut short or replaced.
    fn check_readable(&self) -> io::Result<()>;

    /// Fills `bytes` from an offset on.
    ///
    /// # Errors
    /// When the bytes cannot be had; of the kind [`io::ErrorKind::UnexpectedEof`] when there are
    /// too few.
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.read_at(rest, offset.saturating_add(filled as u64)) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
