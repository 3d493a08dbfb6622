//! What `docs/OPERATIONS.md` tells people to do, done.

use std::{fs, path::Path, process::Command};

use common::job::{JobId, MailKind};
use serde_json::Value;

use crate::{
    backend::{
        mail_server::{MailServer, TakenMail},
        place::Place,
        until,
    },
    card::{Card, odd_card},
    deployment::Deployment,
    web_front::WebFront,
};

/// A service that sends mails to a server, and a card that takes a while.
async fn service_with_mail(place: Place) -> (Deployment, MailServer, Card) {
    let mut service = Deployment::new(place, 5).await;
    let server = MailServer::start("plain");
    service.send_mails_to(&server);
    let card = Card::odd(&service.bench, 120);
    (service, server, card)
}

/// Asserts that both mails about each job were sent once, and no others.
fn assert_sent_once(mails: &[TakenMail], jobs: &[JobId]) {
    for &job in jobs {
        for kind in [MailKind::Accepted, MailKind::Done] {
            let copies = mails.iter().filter(|mail| mail.is(job, kind)).count();
            assert_eq!(copies, 1, "{kind:?}: {mails:#?}");
        }
    }
    assert_eq!(mails.len(), 2 * jobs.len(), "{mails:#?}");
}

/// Uploads a card, and waits until it is greeted and some of it is done.
async fn uploaded_and_begun(service: &Deployment, web: &WebFront, card: &Card) -> JobId {
    let job = web.upload(&card.path, &["--form", "threshold=0.6"]);
    service.mailed(job, MailKind::Accepted).await;
    service.half_done(job).await;
    job
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_restored_elsewhere_goes_on_with_an_empty_queue() {
    let (mut old, server, card) = service_with_mail(Place::sqlite()).await;
    let worker = old.start_worker();
    let mut web = WebFront::start(&old);
    let finished = uploaded_and_begun(&old, &web, &card).await;
    card.comes_out_of(&old, finished).await;
    old.mailed(finished, MailKind::Done).await;
    let unfinished = uploaded_and_begun(&old, &web, &card).await;
    old.stop(worker);
    web.stop();
    assert!(old.jobs.store.end_file(unfinished).await.unwrap().is_none());

    // Another machine, another kind of queue.
    let mut new = Deployment::new(Place::redis(), 5).await;
    new.send_mails_to(&server);
    copy_jobs(&old.bench.path("store"), &new.bench.path("store"));
    new.start_worker();
    let web = WebFront::start(&new);
    card.comes_out_of(&new, unfinished).await;
    card.comes_out_of(&new, finished).await;
    for job in [unfinished, finished] {
        let path = format!("/jobs/{job}/results.zip");
        assert_eq!(web.ask(&[], &path).status, 200);
        new.mailed(job, MailKind::Done).await;
    }
    new.quiet().await;
    assert_sent_once(&server.close(), &[finished, unfinished]);
}

fn copy_jobs(from: &Path, to: &Path) {
    let mut copy = Command::new("cp");
    copy.arg("--archive").arg(from.join("jobs")).arg(to);
    assert!(copy.status().unwrap().success());
}

of_both_back_ends! {
    place => place;
    an_upgrade_in_the_middle_of_a_job_loses_nothing_and_repeats_nothing
}

async fn an_upgrade_in_the_middle_of_a_job_loses_nothing_and_repeats_nothing(place: Place) {
    let (mut service, server, card) = service_with_mail(place).await;
    let worker = service.start_worker();
    let mut web = WebFront::start(&service);
    let begun = uploaded_and_begun(&service, &web, &card).await;
    service.run(&["queue", "drain"]);
    let waiting = web.upload(&card.path, &["--form", "threshold=0.6"]);
    service.stop(worker);
    web.stop();

    service.start_worker();
    let web = WebFront::start(&service);
    service.run(&["queue", "resume"]);
    // While the job is not over: then nobody needs to hear of it any more.
    service.mailed(waiting, MailKind::Accepted).await;
    for job in [begun, waiting] {
        card.comes_out_of(&service, job).await;
        let page = web.ask(&["--header", "Accept: text/html"], &format!("/jobs/{job}"));
        assert_eq!(page.status, 200);
        service.mailed(job, MailKind::Accepted).await;
        service.mailed(job, MailKind::Done).await;
    }
    service.quiet().await;
    assert_sent_once(&server.close(), &[begun, waiting]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_under_way_is_taken_while_the_front_end_stops() {
    let mut service = Deployment::new(Place::sqlite(), 5).await;
    let card = odd_card(&service.bench, 20);
    let clip = service.bench.path("clip.mp4");
    fs::File::create(&clip)
        .unwrap()
        .set_len(24_000_000)
        .unwrap();
    let mut web = WebFront::start(&service);
    let upload = web.begin_upload(&[&clip, &card], "8M");
    until("the upload under way", async || service.has_half_upload()).await;
    web.stop();
    let output = upload.wait_with_output().unwrap();
    let accepted: Value = serde_json::from_slice(&output.stdout).unwrap();
    service.start_worker();
    let facts = service
        .done(accepted["id"].as_str().unwrap().parse().unwrap())
        .await;
    assert_eq!((facts.counts.processed, facts.counts.skipped), (21, 2));
}
