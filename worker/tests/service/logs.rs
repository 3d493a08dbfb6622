//! What logs never hold, whatever happens and however much is logged.

use std::{
    fs,
    path::{Path, PathBuf},
};

use common::{
    job::{JobId, MailKind, Outcome},
    store::JobFolder,
};
use worker::annotate::kept_exif::insert_into_jpeg;

use crate::{
    backend::{mail_server::MailServer, place::Place, until},
    deployment::Deployment,
    support::{Workbench, picture},
    tiff_builder::{Data, TiffBuilder},
    web_front::WebFront,
};

/// Where the upload comes from, as a proxy on this machine says.
const CLIENT: &str = "203.0.113.77";
/// Its name, and that of a folder in it.
const UPLOAD: &str = "secret-ridge.zip";
/// Written with a digit that no id has: those are random.
const HIDE: &str = "hide of the 1ynx";

/// Parts of addresses, names and coordinates, each of which gives something away. No moment looks
/// like the position: it is 71.570833 degrees north and 98.203429 degrees east.
const SECRETS: [&str; 9] = [
    "ada@",
    "ada%40",
    CLIENT,
    "secret-ridge",
    "hide of",
    "1ynx",
    "71.57",
    "98.20",
    "137/4",
];

/// A card with a picture that says where it was made, and one that cannot be read.
fn telling_card(bench: &Workbench) -> PathBuf {
    let north_east = TiffBuilder::new(true)
        .gps(0x0001, Data::Ascii(b"N"))
        .gps(0x0002, Data::Rational(vec![(71, 1), (137, 4), (0, 1)]))
        .gps(0x0003, Data::Ascii(b"E"))
        .gps(
            0x0004,
            Data::Rational(vec![(98, 1), (12, 1), (123_456, 10_000)]),
        );
    let square = picture::jpeg(&picture::with_square(picture::RED, 32, 32));
    let placed = insert_into_jpeg(square, &north_east.build());
    let (picture, damaged) = (format!("{HIDE}/1.jpg"), format!("{HIDE}/2.jpg"));
    bench.zip(UPLOAD, &[(&picture, &placed), (&damaged, b"\xff\xd8\xff")])
}

/// A job that cannot be planned, because something stands where a file belongs.
async fn unlucky(service: &Deployment, card: &Path) -> JobId {
    let job = JobId::random().unwrap();
    let facts = JobFolder::of(job).facts_file();
    let facts = service.jobs.store.local_path(&facts).unwrap();
    fs::create_dir_all(facts.join("in the way")).unwrap();
    service.submit_as(job, &[card]).await;
    job
}

/// Everything that people can do, and some of what can go wrong; the ids of the jobs.
async fn much_happens(service: &mut Deployment, web: &WebFront) -> Vec<JobId> {
    let card = telling_card(&service.bench);
    let cut = service.bench.path("secret-ridge-cut.zip");
    fs::write(&cut, b"PK\x03\x04 and no end").unwrap();
    let from = format!("X-Forwarded-For: {CLIENT}");
    let from = ["--header", &from];

    let done = web.upload(&card, &[&from[..], &["--form", "originals=yes"]].concat());
    service.done(done).await;
    service.mailed(done, MailKind::Done).await;
    let file = format!("files=@{}", cut.display());
    let refused = [
        &from[..],
        &["--form", "email=ada@example.org", "--form", &file],
    ]
    .concat();
    assert_eq!(web.ask(&refused, "/jobs").status, 422);
    let rejected = service.submit(&[&cut]).await;
    let end = service.end_of(rejected).await;
    assert!(matches!(end.outcome, Outcome::Rejected(_)));

    let unlucky = unlucky(service, &card).await;
    until("a fault", async || {
        service.log().contains("it is tried again later")
    })
    .await;
    service.place.server().pause();
    let status = format!("/jobs/{unlucky}/status?1ynx=71.57");
    assert_eq!(web.ask(&from, &status).status, 503);
    service.place.server().resume();
    for (arguments, path) in [
        (&from[..], format!("/jobs/{done}")),
        (&from, format!("/jobs/{done}/results.zip")),
        (&from, format!("/jobs/{done}/events")),
        (&from, format!("/jobs/{done}x")),
        (&from, status),
        (&["--data", ""], format!("/jobs/{unlucky}/cancel")),
        (&["--data", ""], format!("/jobs/{done}/delete")),
        (&from, format!("/jobs/{done}")),
    ] {
        web.ask(arguments, &path);
    }
    vec![done, rejected, unlucky]
}

async fn says_nothing_of_anybody(level: &str) {
    let mut service = Deployment::new(Place::redis(), 1).await;
    let server = MailServer::start("refuse");
    service.send_mails_to(&server);
    service.set("LOG_LEVEL", level);
    service.start_worker();
    let mut web = WebFront::start(&service);
    let jobs = much_happens(&mut service, &web).await;
    web.stop();
    let log = service.log();
    for event in [
        "answered",
        "an upload was accepted",
        "a job was deleted",
        "this mail will not arrive",
        "done",
    ] {
        assert!(log.contains(event), "{event} is not logged: {log}");
    }
    let ids = jobs.iter().map(ToString::to_string);
    let secrets: Vec<String> = SECRETS.iter().map(ToString::to_string).chain(ids).collect();
    for line in log.lines() {
        for secret in &secrets {
            assert!(!line.contains(secret.as_str()), "{secret}: {line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_name_nobody_and_no_place() {
    says_nothing_of_anybody("info").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_name_nobody_and_no_place_although_all_is_logged() {
    says_nothing_of_anybody("trace").await;
}
