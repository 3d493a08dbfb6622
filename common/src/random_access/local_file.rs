//! A file of this machine.

use std::{fs::File, io, os::unix::fs::FileExt as _, path::Path};

use super::RandomAccess;

/// How many places of a file are tried when one of them could not be read.
const TRIALS: u64 = 16;
/// What is read at a time.
const CHUNK_BYTES: u64 = 128 << 10;

/// A file of this machine. Its name can go while it is read.
#[derive(Debug)]
pub struct LocalFile {
    file: File,
    size_bytes: u64,
}

impl LocalFile {
    /// Opens a file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let size_bytes = file.metadata()?.len();
        Ok(Self { file, size_bytes })
    }
}

impl RandomAccess for LocalFile {
    fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(bytes, offset)
    }

    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        self.file.read_exact_at(bytes, offset)
    }

    fn chunk_bytes(&self) -> u64 {
        CHUNK_BYTES
    }

    /// Looks whether the file is still as long as it was and whether at least half of a few
    /// places, evenly spread over it, can be read: a bad sector hides one of them, a broken disk
    /// or share nearly all.
    fn check_readable(&self) -> io::Result<()> {
        if self.file.metadata()?.len() < self.size_bytes {
            let what = "it has become shorter since it was opened";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
        }
        let last = self.size_bytes.saturating_sub(1);
        let places = (0..TRIALS).map(|trial| last / (TRIALS - 1) * trial);
        let mut errors = places
            .filter_map(|offset| self.read_at(&mut [0], offset).err())
            .skip(TRIALS as usize / 2);
        errors.next().map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use tempfile::NamedTempFile;

    use super::*;

    #[test]
    fn a_file_is_lost_when_it_becomes_shorter_but_not_when_its_name_goes() {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(&[7; 5000]).unwrap();
        let opened = LocalFile::open(file.path()).unwrap();
        assert!(opened.check_readable().is_ok());
        let writer = File::options().write(true).open(file.path()).unwrap();
        drop(file);
        assert!(opened.check_readable().is_ok(), "the open file is enough");
        writer.set_len(4000).unwrap();
        assert!(opened.check_readable().is_err());
    }
}
