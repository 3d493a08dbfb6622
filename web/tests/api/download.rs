//! The package: whole, in parts, and by nginx.

use common::{
    job::{DoneFacts, EndFile, Outcome},
    store::JobFolder,
};

use crate::support::*;

const PACKAGE: &[u8] = b"0123456789abcdefghij";

#[actix_web::test]
async fn the_package_is_handed_out_whole_with_its_name_and_tag() {
    let app = TestApp::start().await;
    let job = app.done_job(PACKAGE).await;
    let path = format!("/jobs/{job}/results.zip");
    let answer = app.ask(&path).await;
    assert_eq!(answer.status(), 200);
    let headers = answer.headers().clone();
    assert_eq!(headers["content-type"], "application/zip");
    assert_eq!(headers["content-length"], "20");
    assert_eq!(headers["accept-ranges"], "bytes");
    let name = format!("attachment; filename=\"trapline-{}.zip\"", job.tag());
    assert_eq!(headers["content-disposition"], name.as_str());
    let tag = format!("\"{}\"", blake3::hash(PACKAGE).to_hex());
    assert_eq!(headers["etag"], tag.as_str());
    assert_eq!(answer.bytes().await.unwrap(), PACKAGE);

    let head = app
        .client
        .head(format!("{}{path}", app.url))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (head.status().as_u16(), &head.headers()["content-length"]),
        (200, &headers["content-length"])
    );
    let known = app.ask_with(&path, "if-none-match", &tag).await;
    assert_eq!(known.status(), 304);
}

#[actix_web::test]
async fn an_interrupted_download_goes_on_where_it_was() {
    let app = TestApp::start().await;
    let job = app.done_job(PACKAGE).await;
    let path = format!("/jobs/{job}/results.zip");
    let part = app.ask_with(&path, "range", "bytes=10-").await;
    assert_eq!(part.status(), 206);
    assert_eq!(part.headers()["content-range"], "bytes 10-19/20");
    assert_eq!(part.headers()["content-length"], "10");
    assert_eq!(part.bytes().await.unwrap(), PACKAGE[10..]);

    let other_file = app
        .get(&path)
        .header("range", "bytes=10-")
        .header("if-range", "\"x\"");
    let whole = other_file.send().await.unwrap();
    assert_eq!(
        (whole.status().as_u16(), whole.bytes().await.unwrap().len()),
        (200, 20)
    );

    let beyond = app.ask_with(&path, "range", "bytes=20-").await;
    assert_eq!(beyond.status(), 416);
    assert_eq!(beyond.headers()["content-range"], "bytes */20");
}

#[actix_web::test]
async fn nginx_is_told_where_the_file_is() {
    let app = TestApp::start_with(|config| {
        config.accel_redirect_prefix = Some("/_store/".to_owned());
    })
    .await;
    let job = app.done_job(PACKAGE).await;
    let answer = app.ask(&format!("/jobs/{job}/results.zip")).await;
    let place = format!("/_store/jobs/{job}/results.zip");
    assert_eq!(answer.headers()["x-accel-redirect"], place.as_str());
    assert!(answer.headers().contains_key("content-disposition"));
    assert_eq!(answer.bytes().await.unwrap().len(), 0);
}

#[actix_web::test]
async fn a_job_without_a_result_has_no_download() {
    let app = TestApp::start().await;
    let job = app.accepted_job().await;
    let answer = app.ask(&format!("/jobs/{job}/results.zip")).await;
    assert_eq!(answer.status(), 404);
    app.end(job, common::job::Outcome::Cancelled).await;
    let answer = app.ask(&format!("/jobs/{job}/results.zip")).await;
    assert_eq!(answer.status(), 404);
}

#[actix_web::test]
async fn whoever_asks_while_the_package_is_replaced_gets_the_old_or_the_new_one() {
    let app = TestApp::start().await;
    let job = app.done_job(PACKAGE).await;
    let path = format!("/jobs/{job}/results.zip");
    let (store, folder) = (app.jobs.store.clone(), JobFolder::of(job));
    let end = store.end_file(job).await.unwrap().unwrap();
    let Outcome::Done(first) = end.outcome.clone() else {
        panic!("it is not done");
    };
    let replacing = tokio::spawn(async move {
        for number in 0..400 {
            let package = format!("package number {number:04}").into_bytes();
            let facts = DoneFacts {
                package_bytes: package.len() as u64,
                package_blake3: blake3::hash(&package).to_hex().to_string(),
                is_rebuilt: true,
                corrected: 0,
                ..first.clone()
            };
            store
                .put(&folder.package_of(&facts), package.into())
                .await
                .unwrap();
            let end = EndFile {
                outcome: Outcome::Done(facts.clone()),
                ..end.clone()
            };
            store.put_json(&folder.end_file(), &end).await.unwrap();
            store.remove_other_packages(job, &facts).await.unwrap();
        }
    });
    let mut asked = 0;
    while !replacing.is_finished() {
        assert_eq!(app.ask(&path).await.status(), 200, "after {asked}");
        asked += 1;
    }
    replacing.await.unwrap();
}
