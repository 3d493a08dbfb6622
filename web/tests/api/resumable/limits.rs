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
async fn what_is_only_announced_takes_no_room_from_others() {
    let free = rustix::fs::statvfs("/tmp").unwrap();
    let free = (free.f_bavail * free.f_frsize) as usize;
    let app = TestApp::start_with(|config| config.max_upload_bytes = u64::MAX).await;
    for _ in 0..3 {
        app.begin(free / 4 * 3, &[]).await;
    }
    let picture = jpeg(3_000_000);
    assert_eq!(app.upload(form_with("a.jpg", picture)).await.status(), 201);
    // What cannot fit is refused before it is sent.
    let answer = app.try_to_begin(free * 2, &[]).await;
    assert_eq!(code(answer).await, (507, "no-space".to_owned()));
}

#[actix_web::test]
async fn one_client_has_so_much_that_is_no_job_yet_and_others_are_not_concerned() {
    let few = |config: &mut web::WebConfig| {
        config.unfinished_files_per_client = Some(3);
        config.unfinished_bytes_per_client = Some(1000);
    };
    let app = TestApp::start_with(few).await;
    let begin = async |app: &TestApp, client: &str, length: usize| {
        let request = app.tus("POST", "/uploads").header("upload-length", length);
        let answer = request.header("x-forwarded-for", client).send().await;
        answer.unwrap()
    };
    let [first, second] = ["203.0.113.1", "203.0.113.2"];
    // What is only announced counts for nothing.
    let mut uploads = Vec::new();
    for _ in 0..2 {
        let begun = begin(&app, first, 900).await;
        assert_eq!(begun.status(), 201);
        uploads.push(location_of(&begun));
    }
    let [large, other] = uploads.as_slice() else {
        unreachable!()
    };
    app.add(large, 0, &[7; 900]).await;
    let refused = app.part(other, 0, vec![7; 101]).send().await.unwrap();
    assert!(refused.headers().contains_key("retry-after"));
    let refused = code(refused).await;
    assert_eq!(refused, (429, "too-many-unfinished".to_owned()));
    let here = app.offset(other).await.unwrap();
    app.add(other, here, &vec![7; 100 - here]).await;
    assert_eq!(begin(&app, first, 1).await.status(), 429, "no byte more");
    assert_eq!(begin(&app, second, 1000).await.status(), 201);
    // Also after a restart.
    let app = app.restarted_with(few).await;
    assert_eq!(begin(&app, first, 1).await.status(), 429);
    app.tus("DELETE", large).send().await.unwrap();
    assert_eq!(begin(&app, first, 900).await.status(), 201);
    assert_eq!(begin(&app, first, 0).await.status(), 201);
    assert_eq!(begin(&app, first, 0).await.status(), 429, "a fourth file");
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
