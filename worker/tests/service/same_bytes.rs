//! A job of the service gives what one run of `process` gives.

use std::{
    fs,
    path::{Path, PathBuf},
};

use common::job::{MailKind, Outcome, RejectionCode};

use crate::{
    backend::place::Place,
    deployment::Deployment,
    support::{Workbench, assert_same_package, picture, process},
};

/// A card with hits, blanks, people, copies of files in other shards, and files of every fate.
pub(crate) fn odd_card(bench: &Workbench, images: u32) -> PathBuf {
    let mut entries: Vec<(String, Vec<u8>)> = Vec::new();
    for number in 0..images {
        let colour = [picture::RED, picture::GREEN, picture::BLUE][number as usize % 3];
        let mut image = picture::with_square(colour, 32 * (number % 7), 32 * (number % 5));
        // Every picture is another, also where the squares are alike.
        image.put_pixel(
            number % 256,
            number / 256,
            image::Rgb([number as u8, 9, 200]),
        );
        let bytes = if number % 4 == 3 {
            picture::jpeg(&picture::blank())
        } else {
            picture::jpeg(&image)
        };
        entries.push((format!("cam {}/IMG_{number:04}.JPG", number % 2), bytes));
    }
    let first = entries[0].1.clone();
    entries.push(("cam 9/copy of the first.jpg".to_owned(), first));
    entries.push((
        "cam 9/broken.jpg".to_owned(),
        b"\xff\xd8\xff\xe0 no picture".to_vec(),
    ));
    entries.push(("cam 9/nothing.jpg".to_owned(), Vec::new()));
    entries.push(("cam 9/notes.txt".to_owned(), b"hello".to_vec()));
    let entries: Vec<(&str, &[u8])> = entries
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    bench.zip("card.zip", &entries)
}

async fn gives_the_same(place: Place) {
    let mut service = Deployment::new(place, 7).await;
    let card = odd_card(&service.bench, 40);
    let expected = service.bench.path("expected");
    let output = process(&card, &expected, &[]);
    assert_eq!(output.status.code(), Some(3), "two files cannot be read");

    service.start_worker();
    let job = service.submit(&[&card]).await;
    let facts = service.done(job).await;
    assert_same_package(&expected, &service.unpack(job));
    let counts = &facts.counts;
    assert_eq!(
        (
            counts.files,
            counts.processed,
            counts.failed,
            counts.skipped
        ),
        (44, 41, 2, 1)
    );
    service.mailed(job, MailKind::Accepted).await;
    service.mailed(job, MailKind::Done).await;
    service.quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_in_shards_gives_the_bytes_of_one_run_with_sqlite() {
    gives_the_same(Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_in_shards_gives_the_bytes_of_one_run_with_redis() {
    gives_the_same(Place::redis()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_uploads_give_what_several_inputs_give() {
    let mut service = Deployment::new(Place::sqlite(), 5).await;
    let card = odd_card(&service.bench, 12);
    let loose = service.bench.path("loose.jpg");
    fs::write(
        &loose,
        picture::jpeg(&picture::with_square(picture::RED, 64, 64)),
    )
    .unwrap();
    let expected = service.bench.path("expected");
    let mut command = crate::support::process_command(&card, &expected, &[]);
    command.arg(&loose).output().unwrap();

    service.start_worker();
    let job = service.submit(&[&card, &loose]).await;
    service.done(job).await;
    assert_same_package(&expected, &service.unpack(job));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_cannot_be_used_ends_at_once_with_a_mail_that_says_why() {
    let mut service = Deployment::new(Place::sqlite(), 5).await;
    service.start_worker();
    let bench = &service.bench;
    let cut = bench.path("cut.zip");
    fs::write(&cut, b"PK\x03\x04 and no end").unwrap();
    let text = bench.zip("text.zip", &[("notes.txt", b"hello")]);
    let cases: [(&Path, RejectionCode); 2] = [
        (&cut, RejectionCode::DamagedArchive),
        (&text, RejectionCode::NoImages),
    ];
    for (upload, code) in cases {
        let job = service.submit(&[upload]).await;
        let Outcome::Rejected(rejection) = service.end_of(job).await.outcome else {
            panic!("{}", service.log());
        };
        assert_eq!(rejection.code, code);
        service.mailed(job, MailKind::Failed).await;
    }
    service.quiet().await;
}
