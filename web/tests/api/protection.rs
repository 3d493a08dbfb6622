//! What keeps pages and jobs from being abused.

use crate::support::*;

#[actix_web::test]
async fn other_sites_cannot_make_a_browser_change_anything() {
    let app = TestApp::start().await;
    let job = app.accepted_job().await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example.org"),
    ] {
        let upload = app.post("/jobs").header(name, value).header("accept", JSON);
        let answer = upload
            .multipart(form_with("a.jpg", jpeg(10)))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 403);
        let delete = app.post(&format!("/jobs/{job}/delete")).header(name, value);
        assert_eq!(delete.send().await.unwrap().status(), 403);
    }
    assert_eq!(app.jobs.store.jobs().await.unwrap(), [job]);
    let own = app
        .post(&format!("/jobs/{job}/cancel"))
        .header("origin", &app.url);
    assert_eq!(own.send().await.unwrap().status(), 303);
}

#[actix_web::test]
async fn every_answer_tells_browsers_to_be_careful() {
    let app = TestApp::start().await;
    let job = app.accepted_job().await;
    for path in ["/", "/nowhere", &format!("/jobs/{job}"), "/jobs/none"] {
        let answer = app.ask_with(path, "accept", HTML).await;
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
        assert_eq!(headers["referrer-policy"], "same-origin");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(headers.contains_key("x-request-id"));
    }
    for path in ["", "/status", "/events", "/cancel", "/delete"] {
        let answer = app.ask(&format!("/jobs/{job}{path}")).await;
        let kept = answer.headers()["cache-control"].to_str().unwrap();
        assert!(kept.contains("no-store"), "{path}: {kept}");
        assert_eq!(answer.headers()["x-robots-tag"], "noindex, nofollow");
    }
}

#[actix_web::test]
async fn pages_have_nothing_in_them_that_the_policy_forbids() {
    let app = TestApp::start().await;
    let (open, done) = (app.running_job(100).await, app.done_job(b"x").await);
    for path in [
        "/",
        &format!("/jobs/{open}"),
        &format!("/jobs/{done}"),
        &format!("/jobs/{open}/delete"),
    ] {
        let page = app.page(path).await;
        for forbidden in [
            "<style",
            " style=",
            "onclick",
            "onload",
            "javascript:",
            "http://",
            "https://",
        ] {
            assert!(!page.contains(forbidden), "{forbidden} in {path}");
        }
        for script in page.split("<script").skip(1) {
            // Nothing is in a script's place: it is a file of ours.
            let (tag, text) = script.split_once('>').unwrap();
            assert!(tag.contains(" src=\"/static/"), "{path}");
            assert!(text.starts_with("</script>"), "{path}");
        }
        assert!(!page.contains("ada@example.org"), "{path}");
    }
}

#[actix_web::test]
async fn style_and_scripts_are_there_and_may_be_kept() {
    let app = TestApp::start().await;
    let page = app.page("/").await;
    let mut found = 0;
    for part in page.split('"').filter(|part| part.starts_with("/static/")) {
        let answer = app.ask(part).await;
        assert_eq!(answer.status(), 200, "{part}");
        assert!(
            answer.headers()["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        assert!(answer.content_length().unwrap() > 100);
        found += 1;
    }
    assert_eq!(found, 5);
    assert_eq!(app.ask("/static/Cargo.toml").await.status(), 404);
}
