//! The upload page and the page of a job, in every state.

use common::{
    config::MailRoute,
    job::{JobId, Outcome, PlanFile, Rejection, RejectionCode, Release, Task},
    records::fleet::{OfferedModel, WorkerNote},
    store::JobFolder,
};
use serde_json::json;

use crate::support::*;

fn worker() -> WorkerNote {
    let model = |id: &str, threshold: &str| OfferedModel {
        id: id.parse().unwrap(),
        name: format!("The model {id}"),
        typical_threshold: threshold.parse().unwrap(),
        licence: "Apache-2.0".to_owned(),
    };
    WorkerNote {
        name: "w".to_owned(),
        version: "0.1.0".to_owned(),
        device: "CPU".to_owned(),
        slots: 1,
        models: vec![model("yolox-nano", "0.3"), model("mdv6", "0.2")],
    }
}

#[actix_web::test]
async fn the_upload_page_says_what_it_takes_and_offers_what_workers_have() {
    let app = TestApp::start().await;
    app.jobs.records.announce(&worker()).await.unwrap();
    let page = app.page("/").await;
    let job = "a".repeat(26).parse().unwrap();
    insta::assert_snapshot!("upload_page", masked(&page, job));
}

#[actix_web::test]
async fn a_model_that_no_worker_has_is_refused() {
    let app = TestApp::start().await;
    app.jobs.records.announce(&worker()).await.unwrap();
    let form = |model: &str| form_with("a.jpg", jpeg(10)).text("model", model.to_owned());
    assert_eq!(app.upload(form("mdv6")).await.status(), 201);
    assert_eq!(app.upload(form("other")).await.status(), 422);
}

#[actix_web::test]
async fn without_a_mail_server_the_pages_say_so() {
    let app = TestApp::start_with(|config| {
        config.service.mail = MailRoute::Folder("mail".into());
    })
    .await;
    assert!(app.page("/").await.contains("not set up to send mails"));
    let job = app.accepted_job().await;
    assert!(
        app.page(&format!("/jobs/{job}"))
            .await
            .contains("keep its address")
    );
}

#[actix_web::test]
async fn a_waiting_job_shows_its_place_in_the_queue() {
    let app = TestApp::start().await;
    let (first, second) = (app.accepted_job().await, app.accepted_job().await);
    assert_eq!(
        app.json(&format!("/jobs/{first}/status")).await["position"],
        1
    );
    let status = app.json(&format!("/jobs/{second}/status")).await;
    assert_eq!(status["position"], 2);
    assert_eq!(status["has_workers"], false);
    let page = app.page(&format!("/jobs/{second}")).await;
    insta::assert_snapshot!("waiting_job", masked(&page, second));
}

#[actix_web::test]
async fn a_running_job_shows_how_far_it_is_and_how_long_it_takes() {
    let app = TestApp::start().await;
    let job = app.running_job(100).await;
    let status = app.json(&format!("/jobs/{job}/status")).await;
    assert_eq!(status["stage"], "detecting");
    assert_eq!(
        (&status["images"], &status["images_done"]),
        (&json!(1000), &json!(100))
    );
    assert_eq!(status["images_per_second"], 5.0);
    assert_eq!(status["seconds_left"], 180);
    assert_eq!(status["found"]["failed"], 1);
    let page = app.page(&format!("/jobs/{job}")).await;
    insta::assert_snapshot!("running_job", masked(&page, job));
}

#[actix_web::test]
async fn a_job_shows_how_names_that_are_not_unicode_were_read() {
    let app = TestApp::start().await;
    let job = app.running_job(100).await;
    let page = app.page(&format!("/jobs/{job}")).await;
    assert!(!page.contains("Names in zips"));
    let names = json!([{
        "input": "ridge.zip", "encoding": "cp852", "chosen_by": "detected", "sample": "Łąka/1.jpg",
    }]);
    let plan = PlanFile {
        model: "tiny".parse().unwrap(),
        model_sha256: "0".repeat(64),
        threshold: "0.2".parse().unwrap(),
        files: 1000,
        images: 1000,
        fingerprint: "f".to_owned(),
        names: serde_json::from_value(names).unwrap(),
        shards: Vec::new(),
    };
    let key = JobFolder::of(job).plan_file();
    app.jobs.store.put_json(&key, &plan).await.unwrap();
    let page = app.page(&format!("/jobs/{job}")).await;
    for told in ["Names in zips", "ridge.zip", "Łąka/1.jpg", "cp852"] {
        assert!(page.contains(told), "{told}: {page}");
    }
}

#[actix_web::test]
async fn a_finished_job_shows_its_result_and_when_it_is_deleted() {
    let app = TestApp::start().await;
    let job = app.done_job(b"PK the package").await;
    let status = app.json(&format!("/jobs/{job}")).await;
    assert_eq!(status["stage"], "done");
    assert_eq!(status["end"]["expires"], "2026-04-15T09:00:00Z");
    let page = app.page(&format!("/jobs/{job}")).await;
    insta::assert_snapshot!("finished_job", masked(&page, job));
}

#[actix_web::test]
async fn a_rejected_job_says_what_to_do() {
    let app = TestApp::start().await;
    let job = app.accepted_job().await;
    let rejection = Rejection {
        code: RejectionCode::DamagedArchive,
        detail: "'ridge <north>.zip' ends in the middle".to_owned(),
    };
    app.end(job, Outcome::Rejected(rejection)).await;
    let page = app.page(&format!("/jobs/{job}")).await;
    insta::assert_snapshot!("rejected_job", masked(&page, job));
}

/// Every worker that tries a task fails at it, until none tries again.
async fn fail_for_good(app: &TestApp, job: JobId, task: Task) {
    for _ in 0..common::job::FAULT_LIMIT {
        let fault = app.jobs.records.change(job, |record, now| {
            let later = now
                + 1_000_000_000
                    * u64::from(record.tasks().map(|(_, t)| t.faults).max().unwrap_or(0));
            let claim = record.claim(task, "w", 1000, later).unwrap();
            record.release(&claim, Release::Fault("disk".to_owned()), later)
        });
        fault.await.unwrap();
    }
}

#[actix_web::test]
async fn a_job_whose_plan_nobody_can_read_is_shown_as_one_that_we_failed_at() {
    let app = TestApp::start().await;
    let job = app.accepted_job().await;
    app.plan(job, 40).await;
    fail_for_good(&app, job, Task::Detect(0)).await;
    let key = JobFolder::of(job).plan_file();
    app.jobs.store.put(&key, "{".into()).await.unwrap();
    let page = app.page(&format!("/jobs/{job}")).await;
    assert!(page.contains("Something of ours failed, not of yours"));
}

#[actix_web::test]
async fn a_job_that_we_failed_at_says_that_it_is_our_fault() {
    let app = TestApp::start().await;
    let job = app.accepted_job().await;
    fail_for_good(&app, job, Task::Plan).await;
    let status = app.json(&format!("/jobs/{job}/status")).await;
    assert_eq!(status["stage"], "stuck");
    let page = app.page(&format!("/jobs/{job}")).await;
    assert!(page.contains("Something of ours failed, not of yours"));
    assert!(!page.contains("disk"), "the reason is for the log");
    let metrics = app.metrics().await;
    assert!(
        metrics.contains("trapline_jobs{state=\"stuck\"} 1"),
        "{metrics}"
    );
}

#[actix_web::test]
async fn a_live_page_loads_itself_anew_without_scripts_and_a_finished_one_does_not() {
    let app = TestApp::start().await;
    let refresh = r#"<noscript><meta http-equiv="refresh""#;
    let (open, done) = (app.accepted_job().await, app.done_job(b"x").await);
    assert!(app.page(&format!("/jobs/{open}")).await.contains(refresh));
    let page = app.page(&format!("/jobs/{done}")).await;
    assert!(!page.contains(refresh) && !page.contains("job.js"));
}

#[actix_web::test]
async fn unknown_jobs_are_gone_and_broken_links_are_not_found() {
    let app = TestApp::start().await;
    let unknown = format!("/jobs/{}", "a".repeat(26));
    for (path, status, text) in [
        (unknown.as_str(), 410, "not here any more"),
        ("/jobs/abc", 404, "lost its end"),
        ("/jobs/..%2f..%2fetc", 404, "lost its end"),
        ("/nowhere", 404, "There is nothing here"),
    ] {
        let page = app.ask_with(path, "accept", HTML).await;
        assert_eq!(page.status(), status, "{path}");
        assert!(
            page.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/html")
        );
        assert!(page.text().await.unwrap().contains(text), "{path}");
        let problem = app.ask_with(path, "accept", JSON).await;
        assert_eq!(
            problem.headers()["content-type"],
            "application/problem+json"
        );
        assert_eq!(
            problem.json::<serde_json::Value>().await.unwrap()["status"],
            status
        );
    }
    for path in ["/status", "/events", "/results.zip", "/cancel", "/delete"] {
        let answer = app.ask(&format!("{unknown}{path}")).await;
        assert_eq!(answer.status(), 410, "{path}");
    }
}
