//! Stopping a job and deleting it, with and without scripts.

use common::{config::MailRoute, job::MailKind, jobs::JobState};

use crate::support::*;

#[actix_web::test]
async fn a_job_is_cancelled_after_a_question() {
    let app = TestApp::start().await;
    let job = app.accepted_job().await;
    let path = format!("/jobs/{job}");
    assert!(
        app.page(&path)
            .await
            .contains(&format!("href=\"{path}/cancel\""))
    );
    let question = app.page(&format!("{path}/cancel")).await;
    assert!(question.contains(&format!("method=\"post\" action=\"{path}/cancel\"")));
    assert!(matches!(
        app.jobs.state(job).await.unwrap(),
        JobState::Open(_)
    ));

    let answer = app.press(&format!("{path}/cancel")).await;
    assert_eq!((answer.status().as_u16(), job_of(&answer)), (303, job));
    let page = app.page(&path).await;
    assert!(page.contains("This job was cancelled") && !page.contains("/cancel"));
    assert_eq!(app.jobs.records.store().jobs().await.unwrap(), []);

    let again = app
        .post(&format!("{path}/cancel"))
        .header("accept", JSON)
        .send()
        .await
        .unwrap();
    assert_eq!(
        again.json::<serde_json::Value>().await.unwrap()["stage"],
        "cancelled"
    );
    let question = app.ask(&format!("{path}/cancel")).await;
    assert_eq!(question.status(), 303);
}

#[actix_web::test]
async fn a_finished_job_cannot_be_cancelled_any_more() {
    let app = TestApp::start().await;
    let job = app.done_job(b"x").await;
    let answer = app
        .post(&format!("/jobs/{job}/cancel"))
        .header("accept", JSON);
    let status: serde_json::Value = answer.send().await.unwrap().json().await.unwrap();
    assert_eq!(status["stage"], "done");
}

#[actix_web::test]
async fn deleting_takes_everything_at_once() {
    let app = TestApp::start().await;
    let job = app.done_job(b"x").await;
    let path = format!("/jobs/{job}");
    let question = app.page(&format!("{path}/delete")).await;
    assert!(question.contains("Delete everything now?"));
    assert!(!app.stored().is_empty());
    let answer = app.press(&format!("{path}/delete")).await;
    assert_eq!(answer.headers()["location"], "/deleted");
    assert!(app.page("/deleted").await.contains("Everything is deleted"));
    assert!(app.stored().is_empty());
    assert_eq!(app.ask(&path).await.status(), 410);
}

#[actix_web::test]
async fn programs_delete_by_the_verb_and_open_jobs_too() {
    let app = TestApp::start().await;
    let job = app.running_job(100).await;
    let delete = || {
        app.client
            .delete(format!("{}/jobs/{job}", app.url))
            .header("accept", JSON)
    };
    assert_eq!(delete().send().await.unwrap().status(), 204);
    assert!(app.stored().is_empty());
    // A worker is at it, and does not know yet.
    let loaded = app.jobs.records.store().load(job).await.unwrap();
    let record = loaded.unwrap().record;
    assert!(record.is_deleted() && !record.is_to_be_erased());
    assert_eq!(delete().send().await.unwrap().status(), 410);
}

#[actix_web::test]
async fn mails_that_lie_as_files_go_with_their_job() {
    let mails = tempfile::tempdir().unwrap();
    let route = MailRoute::Folder(mails.path().to_owned());
    let app = TestApp::start_with(|config| config.service.mail = route).await;
    let (job, other) = (app.done_job(b"x").await, app.done_job(b"y").await);
    let mail = |job| {
        let name = MailKind::Done.name_of_mail(job);
        mails.path().join(format!("{name}.eml"))
    };
    for job in [job, other] {
        std::fs::write(mail(job), "mail").unwrap();
    }
    app.press(&format!("/jobs/{job}/delete")).await;
    assert!(!mail(job).exists() && mail(other).exists());
}

#[actix_web::test]
async fn a_browser_that_has_a_picture_is_told_that_it_is_gone() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 20).await;
    let number = gallery.first(|record| found(record, 0.2).is_some());
    let path = gallery.at(&format!("/pictures/{number}/thumbnail"));
    let first = app.ask(&path).await;
    assert_eq!(first.headers()["cache-control"], "private, no-cache");
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert!(!tag.starts_with("W/"), "{tag}");
    // For most answers nothing of the store is read: it may even be away.
    let (store, away) = (
        app.store_folder(),
        app.store_folder().with_extension("away"),
    );
    until("an answer from memory", || async {
        let known = app.ask_with(&path, "if-none-match", &tag).await;
        assert_eq!(known.status(), 304);
        std::fs::rename(&store, &away).unwrap();
        let known = app.ask_with(&path, "if-none-match", &tag).await;
        std::fs::rename(&away, &store).unwrap();
        known.status() == 304
    })
    .await;
    app.press(&format!("/jobs/{}/delete", gallery.job)).await;
    let gone = app.ask_with(&path, "if-none-match", &tag).await;
    assert_eq!(gone.status(), 410);
}
