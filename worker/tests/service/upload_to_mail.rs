//! The whole way, through the real programs: a form, a job, a mail, a download.

use std::{fs, process::Stdio};

use common::job::{JobId, MailKind};
use serde_json::Value;

use crate::{
    backend::{place::Place, until},
    deployment::Deployment,
    same_bytes::odd_card,
    support::{assert_same_package, process},
    web_front::WebFront,
};

async fn goes_the_whole_way(place: Place) {
    let mut service = Deployment::new(place, 7).await;
    let card = odd_card(&service.bench, 20);
    let expected = service.bench.path("expected");
    process(&card, &expected, &[]);
    service.start_worker();
    let web = WebFront::start(&service);

    let file = format!("files=@{}", card.display());
    let form = [
        "--form",
        "email=ada@example.org",
        "--form",
        "threshold=0.6",
        "--form",
        &file,
    ];
    let mut as_program = form.to_vec();
    as_program.extend(["--header", "Accept: application/json"]);
    let answer = web.curl(&as_program, "/jobs");
    let accepted: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let job: JobId = accepted["id"].as_str().unwrap().parse().unwrap();
    service.done(job).await;

    // The download breaks off and is taken up again.
    let (path, zip) = (
        format!("/jobs/{job}/results.zip"),
        service.bench.path("got.zip"),
    );
    let zip_path = zip.to_str().unwrap();
    assert!(
        web.curl(&["--range", "0-999", "--output", zip_path], &path)
            .status
            .success()
    );
    assert_eq!(fs::metadata(&zip).unwrap().len(), 1000);
    assert!(
        web.curl(&["--continue-at", "-", "--output", zip_path], &path)
            .status
            .success()
    );
    assert_same_package(&expected, &service.unpack_file(&zip));

    for kind in [MailKind::Accepted, MailKind::Done] {
        service.mailed(job, kind).await;
        let name = format!("{}-{}.eml", job.tag(), kind.name());
        let mail = fs::read_to_string(service.bench.path("mail").join(name)).unwrap();
        let mail = mail.replace("=\r\n", "");
        assert!(mail.contains(&format!("/jobs/{job}")), "{mail}");
    }

    // As the form in a browser: the answer leads to the job's page.
    let mut as_browser = form.to_vec();
    as_browser.extend(["--header", "Accept: text/html", "--output", "/dev/null"]);
    as_browser.extend(["--write-out", "%{http_code} %{redirect_url}"]);
    let answer = String::from_utf8(web.curl(&as_browser, "/jobs").stdout).unwrap();
    let (code, url) = answer.split_once(' ').unwrap();
    assert_eq!(code, "303");
    let second: JobId = url.rsplit('/').next().unwrap().parse().unwrap();
    service.done(second).await;
    let page = web.curl(
        &["--header", "Accept: text/html"],
        &format!("/jobs/{second}"),
    );
    assert!(String::from_utf8_lossy(&page.stdout).contains("results.zip"));
    assert!(
        !service.log().contains(&job.to_string()),
        "the log shows the key to a job"
    );
    assert!(!service.log().contains("ada@example.org"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_ends_in_a_mail_with_the_link_to_its_package_with_sqlite() {
    goes_the_whole_way(Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_ends_in_a_mail_with_the_link_to_its_package_with_redis() {
    goes_the_whole_way(Place::redis()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_during_which_the_front_end_dies_becomes_no_job() {
    let service = Deployment::new(Place::sqlite(), 7).await;
    let mut web = WebFront::start(&service);
    let big = service.bench.path("big.zip");
    fs::File::create(&big)
        .unwrap()
        .set_len(200_000_000)
        .unwrap();
    let file = format!("files=@{}", big.display());
    let slowly = [
        "--limit-rate",
        "2M",
        "--form",
        "email=ada@example.org",
        "--form",
        &file,
    ];
    let mut upload = web
        .curl_command(&slowly, "/jobs")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until("the upload under way", async || {
        !service.jobs.store.jobs().await.unwrap().is_empty() || has_half_upload(&service)
    })
    .await;
    web.kill();
    upload.wait().unwrap();
    assert!(
        service
            .jobs
            .records
            .store()
            .jobs()
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(service.jobs.restore_all().await.unwrap(), 0);
    for job in service.jobs.store.jobs().await.unwrap() {
        assert!(service.jobs.store.job_file(job).await.unwrap().is_none());
    }
}

/// Whether something of an upload lies in the store's folder.
fn has_half_upload(service: &Deployment) -> bool {
    let root = service.jobs.store.local_root().unwrap();
    let files = walkdir::WalkDir::new(root)
        .into_iter()
        .filter_map(Result::ok);
    files.filter(|entry| entry.file_type().is_file()).count() > 0
}
