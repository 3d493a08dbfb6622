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

#[actix_web::test]
async fn a_name_that_somebody_lets_point_to_us_is_not_ours() {
    let app = TestApp::start_with(|config| config.allowed_hosts = vec!["Cards.example.org".into()]);
    let app = app.await;
    let job = app.accepted_job().await;
    let ask = async |path: &str, host: &str| {
        let request = app.get(path).header("host", host).header("accept", JSON);
        request.send().await.unwrap()
    };
    let status = format!("/jobs/{job}/status");
    for host in [
        "traps.example.org",
        "cards.example.org:443",
        "localhost:8080",
        "127.0.0.1",
        "192.168.178.20:8080",
        "[::1]:8080",
    ] {
        assert_eq!(ask(&status, host).await.status(), 200, "{host}");
    }
    for path in ["/", &status, "/static/x", "/uploads"] {
        let refused = ask(path, "evil.example.org").await;
        assert_eq!(refused.status(), 421, "{path}");
        let problem: serde_json::Value = refused.json().await.unwrap();
        assert_eq!(problem["code"], "other-host");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("https://traps.example.org"), "{detail}");
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(
            ask(path, "pod-7.cluster.internal").await.status(),
            200,
            "{path}"
        );
    }
    // Tests come from a proxy that is believed.
    let forwarded = app
        .get(&status)
        .header("x-forwarded-host", "evil.example.org");
    assert_eq!(forwarded.send().await.unwrap().status(), 421);
}

#[actix_web::test]
async fn search_engines_are_told_to_list_the_upload_page_alone() {
    let app = TestApp::start().await;
    let job = app.done_job(b"x").await;
    for path in [
        &format!("/jobs/{job}"),
        &format!("/jobs/{job}/results.zip"),
        "/jobs/none",
        "/nowhere",
        "/healthz",
        "/robots.txt",
    ] {
        let answer = app.ask(path).await;
        assert_eq!(
            answer.headers()["x-robots-tag"],
            "noindex, nofollow",
            "{path}"
        );
    }
    assert!(!app.ask("/").await.headers().contains_key("x-robots-tag"));
    let rules = app.ask("/robots.txt").await.text().await.unwrap();
    assert!(rules.contains("\nDisallow: /\n") && rules.contains("\nAllow: /$\n"));
}

#[actix_web::test]
async fn a_field_that_a_form_does_not_have_is_named() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 5).await;
    let upload = app.send_whole("a.jpg", &jpeg(10)).await;
    let misspelt = app.upload(form_with("a.jpg", jpeg(10)).text("treshold", "0.3"));
    let fields = [("email", "a@b.org"), ("treshold", "0.3")];
    let delivered = app.deliver_with(&[&upload], &fields).await;
    let rebuild = gallery.at("/rebuild");
    let rebuild = app.form(&rebuild, &[("threshold", "0.3"), ("treshold", "1")]);
    let correct = gallery.at("/results/corrections");
    let fields = [("media", "0"), ("verdict", "blank"), ("treshold", "1")];
    let correct = app.form(&correct, &fields);
    for answer in [
        misspelt.await,
        delivered,
        rebuild.header("accept", JSON).send().await.unwrap(),
        correct.header("accept", JSON).send().await.unwrap(),
    ] {
        assert_eq!(answer.status(), 400);
        let text = answer.text().await.unwrap();
        assert!(text.contains("treshold"), "{text}");
        assert!(text.contains("The fields are: "), "{text}");
    }
    // What browsers add by themselves does no harm.
    let own = form_with("a.jpg", jpeg(10)).text("_charset_", "utf-8");
    assert_eq!(app.upload(own).await.status(), 201);
}
