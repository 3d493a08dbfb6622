//! Whether an archive as a whole can still be read, after one of its entries could not.

use std::io;

use rawzip::ReaderAt as _;

use super::Archive;

/// How many places of the archive are tried.
const TRIALS: u64 = 16;

impl Archive {
    /// Looks whether the archive is still as long as it was and whether at least half of a few
    /// places, evenly spread over it, can be read: a bad sector hides one of them, a broken disk
    /// or share nearly all.
    ///
    /// # Errors
    /// What the disk says, when the archive is lost.
    pub fn check_readable(&self) -> io::Result<()> {
        let file = self.directory.get_ref();
        file.check_length()?;
        let last = file.len().saturating_sub(1);
        let mut errors = (0..TRIALS)
            .map(|trial| last / (TRIALS - 1) * trial)
            .filter_map(|offset| file.read_exact_at(&mut [0], offset).err())
            .skip(TRIALS as usize / 2);
        errors.next().map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Write as _};

    use tempfile::NamedTempFile;

    use super::*;
    use crate::archive::{
        ArchiveLimits,
        sample::{Sample, SampleEntry},
    };

    #[test]
    fn an_archive_is_lost_when_it_becomes_shorter_but_not_when_its_name_goes() {
        let sample = Sample::new([SampleEntry::stored("a.jpg", &[7; 5000])]);
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(&sample.bytes()).unwrap();
        let archive = Archive::open(file.path(), ArchiveLimits::default()).unwrap();
        assert!(archive.check_readable().is_ok());
        let writer = File::options().write(true).open(file.path()).unwrap();
        drop(file);
        assert!(archive.check_readable().is_ok(), "the open file is enough");
        writer.set_len(4000).unwrap();
        assert!(archive.check_readable().is_err());
    }
}
