//! What is kept of a finished job for its results page, and for making its package again: every
//! record, and a small row for each.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use common::{
    MediaRecord, Threshold,
    gallery::{GalleryBuilder, RecordPlace},
    store::{JobFolder, Store, StoreError},
};

/// Names in the scratch folder.
const RECORDS: &str = "records.jsonl";
const ROWS: &str = "rows.bin";

/// Both files while the records pass by. The rows are in memory, about 200 bytes for each file.
pub(super) struct KeptResults {
    records: BufWriter<File>,
    end: u64,
    rows: GalleryBuilder,
    rows_path: PathBuf,
}

impl KeptResults {
    /// Begins both in the scratch folder.
    pub(super) fn begin(scratch: &Path, threshold: Threshold) -> io::Result<Self> {
        let records = File::create(scratch.join(RECORDS))?;
        Ok(Self {
            records: BufWriter::with_capacity(1 << 20, records),
            end: 0,
            rows: GalleryBuilder::new(threshold),
            rows_path: scratch.join(ROWS),
        })
    }

    /// Adds the next record.
    pub(super) fn add(&mut self, record: &MediaRecord) -> io::Result<()> {
        let mut line = serde_json::to_vec(record)?;
        let place = RecordPlace {
            offset: self.end,
            bytes: u32::try_from(line.len()).map_err(io::Error::other)?,
        };
        line.push(b'\n');
        self.records.write_all(&line)?;
        self.end += line.len() as u64;
        self.rows.add(record, place);
        Ok(())
    }

    /// Completes both files.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.records.flush()?;
        let rows = self.rows.finish().to_bytes().map_err(io::Error::other)?;
        fs::write(&self.rows_path, rows)
    }
}

/// Moves both finished files from the scratch folder into the store.
pub(super) async fn adopt(
    store: &Store,
    folder: &JobFolder,
    scratch: &Path,
) -> Result<(), StoreError> {
    let [records, rows] = [RECORDS, ROWS].map(|name| scratch.join(name));
    store.adopt_file(&folder.kept_records(), &records).await?;
    store.adopt_file(&folder.gallery_file(), &rows).await
}

#[cfg(test)]
mod tests {
    use common::{MediaOutcome, MediaPath, SkipReason, gallery::Gallery, media::CameraFacts};

    use super::*;

    #[test]
    fn every_row_says_where_its_record_is() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["a/1.txt", "a/ü \n.txt", "b.txt"];
        let records = names.map(|name| MediaRecord {
            path: MediaPath::from_display_name(name),
            size_bytes: 1,
            content_hash: None,
            camera: CameraFacts::default(),
            outcome: MediaOutcome::Skipped(SkipReason::NotAnImage),
        });
        let mut kept = KeptResults::begin(folder.path(), "0.2".parse().unwrap()).unwrap();
        for record in &records {
            kept.add(record).unwrap();
        }
        kept.finish().unwrap();
        let lines = fs::read(folder.path().join(RECORDS)).unwrap();
        let rows = fs::read(folder.path().join(ROWS)).unwrap();
        let gallery = Gallery::from_bytes(&rows).unwrap();
        let found = gallery.rows.iter().map(|row| {
            let RecordPlace { offset, bytes } = row.record;
            let start = usize::try_from(offset).unwrap();
            serde_json::from_slice::<MediaRecord>(&lines[start..start + bytes as usize]).unwrap()
        });
        assert_eq!(found.collect::<Vec<_>>(), records);
        assert_eq!(lines.iter().filter(|&&byte| byte == b'\n').count(), 3);
    }
}
