//! What a finished job keeps for its results page.

use std::{fs, path::PathBuf};

use common::{
    MediaOutcome, MediaRecord,
    gallery::{Gallery, Row, RowState},
    job::JobId,
    media::PicturePlace,
    store::JobFolder,
};
use image::GenericImageView as _;

use crate::{
    backend::{place::Place, s3_server::S3Server},
    card::Card,
    deployment::Deployment,
};

/// What is kept of a job.
pub(crate) struct Kept {
    pub(crate) rows: Vec<Row>,
    records: Vec<MediaRecord>,
    store: common::store::Store,
    folder: JobFolder,
}

impl Kept {
    pub(crate) async fn of(service: &Deployment, job: JobId) -> Self {
        let (store, folder) = (service.jobs.store.clone(), JobFolder::of(job));
        let rows = store.get(&folder.gallery_file()).await.unwrap().unwrap();
        let lines = store.get(&folder.kept_records()).await.unwrap().unwrap();
        let lines = lines.split(|byte| *byte == b'\n');
        let lines = lines.filter(|line| !line.is_empty());
        Self {
            rows: Gallery::from_bytes(&rows).unwrap().rows,
            records: lines.map(|l| serde_json::from_slice(l).unwrap()).collect(),
            store,
            folder,
        }
    }

    /// Thumbnail and preview at a place.
    pub(crate) async fn pictures(&self, place: PicturePlace) -> [image::DynamicImage; 2] {
        let pack = self.store.get(&self.folder.pictures(place.pack)).await;
        let pack = pack.unwrap().unwrap();
        [place.thumbnail(), place.preview()].map(|bytes| {
            let range = usize::try_from(bytes.start).unwrap()..usize::try_from(bytes.end).unwrap();
            image::load_from_memory(&pack[range]).unwrap()
        })
    }
}

/// Every file has its row and its record, and every picture that was looked at its pictures.
async fn has_everything(service: &Deployment, job: JobId, files: usize) {
    let kept = Kept::of(service, job).await;
    assert_eq!((kept.rows.len(), kept.records.len()), (files, files));
    for (row, record) in kept.rows.iter().zip(&kept.records) {
        assert_eq!(row.path, record.path);
        let place = match &record.outcome {
            MediaOutcome::Processed(media) => media.picture,
            _ => None,
        };
        assert_eq!(place, row.picture);
        assert_eq!(place.is_some(), row.is_processed(), "{}", row.path);
        if let Some(place) = place {
            // Hits were decoded whole for their copies, blanks at the scale of the tiny model.
            // Neither is enlarged.
            let is_hit = row.category_at("0.6".parse().unwrap()).is_some();
            let size = if is_hit { (256, 192) } else { (96, 72) };
            for picture in kept.pictures(place).await {
                assert_eq!(picture.dimensions(), size, "{}", row.path);
            }
        }
    }
    let first = kept
        .rows
        .iter()
        .find(|row| row.path.as_str().ends_with("IMG_0000.JPG"));
    let copy = kept
        .rows
        .iter()
        .find(|row| row.path.as_str().ends_with("the first.jpg"));
    let (first, copy) = (first.unwrap(), copy.unwrap());
    assert!(matches!(
        copy.state,
        RowState::Processed {
            is_duplicate: true,
            ..
        }
    ));
    assert_eq!(first.picture, copy.picture);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_job_keeps_rows_records_and_pictures_and_deletes_them_with_itself() {
    let mut service = Deployment::new(Place::sqlite(), 7).await;
    let card = Card::odd(&service.bench, 20);
    service.start_worker();
    let job = service.submit(&[&card.path]).await;
    card.comes_out_of(&service, job).await;
    has_everything(&service, job, 24).await;
    let folder: PathBuf = service
        .jobs
        .store
        .local_path(JobFolder::of(job).root())
        .unwrap();
    service.quiet().await;
    service.jobs.delete(job).await.unwrap();
    assert!(fs::metadata(folder).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_a_job_in_a_bucket_are_in_the_bucket() {
    let server = S3Server::start();
    let mut service = Deployment::in_bucket(&server, Place::sqlite(), 7).await;
    let card = Card::odd(&service.bench, 10);
    service.start_worker();
    let job = service.submit(&[&card.path]).await;
    service.done(job).await;
    has_everything(&service, job, 14).await;
}
