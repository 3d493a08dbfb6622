//! A picture that the program does not survive.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use common::job::JobId;

use crate::{
    backend::{place::Place, until},
    deployment::Deployment,
    gallery::Kept,
    support::{picture, process},
};

/// Address space of a worker, bytes: enough for everything but decoding [`deadly`].
pub(crate) const MEMORY: u64 = 720 << 20;
/// Workers that die before the pictures are looked at one at a time.
const DEATHS: usize = 2;

/// A picture whose pixels take more memory than there is, so that the program is aborted.
fn deadly() -> Vec<u8> {
    let pixels = image::DynamicImage::new_rgba8(9_900, 9_900);
    picture::encode(&pixels, image::ImageFormat::Png)
}

/// The rows of the pictures, by path.
fn rows(package: &Path) -> Vec<String> {
    let table = fs::read_to_string(package.join("images.csv")).unwrap();
    table.lines().skip(1).map(str::to_owned).collect()
}

/// A card with four pictures, of which the second ends the program.
pub(crate) fn card_with_deadly(service: &Deployment) -> PathBuf {
    let small = picture::jpeg(&picture::with_square(picture::RED, 9, 9));
    service.bench.zip(
        "card.zip",
        &[
            ("a.jpg", &small),
            ("b.png", &deadly()),
            ("c.jpg", &small),
            ("d.jpg", &picture::jpeg(&picture::blank())),
        ],
    )
}

/// Asserts that of such a card only the deadly picture failed.
pub(crate) async fn only_the_deadly_failed(service: &Deployment, job: JobId) {
    let facts = service.done(job).await;
    assert_eq!((facts.counts.processed, facts.counts.failed), (3, 1));
    let expected = service.bench.path("expected");
    process(&service.bench.path("card.zip"), &expected, &[]);
    let found = rows(&service.unpack(job));
    for (found, expected) in found.iter().zip(rows(&expected)) {
        if found.starts_with("b.png,") {
            assert!(
                found.contains(",failed,") && found.contains("program-ended"),
                "{found}"
            );
        } else {
            assert_eq!(*found, expected);
        }
    }
    assert_eq!(found.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_ends_the_program_fails_alone() {
    let mut service = Deployment::new(Place::sqlite(), 20).await;
    service.set("LEASE_SECONDS", "1");
    let card = card_with_deadly(&service);
    let job = service.submit(&[&card]).await;

    let mut deaths = 0;
    loop {
        let mut starter = Command::new("prlimit");
        starter.arg(format!("--as={MEMORY}"));
        let worker = service.worker_under(starter);
        let worker = service.start(worker);
        let over = until("the end of the job, or of the worker", async || {
            service.worker(worker).try_wait().unwrap().is_some()
                || service.jobs.store.end_file(job).await.unwrap().is_some()
        });
        over.await;
        if service.jobs.store.end_file(job).await.unwrap().is_some() {
            break;
        }
        deaths += 1;
        assert!(deaths <= DEATHS, "{}", service.log());
    }
    assert_eq!(deaths, DEATHS);
    only_the_deadly_failed(&service, job).await;
    let kept = Kept::of(&service, job).await;
    let places = kept.rows.iter().map(|row| row.picture);
    let pictures: Vec<_> = places.map(|place| place.is_some()).collect();
    assert_eq!(pictures, [true, false, true, true], "also one by one");
    for place in kept.rows.iter().filter_map(|row| row.picture) {
        kept.pictures(place).await;
    }
}
