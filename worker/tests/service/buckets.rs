//! A service whose files are in a bucket of an S3 server.

use std::{
    fs,
    path::{Path, PathBuf},
};

use common::job::{JobId, MailKind};
use serde_json::Value;

use crate::{
    backend::{place::Place, s3_server::S3Server, until},
    card::{Card, odd_card},
    deployment::Deployment,
    support::{assert_same_package, picture, process, process_command},
    web_front::WebFront,
};

/// What is read of an uploaded file to see what it is.
const FIRST_BYTES: &str = "bytes=0-63";
/// Bytes of a film that nobody looks at.
const FILM_BYTES: usize = 24 << 20;

/// A card with pictures before and after a long film.
fn card_with_film(service: &Deployment) -> PathBuf {
    let mut state = 1_u64;
    let film: Vec<u8> = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state.to_be_bytes()[0]
    })
    .take(FILM_BYTES)
    .collect();
    let draw = |n: u32| {
        let square = picture::with_square(picture::RED, 32 * (n % 7), 32 * (n % 5));
        (
            format!("cam {}/{n:02}.jpg", 2 * (n / 10)),
            picture::jpeg(&square),
        )
    };
    let mut entries: Vec<(String, Vec<u8>)> = (0..20).map(draw).collect();
    entries.insert(10, ("cam 1/film.mp4".to_owned(), film));
    let entries: Vec<(&str, &[u8])> = entries
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    service.bench.zip("card.zip", &entries)
}

/// Uploads files as a program does.
fn upload(web: &WebFront, files: &[&Path]) -> JobId {
    let files: Vec<String> = files
        .iter()
        .map(|file| format!("files=@{}", file.display()))
        .collect();
    let mut form = vec!["--header", "Accept: application/json"];
    form.extend(["--form", "email=ada@example.org", "--form", "threshold=0.6"]);
    form.extend(files.iter().flat_map(|file| ["--form", file]));
    let answer = web.curl(&form, "/jobs");
    let said = String::from_utf8_lossy(&answer.stdout);
    let accepted: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"));
    let id = accepted["id"].as_str();
    id.unwrap_or_else(|| panic!("{said}")).parse().unwrap()
}

/// Fetches a package by the link of its job, in two parts.
pub(crate) fn download(service: &Deployment, web: &WebFront, job: JobId) -> PathBuf {
    let (path, zip) = (
        format!("/jobs/{job}/results.zip"),
        service.bench.path(&format!("{}.zip", job.tag())),
    );
    let output = ["--location", "--fail", "--output", zip.to_str().unwrap()];
    for part in [["--range", "0-999"], ["--continue-at", "-"]] {
        let fetched = web.curl(&[&output[..], &part].concat(), &path);
        assert!(fetched.status.success(), "{fetched:?}");
    }
    zip
}

async fn gives_the_same(place: Place) {
    let server = S3Server::start();
    let mut service = Deployment::in_bucket(&server, place, 7).await;
    let card = odd_card(&service.bench, 40);
    let expected = service.bench.path("expected");
    process(&card, &expected, &[]);
    let workers = [service.start_worker(), service.start_worker()];
    let web = WebFront::start(&service);
    let (killed, whole) = (upload(&web, &[&card]), upload(&web, &[&card]));
    until("a shard", async || is_begun(&service, killed).await).await;
    service.kill(workers[0]);
    service.start_worker();
    for job in [killed, whole] {
        service.done(job).await;
        let zip = download(&service, &web, job);
        assert_same_package(&expected, &service.unpack_file(&zip));
        service.mailed(job, MailKind::Done).await;
    }
    service.quiet().await;
    assert_eq!(server.reads().of_whole_files, 0);
    assert!(!service.log().contains(&killed.to_string()));
}

async fn is_begun(service: &Deployment, job: JobId) -> bool {
    let shards = common::store::JobFolder::of(job).shards();
    !service.jobs.store.list(&shards).await.unwrap().is_empty()
        || service.jobs.store.end_file(job).await.unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_in_a_bucket_gives_the_bytes_of_one_run_with_sqlite() {
    gives_the_same(Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_in_a_bucket_gives_the_bytes_of_one_run_with_redis() {
    gives_the_same(Place::redis()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_archive_only_what_is_needed_is_read() {
    let server = S3Server::start();
    let mut service = Deployment::in_bucket(&server, Place::sqlite(), 10).await;
    let card = card_with_film(&service);
    let expected = service.bench.path("expected");
    process(&card, &expected, &[]);
    let web = WebFront::start(&service);
    let job = upload(&web, &[&card]);
    let check = server.reads();
    assert!(check.bytes < 3 << 20 && check.requests < 10, "{check:?}");
    service.start_worker();
    service.done(job).await;
    let work = server.reads();
    eprintln!("of {FILM_BYTES} bytes and more: {check:?}, {work:?}");
    assert!(work.bytes < 10 << 20 && work.requests < 30, "{work:?}");
    assert_eq!(check.of_whole_files + work.of_whole_files, 0);
    let zip = download(&service, &web, job);
    assert_same_package(&expected, &service.unpack_file(&zip));
    // Nothing of an upload lies on a worker's disk.
    service.quiet().await;
    let scratch = walkdir::WalkDir::new(service.bench.path("scratch")).into_iter();
    let files = scratch.map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    // The worker's sign of life.
    assert!(files.into_iter().all(|entry| entry.file_name() == "alive"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_and_archives_together_are_read_where_they_are() {
    let server = S3Server::start();
    let mut service = Deployment::in_bucket(&server, Place::sqlite(), 5).await;
    let card = odd_card(&service.bench, 12);
    let mut files = vec![card];
    let empty: (&str, &[u8]) = ("nothing.jpg", b"");
    let pictures: Vec<(String, Vec<u8>)> = (0..8)
        .map(|n| {
            let square = picture::with_square(picture::GREEN, 32 * (n % 7), 0);
            (format!("loose {n}.jpg"), picture::jpeg(&square))
        })
        .collect();
    let pictures = crate::support::running::borrowed(&pictures);
    let folder = service
        .bench
        .folder("loose", &[&pictures[..], &[empty]].concat());
    files.extend(pictures.iter().map(|(name, _)| folder.join(name)));
    files.push(folder.join(empty.0));
    // What a file is, its first bytes say.
    let misnamed = service.bench.path("a card.jpg");
    fs::copy(&files[0], &misnamed).unwrap();
    files.push(misnamed);
    let expected = service.bench.path("expected");
    process_command(&files[0], &expected, &[])
        .args(&files[1..])
        .output()
        .unwrap();
    service.start_worker();
    let web = WebFront::start(&service);
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let job = upload(&web, &files);
    service.done(job).await;
    let zip = download(&service, &web, job);
    assert_same_package(&expected, &service.unpack_file(&zip));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_bucket_fails_no_picture_and_no_job() {
    let server = S3Server::start();
    let mut service = Deployment::in_bucket(&server, Place::sqlite(), 10).await;
    let card = card_with_film(&service);
    let expected = service.bench.path("expected");
    process(&card, &expected, &[]);
    let job = service.submit(&[&card]).await;
    // What the upload is, the plan asks; its first entries are read for a shard.
    server.refuse(FIRST_BYTES);
    server.refuse("bytes=0-262143");
    service.start_worker();
    service.done(job).await;
    let zip = service.bench.path("results.zip");
    let package = common::store::JobFolder::of(job).package();
    let package = service.jobs.store.get(&package).await.unwrap();
    fs::write(&zip, package.unwrap()).unwrap();
    assert_same_package(&expected, &service.unpack_file(&zip));
    let log = service.log();
    assert_eq!(log.matches("it is tried again later").count(), 2, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_refuses_a_worker_holds_it_up_and_fails_no_job() {
    let server = S3Server::start();
    let mut service = Deployment::in_bucket(&server, Place::sqlite(), 10).await;
    let card = Card::odd(&service.bench, 30);
    let job = service.submit(&[&card.path]).await;
    server.shut();
    service.start_worker();
    until("a worker that takes nothing", async || {
        service.log().contains("it takes no tasks until it can")
    })
    .await;
    server.open_again();
    let facts = service.done(job).await;
    assert_eq!(facts.counts.failed, 2, "{}", service.log());
    assert!(service.log().contains("this worker can write again"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_in_a_bucket_is_checked_before_it_is_accepted() {
    let server = S3Server::start();
    let service = Deployment::in_bucket(&server, Place::sqlite(), 10).await;
    let web = WebFront::start(&service);
    let bench = &service.bench;
    let cut = bench.path("cut.zip");
    fs::write(&cut, [&b"PK\x03\x04"[..], &[7; 9 << 20]].concat()).unwrap();
    let text = bench.zip("text.zip", &[("readme", b"hello")]);
    let untold = bench.zip("untold.zip", &[("IMG", &picture::jpeg(&picture::blank()))]);
    let status = |file: &Path| {
        let file = format!("files=@{}", file.display());
        let form = ["--form", "email=ada@example.org", "--form", &file];
        let code = ["--output", "/dev/null", "--write-out", "%{http_code}"];
        let json = ["--header", "Accept: application/json"];
        let answer = web.curl(&[&form[..], &code, &json].concat(), "/jobs");
        String::from_utf8(answer.stdout).unwrap()
    };
    assert_eq!(
        [status(&cut), status(&text), status(&untold)],
        ["422", "422", "201"]
    );
    // What cannot be looked at is not accepted, and not refused for good.
    server.refuse(FIRST_BYTES);
    assert_eq!(status(&untold), "503");
    assert_eq!(service.jobs.store.jobs().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_to_the_bucket_and_says_how_much_there_is() {
    let server = S3Server::start();
    let mut service = Deployment::in_bucket(&server, Place::sqlite(), 30).await;
    let card = odd_card(&service.bench, 5);
    service.start_worker();
    let web = WebFront::start(&service);
    let job = upload(&web, &[&card]);
    let facts = service.done(job).await;
    let path = format!("/jobs/{job}/results.zip");
    let headers = |more: &[&str]| {
        let head = ["--dump-header", "-", "--output", "/dev/null"];
        let answer = web.curl(&[&head[..], more].concat(), &path);
        String::from_utf8(answer.stdout).unwrap().to_lowercase()
    };
    let redirect = headers(&[]);
    let address = format!("location: {}/", server.address);
    assert!(redirect.starts_with("http/1.1 302"), "{redirect}");
    assert!(redirect.contains(&address), "{redirect}");
    assert!(redirect.contains("x-amz-expires=900"), "{redirect}");
    let followed = headers(&["--location"]);
    let name = format!("attachment; filename=\"trapline-{}.zip\"", job.tag());
    let length = format!("content-length: {}", facts.package_bytes);
    for expected in [name.as_str(), &length, "content-type: application/zip"] {
        assert!(followed.contains(expected), "{expected}: {followed}");
    }
    // An address is good for one method only.
    let head = headers(&["--head", "--location"]);
    assert!(
        head.starts_with("http/1.1 200") && head.contains(&length),
        "{head}"
    );
}
