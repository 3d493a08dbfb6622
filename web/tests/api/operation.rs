//! What the people who run the service see.

use common::records::fleet::WorkerNote;
use serde_json::json;

use crate::support::*;

#[actix_web::test]
async fn readiness_says_what_cannot_be_used() {
    let app = TestApp::start().await;
    assert_eq!(app.ask("/healthz").await.text().await.unwrap(), "ok\n");
    let worker = WorkerNote {
        name: "w".to_owned(),
        version: "1".to_owned(),
        device: "CPU".to_owned(),
        slots: 1,
        models: Vec::new(),
    };
    app.jobs.records.announce(&worker).await.unwrap();
    let whole =
        json!({"is_ready": true, "records": true, "store": true, "space": true, "workers": 1});
    assert_eq!(app.json("/readyz").await, whole);

    std::fs::remove_dir_all(app.store_folder()).unwrap();
    let answer = app.ask("/readyz").await;
    assert_eq!(answer.status(), 503);
    assert_eq!(
        answer.json::<serde_json::Value>().await.unwrap()["store"],
        false
    );
}

#[actix_web::test]
async fn metrics_count_what_happened_and_name_nobody() {
    let app = TestApp::start().await;
    let answer = app.upload(form_with("card.zip", card())).await;
    let job = job_of(&answer).to_string();
    app.page(&format!("/jobs/{job}")).await;
    app.upload(form_with("a.zip", b"none".to_vec())).await;
    let answer = app.client.get(&app.metrics_url).send().await.unwrap();
    assert!(
        answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/plain")
    );
    let text = answer.text().await.unwrap();
    for line in [
        "trapline_uploads_total{result=\"accepted\"} 1",
        "trapline_uploads_total{result=\"refused\"} 1",
        "trapline_http_requests_total{method=\"GET\",route=\"/jobs/{id}\",status=\"200\"} 1",
        "trapline_http_requests_total{method=\"POST\",route=\"/jobs\",status=\"201\"} 1",
        "trapline_jobs{state=\"waiting\"} 1",
        "trapline_queue_depth{queue=\"desk\"} 2",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains(&job) && !text.contains("ada@"));
    assert_eq!(
        app.ask("/metrics").await.status(),
        404,
        "not on the public side"
    );
}
