//! Bytes of uploads: where they may begin, what they must add up to, what is kept of them.

use std::time::Duration;

use bytes::Bytes;
use futures::{SinkExt as _, channel::mpsc};
use reqwest::Body;

use super::tus::*;
use crate::support::*;

/// A body that comes when the test says so.
fn body() -> (mpsc::Sender<std::io::Result<Bytes>>, Body) {
    let (sender, receiver) = mpsc::channel(0);
    (sender, Body::wrap_stream(receiver))
}

/// Sends the first bytes of a part, and leaves it at that.
async fn begin_part(
    app: &TestApp,
    path: &str,
    bytes: &'static [u8],
) -> (
    mpsc::Sender<std::io::Result<Bytes>>,
    actix_web::rt::task::JoinHandle<reqwest::Result<reqwest::Response>>,
) {
    let (mut sender, body) = body();
    let request = app.part(path, 0, body).send();
    let asked = actix_web::rt::spawn(request);
    sender.send(Ok(Bytes::from_static(bytes))).await.unwrap();
    let file = app.store_folder().join(path.trim_start_matches('/'));
    let is_here = async || std::fs::metadata(&file).unwrap().len() == bytes.len() as u64;
    until("the first bytes are on the disk", is_here).await;
    (sender, asked)
}

#[actix_web::test]
async fn bytes_are_taken_only_where_those_before_end() {
    let app = TestApp::start().await;
    let path = app.begin(10, &[]).await;
    app.add(&path, 0, b"01234").await;
    for offset in [0, 4, 6, 10] {
        let answer = app.part(&path, offset, "x").send().await.unwrap();
        assert_eq!(code(answer).await, (409, "other-offset".to_owned()));
    }
    let none = app.tus("PATCH", &path).header("content-type", BYTES);
    let answer = none.body("x").send().await.unwrap();
    assert_eq!(code(answer).await, (400, "upload-offset".to_owned()));
    assert_eq!(app.offset(&path).await, Some(5));
}

#[actix_web::test]
async fn bytes_of_another_type_or_past_the_end_are_refused() {
    let app = TestApp::start().await;
    let path = app.begin(4, &[]).await;
    let request = app.tus("PATCH", &path).header("upload-offset", 0);
    let answer = request
        .header("content-type", "text/plain")
        .body("x")
        .send();
    assert_eq!(
        code(answer.await.unwrap()).await,
        (415, "other-type".to_owned())
    );
    let answer = app.part(&path, 0, "01234").send().await.unwrap();
    assert_eq!(code(answer).await, (413, "too-many-bytes".to_owned()));
    assert_eq!(app.offset(&path).await, Some(0));
    // Not announced: what fits is kept.
    let chunks = futures::stream::iter([Ok::<_, std::io::Error>("01"), Ok("23"), Ok("45")]);
    let answer = app.part(&path, 0, Body::wrap_stream(chunks)).send().await;
    assert_eq!(answer.unwrap().status(), 413);
    assert_eq!(app.offset(&path).await, Some(4));
}

#[actix_web::test]
async fn a_checksum_is_checked_and_wrong_bytes_are_thrown_away() {
    let app = TestApp::start().await;
    let path = app.begin(22, &[]).await;
    let right = "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=";
    let part = |offset, bytes: &'static str, sum| {
        let request = app.part(&path, offset, bytes);
        request.header("upload-checksum", sum).send()
    };
    let answer = part(0, "hello World", right).await.unwrap();
    assert_eq!(code(answer).await, (460, "checksum-mismatch".to_owned()));
    assert_eq!(app.offset(&path).await, Some(0));
    assert_eq!(part(0, "hello world", right).await.unwrap().status(), 204);
    let sha256 = "sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=";
    assert_eq!(part(11, "hello World", sha256).await.unwrap().status(), 460);
    assert_eq!(app.offset(&path).await, Some(11));
    assert_eq!(part(11, "hello world", sha256).await.unwrap().status(), 204);
    for unknown in ["md5 AAAA", "sha1", "sha1 !!"] {
        let answer = part(22, "", unknown).await.unwrap();
        assert_eq!(code(answer).await, (400, "upload-checksum".to_owned()));
    }
    assert_eq!(app.spooled().len(), 2);
}

#[actix_web::test]
async fn of_a_part_that_breaks_off_all_is_kept_that_came() {
    let app = TestApp::start().await;
    let path = app.begin(10, &[]).await;
    let (mut sender, asked) = begin_part(&app, &path, b"0123456").await;
    sender
        .send(Err(std::io::Error::other("the line breaks")))
        .await
        .unwrap();
    assert!(asked.await.unwrap().is_err());
    assert_eq!(app.offset(&path).await, Some(7));
    app.add(&path, 7, b"789").await;
}

#[actix_web::test]
async fn of_a_part_with_a_checksum_that_breaks_off_nothing_is_kept() {
    let app = TestApp::start().await;
    let path = app.begin(11, &[]).await;
    let (mut sender, body) = body();
    let request = app.part(&path, 0, body);
    let request = request.header("upload-checksum", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
    let asked = actix_web::rt::spawn(request.send());
    sender.send(Ok(Bytes::from_static(b"hello"))).await.unwrap();
    sender
        .send(Err(std::io::Error::other("the line breaks")))
        .await
        .unwrap();
    assert!(asked.await.unwrap().is_err());
    assert_eq!(app.offset(&path).await, Some(0));
}

#[actix_web::test]
async fn who_is_back_after_a_break_does_not_wait_for_the_dead_connection() {
    let app = TestApp::start().await;
    let path = app.begin(10, &[]).await;
    // It stays open, as the server sees it.
    let (_sender, dead) = begin_part(&app, &path, b"0123456").await;
    let asked = tokio::time::timeout(Duration::from_secs(5), app.offset(&path));
    assert_eq!(asked.await.unwrap(), Some(7));
    let answer = dead.await.unwrap().unwrap();
    assert_eq!(code(answer).await, (423, "interrupted".to_owned()));
    app.add(&path, 7, b"789").await;
}

#[actix_web::test]
async fn a_part_that_stands_still_is_given_up_and_kept() {
    let app = TestApp::start_with(|config| config.upload_idle_seconds = 3).await;
    let path = app.begin(10, &[]).await;
    let (_sender, silent) = begin_part(&app, &path, b"0123456").await;
    let answer = silent.await.unwrap().unwrap();
    assert_eq!(code(answer).await, (408, "stalled".to_owned()));
    assert_eq!(app.offset(&path).await, Some(7));
}

#[actix_web::test]
async fn a_server_that_is_told_to_stop_keeps_what_came_and_answers() {
    let mut app = TestApp::start().await;
    let path = app.begin(10, &[]).await;
    let (_sender, asked) = begin_part(&app, &path, b"0123456").await;
    app.stop.take().unwrap().send(()).unwrap();
    let answer = asked.await.unwrap().unwrap();
    assert_eq!(answer.headers()["retry-after"], "2");
    assert_eq!(code(answer).await, (503, "stopping".to_owned()));
    let app = app.restarted().await;
    assert_eq!(app.offset(&path).await, Some(7));
    app.add(&path, 7, b"789").await;
}
