//! Where reports get the annotated copies from that they show.

use std::{fs, io, path::Path};

/// The annotated copies of a run.
pub trait CopySource {
    /// The bytes of the copy at a path inside the package. It belongs to the record with this
    /// number, from 0.
    ///
    /// # Errors
    /// When it cannot be read.
    fn copy(&self, record: usize, path: &str) -> io::Result<Vec<u8>>;
}

/// Copies that lie in the package's folder.
pub struct FolderCopies<'a>(pub &'a Path);

impl CopySource for FolderCopies<'_> {
    fn copy(&self, _: usize, path: &str) -> io::Result<Vec<u8>> {
        fs::read(self.0.join(path))
    }
}
