//! The whole way, through the real programs: a form, a job, a mail, a download.

use std::fs;

use common::job::{JobId, MailKind};

use crate::{
    backend::{place::Place, until},
    card::Card,
    deployment::Deployment,
    web_front::WebFront,
};

of_both_back_ends! {
    place => place;
    an_upload_ends_in_a_mail_with_the_link_to_its_package
}

async fn an_upload_ends_in_a_mail_with_the_link_to_its_package(place: Place) {
    let mut service = Deployment::new(place, 7).await;
    let card = Card::odd(&service.bench, 20);
    let web = WebFront::start(&service);
    // Before there is a worker: a job that is over is no longer said to be accepted.
    let job = web.upload(&card.path, &["--form", "threshold=0.6"]);
    service.start_worker();
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
    card.is_in(&service.unpack_file(&zip));

    for kind in [MailKind::Accepted, MailKind::Done] {
        service.mailed(job, kind).await;
        let name = format!("{}-{}.eml", job.tag(), kind.name());
        let mail = fs::read_to_string(service.bench.path("mail").join(name)).unwrap();
        let mail = mail.replace("=\r\n", "");
        assert!(mail.contains(&format!("/jobs/{job}")), "{mail}");
    }

    // As the form in a browser: the answer leads to the job's page.
    let file = format!("files=@{}", card.path.display());
    let mut as_browser = vec!["--form", "email=ada@example.org", "--form", &file];
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
    let mut upload = web.begin_upload(&[&big], "2M");
    until("the upload under way", async || service.has_half_upload()).await;
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
