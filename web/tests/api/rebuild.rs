//! Asking for the package at another threshold. The worker's part is tested with the worker.

use common::{job::RebuildFile, store::JobFolder};
use serde_json::Value;

use crate::support::*;

/// Asks for a package as a browser does.
async fn ask(app: &TestApp, gallery: &Gallery, threshold: &str) -> u16 {
    let wish = app.form(&gallery.at("/rebuild"), &[("threshold", threshold)]);
    wish.send().await.unwrap().status().as_u16()
}

async fn wanted(app: &TestApp, gallery: &Gallery) -> Option<RebuildFile> {
    let key = JobFolder::of(gallery.job).rebuild_file();
    app.jobs.store.get_json(&key).await.unwrap()
}

#[actix_web::test]
async fn another_package_is_offered_where_it_would_be_another() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 20).await;
    let own = app.page(&gallery.at("/results")).await;
    assert!(own.contains("made with 0.2") && !own.contains("Make it again"));
    let other = app.page(&gallery.at("/results?threshold=0.5")).await;
    assert!(other.contains("Make it again with 0.5"));
}

#[actix_web::test]
async fn a_package_is_asked_for_once_and_the_page_says_that_it_comes() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 20).await;
    assert_eq!(ask(&app, &gallery, "0.5").await, 303);
    assert_eq!(ask(&app, &gallery, "0.6").await, 303);
    let wish = wanted(&app, &gallery).await.unwrap();
    assert_eq!(wish.threshold.value(), 0.5);
    let page = app.page(&gallery.at("/results?threshold=0.6")).await;
    assert!(page.contains("The package is being made again with 0.5"));
    assert!(!page.contains("Make it again"));
    let told = app.json(&gallery.at("/rebuild")).await;
    assert_eq!(
        (&told["state"], &told["threshold"]),
        (&Value::from("open"), &Value::from(0.5))
    );
}

#[actix_web::test]
async fn what_is_no_threshold_and_what_comes_from_elsewhere_is_refused() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 5).await;
    assert_eq!(ask(&app, &gallery, "low").await, 422);
    let foreign = app.form(&gallery.at("/rebuild"), &[("threshold", "0.5")]);
    let foreign = foreign.header("origin", "https://evil.example.org");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    assert!(wanted(&app, &gallery).await.is_none());
}
