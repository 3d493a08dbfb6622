//! Reading the records of a finished journal.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use common::MediaRecord;

use crate::report::RecordSource;

/// The finished records of a journal file, for the reports.
pub struct JournalRecords {
    path: PathBuf,
}

impl JournalRecords {
    /// Records of the journal at `path`.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }
}

impl RecordSource for JournalRecords {
    fn records(&self) -> io::Result<Box<dyn Iterator<Item = io::Result<MediaRecord>> + '_>> {
        let file = File::open(&self.path).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", self.path.display()))
        })?;
        let lines = BufReader::new(file).lines().skip(1);
        Ok(Box::new(
            lines.map(|line| Ok(serde_json::from_str(&line?)?)),
        ))
    }
}
