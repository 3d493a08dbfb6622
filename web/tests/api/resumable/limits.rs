//! The limits of the form hold here, too.

use super::tus::*;
use crate::support::*;

#[actix_web::test]
async fn an_upload_past_the_limit_is_refused_before_it_begins_alone_or_as_a_set() {
    let app = TestApp::start_with(|config| config.max_upload_bytes = 1000).await;
    let answer = app.try_to_begin(1001, &[]).await;
    assert_eq!(answer.status(), 413);
    let problem: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(
        (&problem["code"], &problem["limit"]),
        (&"too-large".into(), &1000.into())
    );
    app.begin(600, &[("set", "a")]).await;
    let answer = app.try_to_begin(401, &[("set", "a")]).await;
    assert_eq!(code(answer).await, (413, "too-large".to_owned()));
    app.begin(400, &[("set", "a")]).await;
    app.begin(401, &[("set", "b")]).await;
}

#[actix_web::test]
async fn a_set_has_no_more_files_than_a_form_also_after_a_restart() {
    let app = TestApp::start_with(|config| config.max_upload_files = 2).await;
    let file = |name| [("set", "a"), ("filename", name)];
    let one = app.begin(1, &file("1.jpg")).await;
    let app = app
        .restarted_with(|config| config.max_upload_files = 2)
        .await;
    app.begin(1, &file("2.jpg")).await;
    let answer = app.try_to_begin(1, &file("3.jpg")).await;
    assert_eq!(code(answer).await, (413, "too-many-files".to_owned()));
    app.tus("DELETE", &one).send().await.unwrap();
    app.begin(1, &file("3.jpg")).await;
}

#[actix_web::test]
async fn an_upload_whose_beginning_was_never_answered_takes_no_room_of_its_set() {
    let app = TestApp::start_with(|config| config.max_upload_bytes = 1000).await;
    let file = |name| [("set", "a"), ("filename", name)];
    let unheard = app.begin(600, &file("large.jpg")).await;
    let heard = app.begin(600, &file("large.jpg")).await;
    assert_eq!(app.offset(&unheard).await, None);
    app.add(&heard, 0, b"0123").await;
    // Another file, or one of which something has come, is no reason to forget anything.
    for name in ["other.jpg", "large.jpg"] {
        let answer = app.try_to_begin(600, &file(name)).await;
        assert_eq!(code(answer).await, (413, "too-large".to_owned()), "{name}");
    }
    assert_eq!(app.offset(&heard).await, Some(4));
}

#[actix_web::test]
async fn several_sets_together_are_one_upload_when_they_become_a_job() {
    let app = TestApp::start_with(|config| config.max_upload_bytes = 1000).await;
    let uploads = [
        app.send_whole("a.jpg", &jpeg(600)).await,
        app.send_whole("b.jpg", &jpeg(600)).await,
    ];
    let answer = app.deliver(&[&uploads[0], &uploads[1]]).await;
    assert_eq!(code(answer).await, (413, "too-large".to_owned()));
    assert_eq!(app.deliver(&[&uploads[0]]).await.status(), 201);
}

#[actix_web::test]
async fn what_was_promised_and_has_not_come_others_cannot_have() {
    let free = rustix::fs::statvfs("/tmp").unwrap();
    let free = (free.f_bavail * free.f_frsize) as usize;
    let app = TestApp::start_with(|config| config.max_upload_bytes = u64::MAX).await;
    let first = app.begin(free / 4 * 3, &[]).await;
    let answer = app.try_to_begin(free / 4 * 3, &[]).await;
    assert_eq!(code(answer).await, (507, "no-space".to_owned()));
    // Also after a restart.
    let app = app
        .restarted_with(|config| config.max_upload_bytes = u64::MAX)
        .await;
    assert_eq!(app.try_to_begin(free / 4 * 3, &[]).await.status(), 507);
    app.tus("DELETE", &first).send().await.unwrap();
    app.begin(free / 4 * 3, &[]).await;
}

#[actix_web::test]
async fn a_full_disk_takes_no_uploads() {
    let app = TestApp::start_with(|config| config.min_free_bytes = u64::MAX).await;
    let answer = app.try_to_begin(1, &[]).await;
    assert_eq!(answer.headers()["retry-after"], "3600");
    assert_eq!(code(answer).await, (507, "no-space".to_owned()));
}

#[actix_web::test]
async fn a_set_counts_once_for_its_client_however_many_files_it_has() {
    let app = TestApp::start_with(|config| config.uploads_per_hour = 2).await;
    for _ in 0..5 {
        app.begin(1, &[("set", "a")]).await;
    }
    app.begin(1, &[("set", "b")]).await;
    let answer = app.try_to_begin(1, &[("set", "c")]).await;
    assert_eq!(code(answer).await, (429, "too-many-uploads".to_owned()));
    assert_eq!(app.try_to_begin(1, &[]).await.status(), 429);
    app.begin(1, &[("set", "a")]).await;
}

#[actix_web::test]
async fn jobs_of_uploads_count_for_their_client_but_asking_again_does_not() {
    let app = TestApp::start_with(|config| config.uploads_per_hour = 2).await;
    let mut uploads = Vec::new();
    for _ in 0..3 {
        let path = app.begin(20, &[("set", "a"), ("filename", "a.jpg")]).await;
        app.add(&path, 0, &jpeg(20)).await;
        uploads.push(path);
    }
    for _ in 0..3 {
        assert_eq!(app.deliver(&[&uploads[0]]).await.status(), 201);
    }
    assert_eq!(app.deliver(&[&uploads[1]]).await.status(), 201);
    assert_eq!(app.deliver(&[&uploads[2]]).await.status(), 429);
    assert_eq!(app.offset(&uploads[2]).await, Some(20), "it is kept");
}
