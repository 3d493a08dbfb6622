//! A job of the service gives what one run of `process` gives.

use std::{fs, path::Path};

use common::job::{JobId, JobOptions, MailKind, Outcome, RejectionCode};

use crate::{
    backend::place::Place,
    card::{Card, odd_card},
    deployment::Deployment,
    support::{assert_same_package, picture, process, process_command},
};

of_both_back_ends! {
    place => place;
    a_job_in_shards_gives_the_bytes_of_one_run
}

async fn a_job_in_shards_gives_the_bytes_of_one_run(place: Place) {
    let mut service = Deployment::new(place, 7).await;
    let card = Card::odd(&service.bench, 40);
    // Before there is a worker: a job that is over is no longer said to be accepted.
    let job = service.submit(&[&card.path]).await;
    service.start_worker();
    let facts = card.comes_out_of(&service, job).await;
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
    let mut command = process_command(&card, &expected, &[]);
    command.arg(&loose).output().unwrap();

    service.start_worker();
    let job = service.submit(&[&card, &loose]).await;
    service.done(job).await;
    assert_same_package(&expected, &service.unpack(job));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_clash_across_shards_give_what_one_run_gives() {
    let mut service = Deployment::new(Place::sqlite(), 2).await;
    let picture = |number: u8| {
        let mut image = picture::with_square(picture::RED, 64, 64);
        image.put_pixel(0, 0, image::Rgb([number, 9, 200]));
        picture::jpeg(&image)
    };
    // In the order of paths the clashing ones are far from each other.
    let names = [
        "-North/IMG_1.JPG",
        "-North/IMG_2.JPG",
        "-North/IMG_3.JPG",
        "-north/IMG_1.JPG",
        "caf\u{e9}/IMG_1.JPG",
        "cafe\u{301}/IMG_1.JPG",
        "last/IMG_1.JPG",
    ];
    let pictures: Vec<Vec<u8>> = (0..7).map(picture).collect();
    let entries: Vec<(&str, &[u8])> = names
        .into_iter()
        .zip(pictures.iter().map(Vec::as_slice))
        .collect();
    let card = service.bench.zip("card.zip", &entries);
    let expected = service.bench.path("expected");
    let output = process(&card, &expected, &["--csv-plain"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(expected.join("annotated-renamed").is_dir());

    service.start_worker();
    let job = JobId::random().unwrap();
    let options = JobOptions {
        threshold: Some("0.6".parse().unwrap()),
        csv_plain: true,
        ..JobOptions::default()
    };
    service.submit_with(job, &[&card], options).await;
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
