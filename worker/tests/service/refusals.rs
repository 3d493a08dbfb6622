//! Jobs that cannot end in a package: their owners hear of it, and nothing is kept for ever.

use std::{fs, path::Path};

use common::{
    job::{EndFile, JobId, MailKind, Outcome, RejectionCode, Release, Task},
    store::JobFolder,
};
use jiff::{Timestamp, ToSpan as _};

use crate::{
    backend::place::Place,
    card::odd_card,
    deployment::Deployment,
    support::{picture, raw_zip},
    web_front::WebFront,
};

/// A zip of a picture and of one that says to be larger than anything.
fn lying_card() -> Vec<u8> {
    let square = picture::jpeg(&picture::with_square(picture::RED, 32, 32));
    raw_zip::archive(&[
        raw_zip::RawEntry::stored("ok.jpg", &square),
        raw_zip::RawEntry::stored("lies.jpg", &square).with(|entry| {
            entry.is_zip64 = true;
            entry.wide_size = Some(1 << 62);
        }),
    ])
}

fn mail(service: &Deployment, job: JobId, kind: MailKind) -> String {
    let name = format!("{}-{}.eml", job.tag(), kind.name());
    let mail = fs::read_to_string(service.bench.path("mail").join(name)).unwrap();
    mail.replace("=\r\n", "")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_size_that_lies_ends_the_job_at_once_with_a_reason_and_a_mail() {
    let mut service = Deployment::new(Place::sqlite(), 10).await;
    let card = service.bench.path("lying.zip");
    fs::write(&card, lying_card()).unwrap();
    service.start_worker();
    let job = service.submit(&[&card]).await;
    let Outcome::Rejected(rejection) = service.end_of(job).await.outcome else {
        panic!("{}", service.log());
    };
    assert_eq!(rejection.code, RejectionCode::RefusedArchive);
    assert!(
        rejection.detail.contains("the limit is"),
        "{}",
        rejection.detail
    );
    assert!(!service.log().contains("tried again"), "{}", service.log());
    service.mailed(job, MailKind::Failed).await;
    assert!(mail(&service, job, MailKind::Failed).contains("the limit is"));
}

/// Lets a job's first task fail as often as it may, and gives what the record says then.
async fn make_stuck(service: &Deployment, job: JobId) {
    loop {
        let failed = service.jobs.records.change(job, |record, now_ms| {
            // The pause after a fault does not matter here.
            let due = now_ms + 1_000_000_000;
            let claim = record.claim(Task::Plan, "test", 1000, due)?;
            let fault = Release::Fault("something of ours".to_owned());
            let released = record.release(&claim, fault, now_ms);
            assert!(released.is_ok());
            Ok::<_, common::job::Refusal>(())
        });
        if failed.await.is_err() {
            return;
        }
    }
}

/// Sets the moment back at which a job became stuck.
async fn stuck_before(service: &Deployment, job: JobId, days: i64) {
    let records = service.jobs.records.store();
    let loaded = service.record(job).await;
    let since = loaded.record.stuck_since().unwrap();
    let before = since - (days * 24).hours();
    let text = serde_json::to_string(&loaded.record).unwrap();
    let (since, before) = (since.as_millisecond(), before.as_millisecond());
    let text = text.replace(
        &format!("\"stuck_ms\":{since}"),
        &format!("\"stuck_ms\":{before}"),
    );
    let record = serde_json::from_str(&text).unwrap();
    let swapped = records.swap(job, loaded.revision, Some(&record)).await;
    assert!(swapped.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_of_a_job_that_is_stuck_is_told_and_it_is_deleted_in_time() {
    let mut service = Deployment::new(Place::sqlite(), 10).await;
    let card = odd_card(&service.bench, 5);
    let job = service.submit(&[&card]).await;
    make_stuck(&service, job).await;
    let web = WebFront::start(&service);
    service.start_worker();
    service.mailed(job, MailKind::Stuck).await;
    let told = mail(&service, job, MailKind::Stuck);
    let expiry = Timestamp::now() + (14 * 24).hours();
    assert!(
        told.contains(&expiry.strftime("%B %Y").to_string()),
        "{told}"
    );
    assert!(told.contains(&job.tag()), "{told}");
    let page = web.curl(&["--header", "Accept: text/html"], &format!("/jobs/{job}"));
    let page = String::from_utf8(page.stdout).unwrap();
    assert!(page.contains("Kept until"), "{page}");

    let listed = service.run(&["jobs", "list", "--dead"]);
    for word in ["stuck", "deleted on", "stuck sent", &job.tag()] {
        assert!(listed.contains(word), "{word}: {listed}");
    }
    let shown = service.run(&["jobs", "show", &job.tag()]);
    assert!(shown.contains("something of ours"), "{shown}");

    assert_eq!(service.run(&["sweep"]), "", "not yet");
    stuck_before(&service, job, 15).await;
    let said = service.run(&["sweep"]);
    assert!(said.starts_with("1 jobs deleted"), "{said}");
    assert!(service.jobs.store.job_file(job).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_stuck_and_is_taken_up_again_ends_as_any_other() {
    let mut service = Deployment::new(Place::sqlite(), 10).await;
    let card = odd_card(&service.bench, 5);
    let job = service.submit(&[&card]).await;
    make_stuck(&service, job).await;
    service.start_worker();
    service.mailed(job, MailKind::Stuck).await;
    let said = service.run(&["jobs", "retry", &job.to_string()]);
    assert!(said.starts_with("1 tasks"), "{said}");
    service.done(job).await;
    service.mailed(job, MailKind::Done).await;
    service.quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_sweeps_by_itself_without_cron() {
    let mut service = Deployment::new(Place::sqlite(), 10).await;
    let card = odd_card(&service.bench, 5);
    let worker = service.start_worker();
    let [expired, fresh] = [
        service.submit(&[&card]).await,
        service.submit(&[&card]).await,
    ];
    for job in [expired, fresh] {
        service.done(job).await;
    }
    service.quiet().await;
    service.set("SWEEP_SECONDS", "1");
    service.stop(worker);
    service.start_worker();
    service.start_worker();
    ended_before(&service, expired, 15).await;
    crate::backend::until("the sweep", async || {
        service
            .jobs
            .store
            .job_file(expired)
            .await
            .unwrap()
            .is_none()
    })
    .await;
    assert!(!folder_exists(&service, expired));
    assert!(service.jobs.store.job_file(fresh).await.unwrap().is_some());
}

fn folder_exists(service: &Deployment, job: JobId) -> bool {
    let root = JobFolder::of(job);
    let path = service.jobs.store.local_path(root.root()).unwrap();
    Path::new(&path).exists()
}

/// Sets the time of a job's end back.
async fn ended_before(service: &Deployment, job: JobId, days: i64) {
    let store = &service.jobs.store;
    let end: EndFile = store.end_file(job).await.unwrap().unwrap();
    let end = EndFile {
        ended: end.ended - (days * 24).hours(),
        ..end
    };
    store
        .put_json(&JobFolder::of(job).end_file(), &end)
        .await
        .unwrap();
}
