//! A job as a worker leaves it, with as many pictures as wanted and without a model: cameras,
//! bursts, day and night, blanks, failures. The same for the same number.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "every program uses its own part, and nothing outside uses any"
)]

mod drawing;
mod records;

use common::{
    Counts, MediaOutcome, MediaRecord, Threshold,
    gallery::{GalleryBuilder, RecordPlace},
    job::{DoneFacts, EndFile, JobFile, JobId, JobOptions, Outcome, Upload},
    media::PicturePlace,
    store::{JobFolder, Store},
};

pub use records::records;

/// Pictures in a pack.
const IN_A_PACK: usize = 200;

/// How such a job is made.
pub struct GalleryJob {
    pub files: usize,
    /// Pictures that differ; others are shown with the same.
    pub drawings: u32,
    /// Width of the previews.
    pub preview_width: u32,
}

impl GalleryJob {
    /// A job that is made in no time.
    pub fn small(files: usize) -> Self {
        Self {
            files,
            drawings: 4,
            preview_width: 320,
        }
    }

    /// Writes the job, and gives what was found.
    pub async fn write(&self, store: &Store, job: JobId) -> Vec<MediaRecord> {
        self.write_records(store, job, records(self.files)).await
    }

    /// Writes a job with these records.
    pub async fn write_records(
        &self,
        store: &Store,
        job: JobId,
        mut records: Vec<MediaRecord>,
    ) -> Vec<MediaRecord> {
        let folder = JobFolder::of(job);
        let places = self.write_pictures(store, &folder).await;
        let mut places = places.iter().cycle();
        for record in &mut records {
            if let MediaOutcome::Processed(media) = &mut record.outcome {
                media.picture = places.next().copied();
            }
        }
        store
            .put_json(&folder.job_file(), &job_file(job))
            .await
            .unwrap();
        write_rows(store, &folder, &records).await;
        store
            .put(&folder.package(), "a package".into())
            .await
            .unwrap();
        let end = EndFile {
            ended: "2026-06-01T09:00:00Z".parse().unwrap(),
            outcome: Outcome::Done(facts(&records)),
        };
        store.put_json(&folder.end_file(), &end).await.unwrap();
        records
    }

    async fn write_pictures(&self, store: &Store, folder: &JobFolder) -> Vec<PicturePlace> {
        let mut places = Vec::new();
        let numbers: Vec<u32> = (0..self.drawings).collect();
        for (pack, numbers) in (0..).zip(numbers.chunks(IN_A_PACK)) {
            let mut bytes = Vec::new();
            for number in numbers {
                let thumbnail = drawing::jpeg(*number, 400);
                let preview = drawing::jpeg(*number, self.preview_width);
                places.push(PicturePlace {
                    pack,
                    offset: bytes.len() as u64,
                    thumbnail_bytes: thumbnail.len() as u32,
                    preview_bytes: preview.len() as u32,
                });
                bytes.extend(thumbnail);
                bytes.extend(preview);
            }
            store
                .put(&folder.pictures(pack), bytes.into())
                .await
                .unwrap();
        }
        places
    }
}

/// The threshold of such jobs.
pub fn threshold() -> Threshold {
    Threshold::from_thousandths(200)
}

async fn write_rows(store: &Store, folder: &JobFolder, records: &[MediaRecord]) {
    let mut builder = GalleryBuilder::new(threshold());
    let mut lines: Vec<u8> = Vec::new();
    for record in records {
        let line = serde_json::to_vec(record).unwrap();
        let place = RecordPlace {
            offset: lines.len() as u64,
            bytes: line.len() as u32,
        };
        builder.add(record, place);
        lines.extend(line);
        lines.push(b'\n');
    }
    store
        .put(&folder.kept_records(), lines.into())
        .await
        .unwrap();
    let rows = builder.finish().to_bytes().unwrap();
    store
        .put(&folder.gallery_file(), rows.into())
        .await
        .unwrap();
}

fn job_file(id: JobId) -> JobFile {
    JobFile {
        id,
        accepted: "2026-06-01T08:30:00Z".parse().unwrap(),
        email: "ada@example.org".parse().unwrap(),
        options: JobOptions::default(),
        uploads: vec![Upload {
            name: "spring.zip".to_owned(),
            size_bytes: 12_345_678,
        }],
    }
}

fn facts(records: &[MediaRecord]) -> DoneFacts {
    let mut counts = Counts::default();
    for record in records {
        counts.add(record, threshold());
    }
    DoneFacts {
        counts,
        package_bytes: 9,
        package_blake3: blake3::hash(b"a package").to_hex().to_string(),
        model: "a drawn model".to_owned(),
        threshold: threshold(),
        is_rebuilt: false,
        corrected: 0,
    }
}
