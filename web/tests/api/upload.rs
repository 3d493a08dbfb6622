//! Uploads that become jobs, and uploads that do not.

use std::{io::Write as _, net::TcpStream};

use common::{
    Category,
    job::{AnnotateChoice, JobOptions},
    store::JobFolder,
};
use reqwest::multipart::Form;
use serde_json::Value;

use crate::support::*;

#[actix_web::test]
async fn a_program_gets_the_address_of_the_job_and_the_job_is_in_the_store() {
    let app = TestApp::start().await;
    let card = card();
    let answer = app.upload(form_with("card.zip", card.clone())).await;
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.headers()["cache-control"], "private, no-store");
    let job = job_of(&answer);
    let body: Value = answer.json().await.unwrap();
    let url = format!("https://traps.example.org/jobs/{job}");
    assert_eq!(body["url"], url);
    assert_eq!(body["status_url"], format!("{url}/status"));

    let file = app.jobs.store.job_file(job).await.unwrap().unwrap();
    assert_eq!(file.email, email("ada@example.org"));
    assert_eq!(file.options, JobOptions::default());
    assert_eq!(file.uploads[0].name, "card.zip");
    assert_eq!(file.uploads[0].size_bytes, card.len() as u64);
    let key = JobFolder::of(job).upload(0);
    assert_eq!(app.jobs.store.get(&key).await.unwrap().unwrap(), card);
    app.has_record(job).await;
}

#[actix_web::test]
async fn a_browser_is_sent_to_the_page_of_the_job_wherever_its_files_stand_in_the_form() {
    let app = TestApp::start().await;
    let files = |form: Form| {
        form.part("files", file("card.zip", card()))
            .part("files", file("loose.jpg", jpeg(300)))
            .part("files", file("no-extension", jpeg(300)))
    };
    let choices = |form: Form| {
        form.text("email", "ada@example.org")
            .text("threshold", "0.4")
            .text("annotate", "all")
            .text("blur", "none")
            .text("blur", "vehicle")
            .text("originals", "yes")
            .text("strip_gps", "yes")
            .text("round_positions", "yes")
            .text("csv_plain", "yes")
            .text("names", "ibm852")
    };
    for form in [files(choices(Form::new())), choices(files(Form::new()))] {
        let answer = app.upload_by_browser(form).await;
        assert_eq!(answer.status(), 303);
        let job = job_of(&answer);
        let job_file = app.jobs.store.job_file(job).await.unwrap().unwrap();
        assert_eq!(job_file.uploads.len(), 3);
        let options = JobOptions {
            model: None,
            threshold: "0.4".parse().ok(),
            annotate: AnnotateChoice::All,
            blur: vec![Category::Vehicle],
            originals: true,
            strip_gps: true,
            round_positions: true,
            csv_plain: true,
            names: "cp852".parse().ok(),
        };
        assert_eq!(job_file.options, options);
        assert!(
            app.page(&format!("/jobs/{job}"))
                .await
                .contains("no-extension")
        );
    }
}

#[actix_web::test]
async fn what_cannot_be_used_is_refused_with_the_reason_and_nothing_of_it_stays() {
    let app = TestApp::start().await;
    let mut truncated = card();
    truncated.truncate(truncated.len() - 30);
    let text = zip(&[("notes.txt", b"no picture")]);
    let nested = zip(&[("inner.zip", &card())]);
    let file_only = Form::new().part("files", file("card.zip", card()));
    let no_file = Form::new()
        .text("email", "ada@example.org")
        .part("files", file("", Vec::new()));
    for (form, code, field) in [
        (file_only, "invalid-field", "email"),
        (no_file, "no-files", "files"),
        (
            form_with("a.zip", b"hello".to_vec()),
            "unusable-archive",
            "files",
        ),
        (form_with("a.zip", Vec::new()), "unusable-archive", "files"),
        (
            form_with("a.rar", b"Rar!\x1a\x07\x01\0".to_vec()),
            "unusable-archive",
            "files",
        ),
        (form_with("a.zip", truncated), "unusable-archive", "files"),
        (form_with("a.zip", text), "no-images", "files"),
        (form_with("a.zip", nested), "no-images", "files"),
        (
            form_with("clip.mp4", b"\0\0\0\x18ftypmp42".to_vec()),
            "no-images",
            "files",
        ),
        (
            form_with("a.zip", zip(&[("#recycle/a.jpg", &jpeg(10))])),
            "no-images",
            "files",
        ),
        (
            form_with("a.zip", zip(&[("clip.avi", b"RIFF\0\0\0\0AVI ")])),
            "no-images",
            "files",
        ),
        (form_with("a.heic", jpeg(10)), "unsupported-images", "files"),
        (
            form_with("a.jpg", jpeg(10)).text("threshold", "7"),
            "invalid-field",
            "threshold",
        ),
        (
            form_with("a.jpg", jpeg(10)).text("model", "../x"),
            "invalid-field",
            "model",
        ),
        (
            form_with("a.jpg", jpeg(10)).text("names", "klingon"),
            "invalid-field",
            "names",
        ),
    ] {
        let answer = app.upload(form).await;
        assert_eq!(answer.status(), 422, "{code}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(
            (&problem["code"], &problem["field"]),
            (&code.into(), &field.into())
        );
        assert_eq!(problem["status"], 422);
        assert!(!problem["detail"].as_str().unwrap().is_empty());
    }
    assert_eq!(app.stored(), Vec::<std::path::PathBuf>::new());
    assert_eq!(app.jobs.records.store().jobs().await.unwrap(), []);
}

#[actix_web::test]
async fn a_picture_is_taken_although_it_is_called_a_video_or_an_archive() {
    let app = TestApp::start().await;
    let packed = zip(&[("film.mov", b"no film"), ("trap/x.avi", &jpeg(400))]);
    for form in [
        form_with("a.avi", jpeg(400)),
        form_with("a.zip", packed),
        form_with("a.zip", jpeg(400)),
    ] {
        assert_eq!(app.upload(form).await.status(), 201);
    }
}

#[actix_web::test]
async fn whichever_part_of_a_split_archive_comes_is_told_to_be_one() {
    let app = TestApp::start().await;
    let card = zip(&[("a.jpg", &jpeg(3000)), ("b.jpg", &jpeg(3000))]);
    let (first, rest) = card.split_at(card.len() / 3);
    let (middle, last) = rest.split_at(card.len() / 3);
    let mut set_last = card.clone();
    let end = set_last.len() - 22;
    set_last[end + 4..end + 8].copy_from_slice(&[1, 0, 1, 0]);
    let set_first = [&b"PK\x07\x08"[..], first].concat();
    for (name, part) in [
        ("card.zip.001", first),
        ("card.zip.002", middle),
        ("card.zip.003", last),
        ("card.001", first),
        ("card.002", middle),
        ("card.003", last),
        ("card.z01", set_first.as_slice()),
        ("card.z02", middle),
        ("card.zip", set_last.as_slice()),
        ("card.zip", last),
    ] {
        let answer = app.upload(form_with(name, part.to_vec())).await;
        assert_eq!(answer.status(), 422, "{name}");
        let problem: Value = answer.json().await.unwrap();
        let detail = problem["detail"].as_str().unwrap();
        let told = format!("'{name}': the archive is one part of a split archive: join the parts");
        assert!(detail.starts_with(&told), "{detail}");
    }
}

#[actix_web::test]
async fn a_person_gets_the_form_back_with_what_was_typed() {
    let app = TestApp::start().await;
    let form = Form::new()
        .text("threshold", "0.75")
        .text("annotate", "none")
        .text("blur", "none")
        .text("originals", "yes")
        .part("files", file("card.zip", card()))
        .text("email", "ada@<script>");
    let answer = app.upload_by_browser(form).await;
    assert_eq!(answer.status(), 422);
    let page = answer.text().await.unwrap();
    for part in [
        "The e-mail address is missing or incomplete",
        r#"value="ada@&#60;script&#62;""#,
        r#"value="0.75""#,
        r#"name="annotate" value="none" checked"#,
        r#"name="blur" value="person"> people"#,
        r#"name="originals" value="yes" checked"#,
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("<script>"));
}

#[actix_web::test]
async fn what_is_no_form_is_refused() {
    let app = TestApp::start().await;
    let answer = app
        .post("/jobs")
        .header("accept", JSON)
        .body("x")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
    let broken = app
        .post("/jobs")
        .header("content-type", "multipart/form-data; boundary=b");
    let answer = broken.body("--b\r\nno headers").send().await.unwrap();
    assert_eq!(answer.status(), 400);
    let long = Form::new().text("email", "a".repeat(10_000));
    assert_eq!(app.upload(long).await.status(), 400);
}

#[actix_web::test]
async fn an_upload_that_breaks_off_leaves_nothing_and_queues_nothing() {
    let app = TestApp::start().await;
    let address = app.url.strip_prefix("http://").unwrap().to_owned();
    let mut connection = TcpStream::connect(&address).unwrap();
    let head = "POST /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000000\r\n\
                Content-Type: multipart/form-data; boundary=b\r\n\r\n\
                --b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\na@b.org\r\n\
                --b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.jpg\"\r\n\r\n";
    connection.write_all(head.as_bytes()).unwrap();
    // More than the store keeps in memory before it begins a file.
    let sent = tokio::task::spawn_blocking(move || {
        connection.write_all(&jpeg(30 << 20)).unwrap();
        connection
    });
    let connection = sent.await.unwrap();
    until("the upload arrives", async || !app.stored().is_empty()).await;
    drop(connection);
    // The folder goes a moment after what was in it.
    let is_gone = async || app.jobs.store.jobs().await.unwrap().is_empty();
    until("the half upload goes", is_gone).await;
    assert!(app.stored().is_empty());
    assert_eq!(app.jobs.records.store().jobs().await.unwrap(), []);
}

#[actix_web::test]
async fn an_upload_that_stands_still_is_given_up() {
    let app = TestApp::start_with(|config| config.upload_idle_seconds = 1).await;
    let silent = futures::stream::once(async { Ok::<_, std::io::Error>("--b\r\n") });
    let silent = futures::StreamExt::chain(silent, futures::stream::pending());
    let request = app
        .post("/jobs")
        .header("content-type", "multipart/form-data; boundary=b");
    let answer = request
        .body(reqwest::Body::wrap_stream(silent))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 408);
    assert!(app.stored().is_empty());
}
