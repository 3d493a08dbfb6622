//! A job, live.

use common::job::{JobId, Outcome};
use futures::StreamExt;
use reqwest::Response;
use serde_json::Value;

use crate::support::*;

/// Reads a stream of events until one is complete that `is_it`.
async fn event(answer: &mut Response, is_it: impl Fn(&str) -> bool) -> String {
    let read = async {
        let mut text = String::new();
        while let Some(chunk) = answer.chunk().await.unwrap() {
            text.push_str(std::str::from_utf8(&chunk).unwrap());
            if text.ends_with("\n\n") && is_it(&text) {
                return text;
            }
        }
        panic!("the stream ended with {text:?}");
    };
    let limit = std::time::Duration::from_secs(90);
    tokio::time::timeout(limit, read).await.unwrap()
}

/// Begins to watch a job.
async fn watch(app: &TestApp, job: JobId) -> Response {
    app.ask(&format!("/jobs/{job}/events")).await
}

#[actix_web::test]
async fn a_page_is_told_what_changes_and_when_the_job_is_over() {
    let app = TestApp::start().await;
    let job = app.running_job(100).await;
    let mut answer = watch(&app, job).await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    assert_eq!(answer.headers()["x-accel-buffering"], "no");
    assert!(
        answer.headers()["cache-control"]
            .to_str()
            .unwrap()
            .contains("no-store")
    );

    let first = event(&mut answer, |_| true).await;
    let data = first
        .strip_prefix("retry: 3000\nevent: live\ndata: ")
        .unwrap();
    let live: Value = serde_json::from_str(data.trim()).unwrap();
    assert_eq!(live["done"], "100 of 1,000 images");
    assert_eq!(live["fraction"], 0.1);
    let metrics = app.metrics().await;
    assert!(metrics.contains("trapline_watchers 1"));

    app.end(job, Outcome::Cancelled).await;
    let last = event(&mut answer, |text| text.contains("event: over")).await;
    assert!(last.ends_with("event: over\ndata: {}\n\n"));
    assert_eq!(
        answer.bytes_stream().count().await,
        0,
        "and nothing after that"
    );
}

#[actix_web::test]
async fn a_deleted_job_ends_its_live_pages() {
    let app = TestApp::start().await;
    let job = app.accepted_job().await;
    let mut answer = watch(&app, job).await;
    event(&mut answer, |_| true).await;
    app.jobs.delete(job).await.unwrap();
    event(&mut answer, |text| text.contains("event: over")).await;
}

#[actix_web::test]
async fn live_pages_do_not_keep_the_server_from_stopping() {
    let mut app = TestApp::start().await;
    let job = app.accepted_job().await;
    let mut answer = watch(&app, job).await;
    event(&mut answer, |_| true).await;
    app.stop.take().unwrap().send(()).unwrap();
    while answer.chunk().await.unwrap().is_some() {}
    let limit = std::time::Duration::from_secs(10);
    tokio::time::timeout(limit, app.ended)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
}
