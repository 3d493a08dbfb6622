//! Finished uploads become a job.

use common::store::JobFolder;

use super::tus::*;
use crate::support::*;

#[actix_web::test]
async fn uploads_become_a_job_with_the_folders_that_they_were_dropped_in() {
    let app = TestApp::start().await;
    let (north, south) = (jpeg(300), jpeg(400));
    let uploads = [
        app.send_whole("south/100RECNX/IMG_1.JPG", &south).await,
        app.send_whole("north/100RECNX/IMG_1.JPG", &north).await,
    ];
    let fields = [("email", "ada@example.org"), ("threshold", "0.4")];
    let answer = app.deliver_with(&[&uploads[0], &uploads[1]], &fields).await;
    assert_eq!(answer.status(), 201);
    let job = job_of(&answer);
    let body: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(body["url"], format!("https://traps.example.org/jobs/{job}"));
    let file = app.jobs.store.job_file(job).await.unwrap().unwrap();
    let names: Vec<&str> = file.uploads.iter().map(|upload| &*upload.name).collect();
    assert_eq!(
        names,
        ["north/100RECNX/IMG_1.JPG", "south/100RECNX/IMG_1.JPG"]
    );
    assert_eq!(file.options.threshold, "0.4".parse().ok());
    for (number, bytes) in [north, south].iter().enumerate() {
        let key = JobFolder::of(job).upload(number);
        assert_eq!(app.jobs.store.get(&key).await.unwrap().unwrap(), bytes);
    }
    assert!(app.spooled().is_empty());
    assert_eq!(app.offset(&uploads[0]).await, None);
}

#[actix_web::test]
async fn whoever_asks_again_gets_the_same_job() {
    let app = TestApp::start().await;
    let uploads = [
        app.send_whole("a.jpg", &jpeg(300)).await,
        app.send_whole("b.jpg", &jpeg(300)).await,
    ];
    let [a, b] = [uploads[0].as_str(), uploads[1].as_str()];
    let orders = [[a, b], [b, a], [a, b]];
    let asked = orders.iter().map(|order| app.deliver(order));
    let answers = futures::future::join_all(asked).await;
    let jobs: Vec<_> = answers.iter().map(job_of).collect();
    assert!(jobs.iter().all(|job| *job == jobs[0]));
    let app = app.restarted().await;
    assert_eq!(job_of(&app.deliver(&[a, b]).await), jobs[0]);
    assert_eq!(app.jobs.store.jobs().await.unwrap(), [jobs[0]]);
    // An upload is in one job only.
    let answer = app.deliver(&[a]).await;
    assert_eq!(code(answer).await, (410, "upload-gone".to_owned()));
}

#[actix_web::test]
async fn a_job_that_the_server_was_killed_at_is_made_by_asking_again() {
    let app = TestApp::start().await;
    let uploads = [
        app.send_whole("a.jpg", &jpeg(300)).await,
        app.send_whole("b.jpg", &jpeg(400)).await,
    ];
    let both = [uploads[0].as_str(), uploads[1].as_str()];
    let job = job_of(&app.deliver(&both).await);
    // Back to the moment before the job was one: the first file is in its folder, the second is
    // not, and both sheets are still there.
    let folder = app.store_folder().join(format!("jobs/{job}"));
    std::fs::remove_file(folder.join("job.json")).unwrap();
    let spool = app.store_folder().join("uploads");
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    std::fs::rename(folder.join("upload/00001"), spool.join(id(both[1]))).unwrap();
    for (path, name, length) in [(both[0], "a.jpg", 300), (both[1], "b.jpg", 400)] {
        let sheet =
            serde_json::json!({"length": length, "path": name, "set": null, "metadata": ""});
        std::fs::write(spool.join(format!("{}.json", id(path))), sheet.to_string()).unwrap();
    }
    let app = app.restarted().await;
    assert_eq!(job_of(&app.deliver(&[both[1], both[0]]).await), job);
    let file = app.jobs.store.job_file(job).await.unwrap().unwrap();
    let sizes: Vec<u64> = file
        .uploads
        .iter()
        .map(|upload| upload.size_bytes)
        .collect();
    assert_eq!(sizes, [300, 400]);
    for (number, size) in [(0, 300), (1, 400)] {
        let key = JobFolder::of(job).upload(number);
        let found = app.jobs.store.find(&key).await.unwrap().unwrap();
        assert_eq!(found.size, size);
    }
    assert!(app.spooled().is_empty());
}

#[actix_web::test]
async fn what_has_not_arrived_as_a_whole_becomes_no_job() {
    let app = TestApp::start().await;
    let whole = app.send_whole("a.jpg", &jpeg(300)).await;
    let half = app.begin(100, &[("filename", "b.jpg")]).await;
    app.add(&half, 0, &jpeg(50)).await;
    let answer = app.deliver(&[&whole, &half]).await;
    assert_eq!(code(answer).await, (409, "upload-unfinished".to_owned()));
    let answer = app
        .deliver(&[&whole, &format!("/uploads/{}", "a".repeat(26))])
        .await;
    assert_eq!(code(answer).await, (410, "upload-gone".to_owned()));
    let answer = app.deliver(&[]).await;
    assert_eq!(code(answer).await, (422, "no-files".to_owned()));
    assert_eq!(app.jobs.store.jobs().await.unwrap(), []);
}

#[actix_web::test]
async fn what_is_refused_for_its_choices_or_its_content_can_be_mended_without_sending_it_again() {
    let app = TestApp::start().await;
    let card = app.send_whole("card.zip", &card()).await;
    let text = app.send_whole("no.zip", b"This is no zip.").await;
    let answer = app.deliver_with(&[&card], &[("email", "nobody")]).await;
    assert_eq!(code(answer).await, (422, "invalid-field".to_owned()));
    let answer = app.deliver(&[&card, &text]).await;
    let problem: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "unusable-archive");
    assert!(problem["detail"].as_str().unwrap().contains("no.zip"));
    assert_eq!(app.jobs.store.jobs().await.unwrap(), []);
    assert_eq!(app.deliver(&[&card]).await.status(), 201);
}

#[actix_web::test]
async fn uploads_on_another_disk_than_the_store_become_a_job_too() {
    let elsewhere = tempfile::tempdir_in("/dev/shm").unwrap();
    let spool = elsewhere.path().to_owned();
    let app = TestApp::start_with(|config| config.upload_dir.clone_from(&spool)).await;
    let picture = jpeg(300_000);
    let upload = app.send_whole("a.jpg", &picture).await;
    assert_eq!(std::fs::read_dir(&spool).unwrap().count(), 2);
    let job = job_of(&app.deliver(&[&upload]).await);
    let key = JobFolder::of(job).upload(0);
    assert_eq!(app.jobs.store.get(&key).await.unwrap().unwrap(), picture);
    assert_eq!(std::fs::read_dir(&spool).unwrap().count(), 0);
}

#[actix_web::test]
async fn the_rules_for_what_an_upload_may_hold_are_those_of_the_form() {
    let app = TestApp::start().await;
    for (name, bytes, expected) in [
        ("notes.txt", b"text".to_vec(), "no-images"),
        ("clips/a.mp4", b"no film".to_vec(), "no-images"),
        ("a.heic", jpeg(10), "unsupported-images"),
        ("a.zip", Vec::new(), "unusable-archive"),
    ] {
        let upload = app.send_whole(name, &bytes).await;
        let answer = app.deliver(&[&upload]).await;
        assert_eq!(code(answer).await, (422, expected.to_owned()), "{name}");
    }
    let upload = app.send_whole("no-extension", &jpeg(300)).await;
    assert_eq!(app.deliver(&[&upload]).await.status(), 201);
}
