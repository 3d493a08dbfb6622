//! What lasts: over a restart of the server, and until its time is over.

use std::{
    fs::File,
    time::{Duration, SystemTime},
};

use crate::support::*;

const DAY: Duration = Duration::from_secs(86_400);

impl TestApp {
    fn spool_file(&self, path: &str) -> std::path::PathBuf {
        self.store_folder().join(path.trim_start_matches('/'))
    }

    /// Makes all files of an upload older.
    fn age(&self, path: &str, by: Duration) {
        let file = self.spool_file(path);
        for file in [file.with_extension("json"), file] {
            if let Ok(file) = File::options().write(true).open(file) {
                file.set_modified(SystemTime::now() - by).unwrap();
            }
        }
    }
}

#[actix_web::test]
async fn uploads_outlive_the_server() {
    let app = TestApp::start().await;
    let path = app.begin(10, &[("relativePath", "ridge/a.jpg")]).await;
    app.add(&path, 0, b"0123").await;
    let app = app.restarted().await;
    assert_eq!(app.offset(&path).await, Some(4));
    app.add(&path, 4, b"456789").await;
    let app = app.restarted().await;
    assert_eq!(app.offset(&path).await, Some(10));
    let answer = app.deliver(&[&path]).await;
    let job = app
        .jobs
        .store
        .job_file(job_of(&answer))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(job.uploads[0].name, "ridge/a.jpg");
}

#[actix_web::test]
async fn bytes_whose_checksum_was_not_known_when_the_server_was_killed_do_not_count() {
    let app = TestApp::start().await;
    let path = app.begin(10, &[]).await;
    app.add(&path, 0, b"0123").await;
    // As the power cut leaves it in the middle of a part with a checksum.
    std::fs::write(app.spool_file(&path).with_extension("unsure"), "4").unwrap();
    std::fs::write(app.spool_file(&path), "0123???").unwrap();
    let app = app.restarted().await;
    assert_eq!(app.offset(&path).await, Some(4));
    app.add(&path, 4, b"456789").await;
    assert_eq!(std::fs::read(app.spool_file(&path)).unwrap(), b"0123456789");
}

#[actix_web::test]
async fn an_upload_that_nobody_goes_on_with_expires_and_is_swept_and_jobs_are_not() {
    let app = TestApp::start_with(|config| config.upload_retention_days = 3).await;
    let (old, young) = (app.begin(10, &[]).await, app.begin(10, &[]).await);
    let done = app.send_whole("a.jpg", &jpeg(100)).await;
    let job = job_of(&app.deliver(&[&done]).await);
    app.age(&old, 3 * DAY);
    app.age(&young, 2 * DAY);
    assert_eq!(app.offset(&old).await, None, "before it is swept");
    let app = app
        .restarted_with(|config| config.upload_retention_days = 3)
        .await;
    until("the sweep", async || app.spooled().len() == 2).await;
    assert_eq!(app.offset(&young).await, Some(0));
    assert_eq!(app.jobs.store.jobs().await.unwrap(), [job]);
}

#[actix_web::test]
async fn files_of_a_set_wait_for_those_that_still_come() {
    let app = TestApp::start_with(|config| config.upload_retention_days = 3).await;
    let file = |name| [("set", "a"), ("filename", name)];
    let first = app.begin(10, &file("1.jpg")).await;
    let second = app.begin(10, &file("2.jpg")).await;
    let other = app.begin(10, &[("set", "b")]).await;
    for old in [&first, &other] {
        app.age(old, 4 * DAY);
    }
    assert_eq!(app.offset(&first).await, Some(0));
    assert_eq!(app.offset(&other).await, None);
    let app = app
        .restarted_with(|config| config.upload_retention_days = 3)
        .await;
    until("the sweep", async || app.spooled().len() == 4).await;
    assert_eq!(app.offset(&first).await, Some(0));
    app.age(&first, 4 * DAY);
    app.age(&second, 3 * DAY);
    assert_eq!(app.offset(&first).await, None);
}

#[actix_web::test]
async fn whoever_goes_on_has_all_the_time_again() {
    let app = TestApp::start().await;
    let path = app.begin(10, &[]).await;
    app.age(&path, 6 * DAY);
    let expires = async |app: &TestApp| {
        let answer = app.tus("HEAD", &path).send().await.unwrap();
        answer.headers()["upload-expires"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    let before = expires(&app).await;
    assert!(before.ends_with(" GMT"), "{before}");
    app.add(&path, 0, b"0123").await;
    assert_ne!(expires(&app).await, before);
}

#[actix_web::test]
async fn what_a_crash_left_half_made_is_swept_and_no_other_file() {
    let app = TestApp::start().await;
    let id = "a".repeat(26);
    let spool = app.store_folder().join("uploads");
    for name in [id.clone(), format!("{id}.partial"), "README".to_owned()] {
        std::fs::write(spool.join(&name), "x").unwrap();
        let file = File::options().write(true).open(spool.join(name)).unwrap();
        file.set_modified(SystemTime::now() - DAY).unwrap();
    }
    let app = app.restarted().await;
    until("the sweep", async || app.spooled() == ["README"]).await;
}

#[actix_web::test]
async fn nobody_else_on_the_machine_can_list_uploads() {
    use std::os::unix::fs::PermissionsExt as _;
    let app = TestApp::start().await;
    let metadata = std::fs::metadata(app.store_folder().join("uploads")).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o700);
}
