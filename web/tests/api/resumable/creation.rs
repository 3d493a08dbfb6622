//! Beginning uploads, asking what is spoken, ending them.

use super::tus::*;
use crate::support::*;

#[actix_web::test]
async fn the_server_says_what_it_speaks() {
    let app = TestApp::start_with(|config| config.max_upload_bytes = 12_345).await;
    let request = app
        .client
        .request(reqwest::Method::OPTIONS, format!("{}/uploads", app.url));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 204);
    for (name, value) in [
        ("tus-resumable", "1.0.0"),
        ("tus-version", "1.0.0"),
        ("tus-max-size", "12345"),
        ("tus-checksum-algorithm", "sha1,sha256"),
        (
            "tus-extension",
            "creation,creation-with-upload,termination,expiration,checksum",
        ),
    ] {
        assert_eq!(answer.headers()[name], value, "{name}");
    }
}

#[actix_web::test]
async fn an_upload_is_begun_filled_and_asked_for() {
    let app = TestApp::start().await;
    let answer = app.try_to_begin(10, &[("filename", "a.jpg")]).await;
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.headers()["tus-resumable"], "1.0.0");
    assert!(answer.headers().contains_key("upload-expires"));
    let path = location_of(&answer);
    assert_eq!(app.offset(&path).await, Some(0));
    app.add(&path, 0, b"01234").await;
    app.add(&path, 5, b"").await;
    app.add(&path, 5, b"56789").await;
    let answer = app.tus("HEAD", &path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    for (name, value) in [
        ("upload-offset", "10"),
        ("upload-length", "10"),
        ("upload-metadata", "filename YS5qcGc="),
        ("tus-resumable", "1.0.0"),
    ] {
        assert_eq!(answer.headers()[name], value, "{name}");
    }
    let kept = answer.headers()["cache-control"].to_str().unwrap();
    assert!(kept.contains("no-store"), "{kept}");
    assert!(!answer.headers().contains_key("upload-expires"));
}

#[actix_web::test]
async fn an_upload_can_begin_with_all_or_some_of_its_bytes_or_have_none() {
    let app = TestApp::start().await;
    let whole = app.send_whole("a.jpg", b"0123456789").await;
    assert_eq!(app.offset(&whole).await, Some(10));
    let request = app.tus("POST", "/uploads").header("content-type", BYTES);
    let answer = request.header("upload-length", 10).body("0123").send();
    let answer = answer.await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), number(&answer, "upload-offset")),
        (201, 4)
    );
    app.add(&location_of(&answer), 4, b"456789").await;
    let empty = app.begin(0, &[]).await;
    assert_eq!(app.offset(&empty).await, Some(0));
}

#[actix_web::test]
async fn a_beginning_that_breaks_off_or_is_too_long_leaves_nothing() {
    let app = TestApp::start().await;
    let request = app.tus("POST", "/uploads").header("content-type", BYTES);
    let answer = request.header("upload-length", 3).body("0123").send();
    let answer = answer.await.unwrap();
    assert_eq!(code(answer).await, (413, "too-many-bytes".to_owned()));
    let chunks = futures::stream::iter([Ok("01"), Err(std::io::Error::other("the line breaks"))]);
    let request = app.tus("POST", "/uploads").header("content-type", BYTES);
    let request = request.header("upload-length", 4);
    assert!(
        request
            .body(reqwest::Body::wrap_stream(chunks))
            .send()
            .await
            .is_err()
    );
    until("the upload goes", async || app.spooled().is_empty()).await;
}

#[actix_web::test]
async fn another_version_of_the_protocol_is_refused_with_the_right_one() {
    let app = TestApp::start().await;
    let path = app.begin(1, &[]).await;
    for (method, path) in [
        ("POST", "/uploads"),
        ("HEAD", &path),
        ("PATCH", &path),
        ("DELETE", &path),
    ] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = app.client.request(method, format!("{}{path}", app.url));
        for request in [
            request.try_clone().unwrap(),
            request.header("tus-resumable", "0.2.2"),
        ] {
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 412);
            assert_eq!(answer.headers()["tus-version"], "1.0.0");
        }
    }
    assert_eq!(app.offset(&path).await, Some(0));
}

#[actix_web::test]
async fn a_beginning_that_cannot_be_understood_is_refused() {
    let app = TestApp::start().await;
    let begin = || app.tus("POST", "/uploads");
    for (request, expected) in [
        (begin(), "upload-length"),
        (begin().header("upload-length", "-1"), "upload-length"),
        (begin().header("upload-length", "+1"), "upload-length"),
        (begin().header("upload-defer-length", "1"), "upload-length"),
        (
            begin()
                .header("upload-length", 1)
                .header("upload-metadata", "a b c"),
            "upload-metadata",
        ),
        (
            begin()
                .header("upload-length", 1)
                .header("upload-metadata", "a !"),
            "upload-metadata",
        ),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(code(answer).await, (400, expected.to_owned()));
    }
    assert!(app.spooled().is_empty());
}

#[actix_web::test]
async fn what_a_client_says_of_a_file_comes_back_but_cannot_make_a_header() {
    let app = TestApp::start().await;
    let path = app
        .begin(1, &[("filename", "a\r\nset-cookie: b.jpg")])
        .await;
    let answer = app.tus("HEAD", &path).send().await.unwrap();
    assert!(!answer.headers().contains_key("set-cookie"));
    let told = answer.headers()["upload-metadata"].to_str().unwrap();
    assert!(told.starts_with("filename ") && !told.contains('\n'));
}

#[actix_web::test]
async fn a_removed_upload_is_gone_with_its_bytes() {
    let app = TestApp::start().await;
    let path = app.begin(10, &[]).await;
    app.add(&path, 0, b"01234").await;
    let answer = app.tus("DELETE", &path).send().await.unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(app.offset(&path).await, None);
    for method in ["DELETE", "PATCH"] {
        let request = app.tus(method, &path).header("content-type", BYTES);
        let answer = request.header("upload-offset", 5).send().await.unwrap();
        assert_eq!(code(answer).await, (410, "upload-gone".to_owned()));
    }
    assert!(app.spooled().is_empty());
    assert_eq!(
        app.tus("HEAD", "/uploads/none")
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
}

#[actix_web::test]
async fn where_only_post_passes_it_can_mean_all_else() {
    let app = TestApp::start().await;
    let path = app.begin(3, &[]).await;
    let meaning = |method| {
        app.tus("POST", &path)
            .header("x-http-method-override", method)
    };
    let part = meaning("PATCH").header("content-type", BYTES);
    let answer = part
        .header("upload-offset", 0)
        .body("012")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), number(&answer, "upload-offset")),
        (204, 3)
    );
    let answer = meaning("HEAD").send().await.unwrap();
    assert_eq!(number(&answer, "upload-offset"), 3);
    assert_eq!(meaning("DELETE").send().await.unwrap().status(), 204);
    assert_eq!(meaning("BREW").send().await.unwrap().status(), 405);
    assert_eq!(app.offset(&path).await, None);
}

#[actix_web::test]
async fn other_sites_cannot_begin_or_change_an_upload() {
    let app = TestApp::start().await;
    let path = app.begin(3, &[]).await;
    for request in [
        app.tus("POST", "/uploads").header("upload-length", 1),
        app.part(&path, 0, "012"),
        app.tus("DELETE", &path),
    ] {
        let answer = request
            .header("sec-fetch-site", "cross-site")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 403);
        assert!(!answer.headers().contains_key("access-control-allow-origin"));
    }
    assert_eq!(app.offset(&path).await, Some(0));
}
