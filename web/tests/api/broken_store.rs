//! A store that refuses: every request is answered in words, and the program goes on.

use std::{fs, net::TcpListener};

use actix_web::{App, HttpResponse, HttpServer, http::StatusCode, rt, web::Payload};
use common::store::JobFolder;
use futures::StreamExt as _;
use reqwest::{Client, Response};
use serde_json::Value;

use crate::{program::Program, support::*};

/// Puts a file where the store would have a folder: nobody can write there, not even root.
fn block(app: &TestApp, folder: &str) {
    let path = app.store_folder().join(folder);
    if path.is_dir() {
        fs::rename(&path, path.with_extension("away")).unwrap();
    }
    fs::write(path, "no folder").unwrap();
}

fn unblock(app: &TestApp, folder: &str) {
    let path = app.store_folder().join(folder);
    fs::remove_file(&path).unwrap();
    if path.with_extension("away").is_dir() {
        fs::rename(path.with_extension("away"), path).unwrap();
    }
}

/// That it is told in words, as a program wants them, to come back.
async fn is_unavailable(answer: Response) {
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert!(answer.headers().contains_key("retry-after"));
    let problem: Value = answer.json().await.unwrap();
    // A service that has noticed it already says so before it tries.
    let code = problem["code"].as_str().unwrap();
    assert!(["unavailable", "not-ready"].contains(&code), "{code}");
}

#[actix_web::test]
async fn a_form_whose_files_cannot_be_finished_is_told_so_and_leaves_nothing() {
    let app = TestApp::start().await;
    block(&app, "jobs");
    // One that is written at once, and one that is written in parts.
    for bytes in [300, 20_000_000] {
        is_unavailable(app.upload(form_with("a.jpg", jpeg(bytes))).await).await;
        let page = app.upload_by_browser(form_with("a.jpg", jpeg(bytes))).await;
        assert_eq!(page.status(), 503);
        assert!(page.headers().contains_key("retry-after"));
        let page = page.text().await.unwrap();
        assert!(page.contains("The upload could not be written"), "{page}");
        assert!(page.contains("ada@example.org"), "what was typed is there");
    }
    assert_eq!(app.jobs.records.store().jobs().await.unwrap(), []);
    unblock(&app, "jobs");
    assert!(app.stored().is_empty());
    assert_eq!(
        app.upload(form_with("a.jpg", jpeg(300))).await.status(),
        201
    );
}

#[actix_web::test]
async fn uploads_in_parts_wait_until_the_store_takes_them() {
    let app = TestApp::start().await;
    let picture = jpeg(500);
    let metadata = [("filename", "a.jpg")];
    let upload = app.begin(picture.len(), &metadata).await;
    app.add(&upload, 0, &picture).await;
    block(&app, "jobs");
    is_unavailable(app.deliver(&[&upload]).await).await;
    assert_eq!(app.offset(&upload).await, Some(picture.len()));
    block(&app, "uploads");
    is_unavailable(app.try_to_begin(10, &metadata).await).await;
    unblock(&app, "uploads");
    unblock(&app, "jobs");
    assert_eq!(app.deliver(&[&upload]).await.status(), 201);
}

#[actix_web::test]
async fn corrections_that_cannot_be_kept_are_not_said_to_be() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 20).await;
    let folder = JobFolder::of(gallery.job).corrections();
    let place = app.jobs.store.local_path(&folder).unwrap();
    fs::write(&place, "no folder").unwrap();
    let said = app
        .post(&gallery.at("/results/corrections"))
        .header("accept", JSON)
        .json(&serde_json::json!({ "media": 0, "verdict": "blank" }));
    is_unavailable(said.send().await.unwrap()).await;
}

/// A bucket that answers everything with a status.
fn bucket_that_says(status: StatusCode) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = move |mut body: Payload| async move {
        while body.next().await.is_some() {}
        HttpResponse::new(status)
    };
    let server = HttpServer::new(move || App::new().default_service(actix_web::web::to(answer)));
    let server = server.workers(1).disable_signals().listen(listener);
    rt::spawn(server.unwrap().run());
    address
}

#[actix_web::test]
async fn a_bucket_that_refuses_everything_stops_no_request() {
    let bucket = bucket_that_says(StatusCode::FORBIDDEN);
    let program = Program::start(&[
        ("STORE_URL", "s3://cards"),
        ("AWS_ENDPOINT", &bucket),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_ALLOW_HTTP", "true"),
    ]);
    let client = Client::builder().no_proxy().build().unwrap();
    for bytes in [300, 20_000_000] {
        let request = client.post(format!("{}/jobs", program.url));
        let form = form_with("a.jpg", jpeg(bytes));
        let answer = request.header("accept", JSON).multipart(form);
        is_unavailable(answer.send().await.unwrap()).await;
    }
    let job = format!("{}/jobs/{}", program.url, "a".repeat(26));
    for (method, path) in [
        ("GET", "/status"),
        ("GET", "/results.zip"),
        ("POST", "/cancel"),
        ("POST", "/delete"),
    ] {
        let method = method.parse().unwrap();
        let request = client.request(method, format!("{job}{path}"));
        is_unavailable(request.header("accept", JSON).send().await.unwrap()).await;
    }
    let log = program.end();
    assert!(log.iter().all(|line| !line.contains("panicked")), "{log:?}");
}
