//! A Redis that takes connections and answers nothing.

use std::{
    io::{self, Write as _},
    time::{Duration, Instant},
};

use crate::{
    backend::{place::Place, until},
    card::Card,
    deployment::{Deployment, MODEL},
    web_front::{Answer, WebFront},
};

/// Longest time until a request is answered, seconds.
const PATIENCE_SECONDS: f64 = 2.0;

/// Asks for a path and expects this answer within [`PATIENCE_SECONDS`].
fn expect(web: &WebFront, arguments: &[&str], path: &str, status: u16) -> Answer {
    let answer = web.ask(arguments, path);
    assert_eq!(answer.status, status, "{path}: {answer:?}");
    assert!(answer.seconds < PATIENCE_SECONDS, "{path}: {answer:?}");
    let says_when = answer.retry_after.is_some();
    assert_eq!(says_when, status == 503, "{path}: {answer:?}");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_answered_while_redis_hangs_and_nothing_is_lost_by_it() {
    let mut service = Deployment::new(Place::redis(), 10).await;
    let card = Card::odd(&service.bench, 10);
    let worker = service.start_worker();
    let done = service.submit(&[&card.path]).await;
    card.comes_out_of(&service, done).await;
    service.quiet().await;
    service.stop(worker);
    let open = service.submit(&[&card.path]).await;
    let unwanted = service.submit(&[&card.path]).await;
    let web = WebFront::start(&service);
    let page = |job| format!("/jobs/{job}");

    service.place.server().pause();
    let html = ["--header", "Accept: text/html"];
    let json = ["--header", "Accept: application/json"];
    let mut slowest: f64 = 0.0;
    for (arguments, path, status) in [
        (&[][..], "/healthz".to_owned(), 200),
        (&[], "/readyz".to_owned(), 503),
        (&html, "/".to_owned(), 200),
        (&html, page(open), 503),
        (&json, page(open), 503),
        (&[], format!("/jobs/{open}/status"), 503),
        (&html, page(done), 200),
        (&[], format!("/jobs/{done}/results.zip"), 200),
        (&["--data", ""], format!("/jobs/{unwanted}/cancel"), 303),
        (&html, page(unwanted), 200),
    ] {
        let answer = expect(&web, arguments, &path, status);
        slowest = slowest.max(answer.seconds);
    }
    let begun = Instant::now();
    let model = format!("model={MODEL}");
    let uploaded = web.upload(&card.path, &["--form", "threshold=0.6", "--form", &model]);
    slowest = slowest.max(begun.elapsed().as_secs_f64());
    assert!(slowest < PATIENCE_SECONDS, "{slowest} seconds");

    service.place.server().resume();
    let back = Instant::now();
    until("readiness", async || web.ask(&[], "/readyz").status == 200).await;
    let back = back.elapsed();
    assert!(back < Duration::from_secs(10), "{back:?}");
    expect(&web, &html, &page(open), 200);
    service.start_worker();
    card.comes_out_of(&service, open).await;
    card.comes_out_of(&service, uploaded).await;
    service.quiet().await;
    let package = common::store::JobFolder::of(unwanted).package();
    assert!(service.jobs.store.find(&package).await.unwrap().is_none());
    // Not eprintln!, which is caught when a test passes.
    let _ = writeln!(
        io::stderr(),
        "slowest answer {slowest:.2} s while Redis hung, ready {back:.2?} after"
    );
}
