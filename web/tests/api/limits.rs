//! Limits: of size, of number, of room, of patience with one client.

use common::job::JobId;
use reqwest::{
    Body,
    multipart::{Form, Part},
};
use serde_json::Value;

use crate::support::*;

/// A part whose length is not announced.
fn unannounced(bytes: usize) -> Part {
    let chunks = (0..bytes.div_ceil(65_536)).map(|_| Ok::<_, std::io::Error>(vec![7_u8; 65_536]));
    let body = Body::wrap_stream(futures::stream::iter(chunks));
    Part::stream(body).file_name("a.jpg")
}

#[actix_web::test]
async fn an_upload_that_announces_too_much_is_refused_before_it_is_sent() {
    let app = TestApp::start_with(|config| config.max_upload_bytes = 1_000_000).await;
    let answer = app.upload(form_with("a.jpg", jpeg(20_000_000))).await;
    assert_eq!(answer.status(), 413);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(
        (&problem["code"], &problem["limit"]),
        (&"too-large".into(), &1_000_000.into())
    );
    assert!(problem["detail"].as_str().unwrap().contains("1.0 MB"));
    assert!(app.stored().is_empty());
}

#[actix_web::test]
async fn an_upload_that_grows_too_large_is_refused_while_it_is_sent() {
    let app = TestApp::start_with(|config| config.max_upload_bytes = 10_000_000).await;
    let form = Form::new()
        .text("email", "a@b.org")
        .part("files", unannounced(14_000_000));
    let answer = app.upload(form).await;
    assert_eq!(answer.status(), 413);
    until("the half upload goes", async || app.stored().is_empty()).await;
}

#[actix_web::test]
async fn an_upload_with_too_many_files_is_refused() {
    let app = TestApp::start_with(|config| config.max_upload_files = 2).await;
    let mut form = Form::new().text("email", "a@b.org");
    for _ in 0..3 {
        form = form.part("files", file("a.jpg", jpeg(10)));
    }
    let answer = app.upload_by_browser(form).await;
    assert_eq!(answer.status(), 413);
    assert!(answer.text().await.unwrap().contains("up to 2 files"));
    assert!(app.stored().is_empty());
}

#[actix_web::test]
async fn a_disk_that_is_nearly_full_takes_nothing_and_says_so_beforehand() {
    let app = TestApp::start_with(|config| config.min_free_bytes = u64::MAX / 2).await;
    assert!(app.page("/").await.contains("nearly full"));
    let answer = app.upload(form_with("a.jpg", jpeg(10))).await;
    assert_eq!(answer.status(), 507);
    assert!(answer.headers().contains_key("retry-after"));
    let ready = app.ask("/readyz").await;
    assert_eq!(ready.status(), 503);
    assert!(app.stored().is_empty());
}

#[actix_web::test]
async fn one_client_cannot_upload_without_end_and_others_still_can() {
    let app = TestApp::start_with(|config| config.uploads_per_hour = 2).await;
    let upload_for = async |client: &str| {
        let request = app
            .post("/jobs")
            .header("x-forwarded-for", client)
            .header("accept", JSON);
        request
            .multipart(form_with("a.jpg", jpeg(10)))
            .send()
            .await
            .unwrap()
    };
    assert_eq!(upload_for("203.0.113.1").await.status(), 201);
    assert_eq!(upload_for("203.0.113.1").await.status(), 201);
    let refused = upload_for("203.0.113.1").await;
    assert_eq!(refused.status(), 429);
    let seconds: u64 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1700..=1801).contains(&seconds), "{seconds}");
    assert_eq!(upload_for("203.0.113.2").await.status(), 201);
}

#[actix_web::test]
async fn nobody_gets_more_mails_in_a_day_than_the_limit() {
    let app = TestApp::start_with(|config| config.mails_per_day = 3).await;
    assert_eq!(app.upload(form_with("a.jpg", jpeg(10))).await.status(), 201);
    let refused = app.upload(form_with("a.jpg", jpeg(10))).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(
        refused.json::<Value>().await.unwrap()["code"],
        "too-many-mails"
    );
    assert_eq!(app.jobs.store.jobs().await.unwrap().len(), 1);
    let other = Form::new()
        .text("email", "b@b.org")
        .part("files", file("a.jpg", jpeg(10)));
    assert_eq!(app.upload(other).await.status(), 201);
}

#[actix_web::test]
async fn whoever_writes_the_same_mailbox_in_other_ways_gets_no_more_mails() {
    let app = TestApp::start_with(|config| config.mails_per_day = 3).await;
    let upload_for = async |address: &str| {
        let form = Form::new().text("email", address.to_owned());
        let form = form.part("files", file("a.jpg", jpeg(10)));
        app.upload(form).await
    };
    let first = upload_for("Ada.L+ridge@GoogleMail.com").await;
    assert_eq!(first.status(), 201);
    let job = app.jobs.store.job_file(job_of(&first)).await.unwrap();
    // Mails go to what was typed.
    assert_eq!(job.unwrap().email.as_str(), "Ada.L+ridge@googlemail.com");
    for same in ["adal@gmail.com", "a.d.a.l+x@gmail.com"] {
        assert_eq!(upload_for(same).await.status(), 429, "{same}");
    }
    assert_eq!(upload_for("ada@gmail.com").await.status(), 201);
}

#[actix_web::test]
async fn whoever_tries_ids_is_told_to_wait_and_learns_nothing_more() {
    let app = TestApp::start_with(|config| config.wrong_ids_per_minute = 3).await;
    let job = app.accepted_job().await;
    let ask = async |client: &str, path: &str| {
        let request = app.get(path).header("x-forwarded-for", client);
        request.header("accept", JSON).send().await.unwrap()
    };
    let (wrong, right) = (
        format!("/jobs/{}", "a".repeat(26)),
        format!("/jobs/{job}/status"),
    );
    let other = format!("/jobs/{}", JobId::random().unwrap());
    for (path, status) in [
        (&*wrong, 410),
        // The same once more, as pictures of a job that was deleted, tries nothing.
        (&wrong, 410),
        (&wrong, 410),
        ("/jobs/x", 404),
        (&right, 200),
        (&other, 410),
    ] {
        assert_eq!(ask("203.0.113.1", path).await.status(), status, "{path}");
    }
    for path in [&wrong, &right] {
        let refused = ask("203.0.113.1", path).await;
        assert_eq!(refused.status(), 429, "{path}");
        assert!(refused.headers().contains_key("retry-after"));
    }
    assert_eq!(ask("203.0.113.2", &right).await.status(), 200);
}
