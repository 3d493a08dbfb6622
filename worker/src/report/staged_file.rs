//! A file that appears under its name only when it is complete.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use super::ReportError;

/// A file being written as `NAME.part`. Dropped before [`StagedFile::publish`], it is removed;
/// left behind by a killed process, it is overwritten by the next one.
pub(crate) struct StagedFile {
    name: &'static str,
    part: PathBuf,
    finished: PathBuf,
    out: BufWriter<File>,
    is_published: bool,
}

impl StagedFile {
    /// Starts a file of this name in a folder.
    pub(crate) fn create(folder: &Path, name: &'static str) -> Result<Self, ReportError> {
        let part = folder.join(format!("{name}.part"));
        let out = File::create(&part).map_err(ReportError::writing(name))?;
        Ok(Self {
            name,
            part,
            finished: folder.join(name),
            out: BufWriter::new(out),
            is_published: false,
        })
    }

    /// Puts everything written so far on the disk.
    pub(crate) fn seal(&mut self) -> Result<(), ReportError> {
        self.out
            .flush()
            .and_then(|()| self.out.get_ref().sync_all())
            .map_err(ReportError::writing(self.name))
    }

    /// Gives the file its name, in place of an older one. To be sealed first.
    pub(crate) fn publish(mut self) -> Result<(), ReportError> {
        fs::rename(&self.part, &self.finished).map_err(ReportError::writing(self.name))?;
        self.is_published = true;
        Ok(())
    }
}

/// Puts the names in a folder on the disk.
pub(crate) fn seal_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        if !self.is_published {
            // Nobody is left to tell; the next run overwrites what stays.
            let _ = fs::remove_file(&self.part);
        }
    }
}

impl Write for StagedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Seek for StagedFile {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.out.seek(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unpublished_file_leaves_the_old_one_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.csv"), "old").unwrap();
        let mut staged = StagedFile::create(folder.path(), "a.csv").unwrap();
        staged.write_all(b"half").unwrap();
        drop(staged);
        assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_published_file_replaces_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.csv"), "old").unwrap();
        fs::write(folder.path().join("a.csv.part"), "left by a killed process").unwrap();
        let mut staged = StagedFile::create(folder.path(), "a.csv").unwrap();
        staged.write_all(b"new").unwrap();
        staged.seal().unwrap();
        staged.publish().unwrap();
        assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_named_with_the_file() {
        let error = StagedFile::create(Path::new("/nonexistent/folder"), "a.csv")
            .err()
            .unwrap();
        assert_eq!(error.to_string(), "writing a.csv");
    }
}
